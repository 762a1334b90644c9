"""Somebody else's reader of emotions: the expression net of face-api, as a torch module.

The net was trained on photographs of people, which this package's own never saw. It is MIT-licensed and comes in
the npm package `@vladmandic/face-api` (`npm pack @vladmandic/face-api`, folder `model`); nothing of it ships here.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, conv2d, interpolate, linear, pad, relu

MANIFEST = "face_expression_model-weights_manifest.json"
"""The file that says what is where in the weights."""

EXPRESSIONS = ("neutral", "happy", "sad", "angry", "afraid", "disgusted", "surprised")
"""What it tells apart, in this package's words."""

SIZE = 112
"""Pixels across and down that it looks at."""

_MEAN = (122.782, 117.001, 104.298)  # red, green and blue, of 255
_BLOCKS, _LAYERS = 4, 4


class FaceApiReader(nn.Module):
    """Features and expressions of faces: four blocks of separable convolutions, each added to those before it.

    A `FaceReader` for `avatar.losses.EmotionPerceptualLoss`. On renders its names swing with brows and lashes; compare
    features of one look with each other instead.

    Args:
        weights: by name, as in face-api's file, filters as [height, width, in, out].

    Raises:
        ValueError: a weight is missing.
    """

    mean: Tensor
    out: Tensor
    out_bias: Tensor

    def __init__(self, weights: dict[str, Tensor]) -> None:
        super().__init__()
        wanted = [name for block in range(_BLOCKS) for layer in range(_LAYERS) for name in _names(block, layer)]
        if missing := [name for name in [*wanted, "fc/weights", "fc/bias"] if name not in weights]:
            raise ValueError(f"{MANIFEST} must name {missing[0]}; it holds {len(weights)} other weights")
        for name in wanted:
            value = weights[name]
            filters = value.ndim == 4
            self.register_buffer(_key(name), value.permute(3, 2, 0, 1).contiguous() if filters else value)
        self.register_buffer("out", weights["fc/weights"].T.contiguous())
        self.register_buffer("out_bias", weights["fc/bias"])
        self.register_buffer("mean", torch.tensor(_MEAN).reshape(1, 3, 1, 1))

    @classmethod
    def load(cls, folder: str | Path) -> "FaceApiReader":
        """Read the net from the folder `model` of the npm package; nothing in it is executed.

        Raises:
            FileNotFoundError: there is no such net in the folder.
            ValueError: the files are not what they say.
        """
        manifest = Path(folder) / MANIFEST
        if not manifest.is_file():
            raise FileNotFoundError(
                f"no {MANIFEST} in {folder}; get it: npm pack @vladmandic/face-api, and give its folder model"
            )
        try:
            (group,) = json.loads(manifest.read_text(encoding="utf-8"))
            raw = b"".join((manifest.parent / Path(name).name).read_bytes() for name in group["paths"])
            entries: list[dict[str, Any]] = group["weights"]
            return cls(_unpacked(entries, raw))
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(f"{manifest} must be a manifest of tfjs weights, got something else ({error})") from None

    def look(self, pictures: Tensor) -> Tensor:
        """Features [N, 256] of colour pictures [N, 3, 112, 112], 0..1."""
        hidden = (255.0 * pictures - self.mean) / 255.0
        for block in range(_BLOCKS):
            total = first = relu(self._layer(hidden, block, 0, stride=2))
            shown = first
            for layer in range(1, _LAYERS):
                total = total + self._layer(shown, block, layer, stride=1)
                shown = relu(total)
            hidden = shown
        return avg_pool2d(hidden, 7, 2).flatten(1)

    def features(self, pictures: Tensor) -> Tensor:
        """Features [B, T, 256] of grey pictures [B, T, H, W], about 0..1; differentiable in the pictures."""
        if pictures.ndim != 4:
            raise ValueError(f"pictures must be [B, T, H, W] grey, got {list(pictures.shape)}")
        grey = pictures.flatten(0, 1)[:, None]
        if grey.shape[2:] != (SIZE, SIZE):
            grey = interpolate(grey, (SIZE, SIZE), mode="bilinear", align_corners=False, antialias=True)
        found = self.look(grey.expand(-1, 3, -1, -1))
        return found.reshape(*pictures.shape[:2], -1)

    def forward(self, pictures: Tensor) -> Tensor:
        """Chances [B, T, 7] of `EXPRESSIONS` in grey pictures [B, T, H, W]."""
        return linear(self.features(pictures), self.out, self.out_bias).softmax(-1)

    def read(self, pictures: Tensor) -> list[str]:
        """What each clip [B, T, H, W] shows most of, over its pictures."""
        with torch.no_grad():
            return [EXPRESSIONS[row] for row in self(pictures).mean(1).argmax(-1).tolist()]

    def _layer(self, hidden: Tensor, block: int, layer: int, *, stride: int) -> Tensor:
        *filters, bias = (getattr(self, _key(name)) for name in _names(block, layer))
        # TensorFlow pads what stride 2 leaves over at the end alone.
        hidden = pad(hidden, (0, 1, 0, 1) if stride == 2 and hidden.shape[-1] % 2 == 0 else (1, 1, 1, 1))
        if len(filters) == 1:
            return conv2d(hidden, filters[0], bias, stride)
        depthwise = filters[0].transpose(0, 1)
        return conv2d(conv2d(hidden, depthwise, None, stride, groups=len(depthwise)), filters[1], bias)


def _names(block: int, layer: int) -> tuple[str, ...]:
    at = f"dense{block}/conv{layer}"
    if block == layer == 0:
        return f"{at}/filters", f"{at}/bias"
    return f"{at}/depthwise_filter", f"{at}/pointwise_filter", f"{at}/bias"


def _key(name: str) -> str:
    return name.replace("/", "_")


def _unpacked(entries: list[dict[str, Any]], raw: bytes) -> dict[str, Tensor]:
    """Weights by name; bytes are spread over their range as the entries say."""
    found, place = {}, 0
    for entry in entries:
        shape, packed = tuple(map(int, entry["shape"])), entry.get("quantization")
        kind = np.dtype(packed["dtype"] if packed else entry["dtype"]).newbyteorder("<")
        if kind not in (np.dtype("uint8"), np.dtype("<f4")):
            raise ValueError(f"{entry['name']} must be uint8 or float32, got {kind}")
        count = int(np.prod(shape))
        if place + count * kind.itemsize > len(raw):
            raise ValueError(f"weights end within {entry['name']}, after {len(raw)} bytes; is the file whole?")
        values: NDArray[Any] = np.frombuffer(raw, kind, count, place).astype(np.float32)
        if packed:
            values = values * np.float32(packed["scale"]) + np.float32(packed["min"])
        found[str(entry["name"])] = torch.from_numpy(values.reshape(shape).copy())
        place += count * kind.itemsize
    return found
