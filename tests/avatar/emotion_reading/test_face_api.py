"""face-api's expression net: the same numbers as in its own runtime, and gradients."""

import json

import numpy as np
import pytest
import torch

from avatar.emotion_reading.face_api import EXPRESSIONS, MANIFEST, FaceApiReader
from avatar.losses import EmotionPerceptualLoss

FEATURES = (
    0.3213703, 0.0125279, 0.7717150, 0.1942469, 2.0782707, 1.2603463, 0.5266396, 0.3237357,
    0.9269238, 0.4292605, 0.2842821, 0.0483899, 1.4732138, 0.0, 0.2142937, 1.1306036,
)  # fmt: skip
"""Every 16th of 256 that face-api 1.7.15 found in `picture()` with the weights of `write_net`, in node by tfjs."""
CHANCES = (0.1382829, 0.1983387, 0.0631940, 0.2840914, 0.1229249, 0.0483249, 0.1448433)


def write_net(folder, *, cut=0):
    """A net in face-api's files, with weights that any language can make: most as bytes, the biases as floats."""
    entries, raw = [], b""

    def add(name, shape, spread=None):
        nonlocal raw
        count, salt = int(np.prod(shape)), len(entries) + 1
        if spread is None:
            entries.append({"name": name, "shape": shape, "dtype": "float32"})
            raw += (((np.arange(count) * 29 + salt * 7) % 41 - 20) / 400).astype("<f4").tobytes()
            return
        packed = {"dtype": "uint8", "scale": 2 * spread / 255, "min": -spread}
        entries.append({"name": name, "shape": shape, "dtype": "float32", "quantization": packed})
        raw += (
            ((np.arange(count, dtype=np.int64) ** 2 * 13 + np.arange(count) * 101 + salt * 57) % 251)
            .astype("u1")
            .tobytes()
        )

    channels = (32, 64, 128, 256)
    for block, wide in enumerate(channels):
        for layer in range(4):
            at, narrow = f"dense{block}/conv{layer}", channels[block - 1] if layer == 0 else wide
            if block == layer == 0:
                add(f"{at}/filters", [3, 3, 3, wide], 0.4)
            else:
                add(f"{at}/depthwise_filter", [3, 3, narrow, 1], 0.5)
                add(f"{at}/pointwise_filter", [1, 1, narrow, wide], 2.0 / narrow**0.5)
            add(f"{at}/bias", [wide])
    add("fc/weights", [256, 7], 0.1)
    add("fc/bias", [7])
    (folder / MANIFEST).write_text(json.dumps([{"weights": entries, "paths": ["face_expression_model.bin"]}]))
    (folder / "face_expression_model.bin").write_bytes(raw[: len(raw) - cut])


def picture():
    """A colour picture [1, 3, 112, 112], 0..1, whole numbers of 255."""
    y, x, c = np.meshgrid(np.arange(112), np.arange(112), np.arange(3), indexing="ij")
    values = (x * 3 + y * y // 7 + c * 50 + (x * y) // 11) % 256
    return torch.from_numpy(values.astype(np.float32)).permute(2, 0, 1)[None] / 255


@pytest.fixture
def reader(tmp_path):
    write_net(tmp_path)
    return FaceApiReader.load(tmp_path)


def test_it_sees_what_the_original_sees(reader):
    found = reader.look(picture())
    torch.testing.assert_close(found[0, ::16], torch.tensor(FEATURES), rtol=1e-4, atol=1e-5)
    chances = torch.nn.functional.linear(found, reader.out, reader.out_bias).softmax(-1)
    torch.testing.assert_close(chances[0], torch.tensor(CHANCES), rtol=1e-4, atol=1e-6)


def test_grey_pictures_of_any_size_are_read(reader):
    pictures = torch.rand(2, 3, 80, 80, generator=torch.Generator().manual_seed(0))
    assert reader.features(pictures).shape == (2, 3, 256)
    torch.testing.assert_close(reader(pictures).sum(-1), torch.ones(2, 3))
    assert set(reader.read(pictures)) <= set(EXPRESSIONS)


def test_its_loss_has_the_right_gradient(reader):
    loss = EmotionPerceptualLoss(reader.double())
    start = torch.rand(1, 2, 24, 24, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    target = torch.rand(1, 2, 24, 24, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    pictures = start.clone().requires_grad_()
    loss(pictures, target).backward()
    way, step = pictures.grad / pictures.grad.norm(), 1e-4
    slope = (loss(start + step * way, target) - loss(start - step * way, target)) / (2 * step)
    assert slope.item() == pytest.approx(pictures.grad.norm().item(), rel=1e-3)


def test_bad_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="npm pack"):
        FaceApiReader.load(tmp_path)
    write_net(tmp_path, cut=8)
    with pytest.raises(ValueError, match="weights end within fc/bias"):
        FaceApiReader.load(tmp_path)
    (tmp_path / MANIFEST).write_text('[{"weights": [], "paths": []}]')
    with pytest.raises(ValueError, match="must name dense0/conv0/filters"):
        FaceApiReader.load(tmp_path)
    (tmp_path / MANIFEST).write_text('[{"weights": 3}]')
    with pytest.raises(ValueError, match="manifest of tfjs weights"):
        FaceApiReader.load(tmp_path)
