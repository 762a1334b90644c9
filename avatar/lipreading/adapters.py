"""Lip-readers that others trained, behind the same interface."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

Layout = Literal["BTHW", "BT1HW", "B1THW", "B3THW"]


@dataclass(frozen=True)
class PictureFormat:
    """How a net wants to be shown a mouth.

    Args:
        size: (height, width) in pixels; pictures of other sizes are resized, without cutting anything off.
        mean: grey value that becomes 0.
        deviation: grey values that become 1.
        layout: order of the axes; B3THW repeats grey as red, green and blue.
        fps: frames a second.
    """

    size: tuple[int, int] = (88, 88)
    mean: float = 0.0
    deviation: float = 1.0
    layout: Layout = "BTHW"
    fps: float = 25.0

    def __post_init__(self) -> None:
        if min(self.size) < 1 or not self.deviation > 0 or not self.fps > 0:
            raise ValueError(
                f"size, deviation and fps must be above 0, got {self.size}, {self.deviation} and {self.fps}"
            )

    def __call__(self, pictures: Tensor) -> Tensor:
        """Bring grey pictures [B, T, H, W], about 0..1, into this format; differentiable."""
        if pictures.ndim != 4:
            raise ValueError(f"pictures must be [B, T, H, W] grey, got {list(pictures.shape)}")
        if tuple(pictures.shape[2:]) != self.size:
            pictures = nn.functional.interpolate(
                pictures, self.size, mode="bilinear", align_corners=False, antialias=True
            )
        even = (pictures - self.mean) / self.deviation
        match self.layout:
            case "BTHW":
                return even
            case "BT1HW":
                return even[:, :, None]
            case "B1THW":
                return even[:, None]
            case "B3THW":
                return even[:, None].expand(-1, 3, -1, -1, -1)


AUTO_AVSR = PictureFormat((88, 88), 0.421, 0.165, "BT1HW")
"""Of Auto-AVSR (Ma et al. 2023): the middle 88 of 96 pixels about the mouth."""

AV_HUBERT = PictureFormat((88, 88), 0.421, 0.165, "B1THW")
"""Of AV-HuBERT (Shi et al. 2022)."""

LIPNET = PictureFormat((64, 128), 0.0, 1.0, "B3THW")
"""Of LipNet's reimplementations (Assael et al. 2016), wide pictures in colour."""


class ModuleReader(nn.Module):
    """A net of yours as a `LipReader`: its own module, the pictures it is used to, and what it makes of them.

    Nothing of the nets that the formats are named after is shipped or downloaded. Give the part of the net that makes
    features, such as the front end and the encoder of Auto-AVSR, without the decoder.

    Args:
        module: takes pictures in the format; gives [B, T, F].
        format: of its pictures.

    Example:
        >>> reader = ModuleReader(nn.Flatten(2), PictureFormat((8, 8)))
        >>> reader.features(torch.rand(1, 5, 48, 48)).shape
        torch.Size([1, 5, 64])
    """

    def __init__(self, module: nn.Module, format: PictureFormat) -> None:  # noqa: A002
        super().__init__()
        self.module, self.format = module.eval().requires_grad_(False), format

    @classmethod
    def load(cls, module: nn.Module, weights: str | Path, format: PictureFormat) -> "ModuleReader":  # noqa: A002
        """Fill a module with weights from a .safetensors file first.

        Args:
            module: of the architecture that the weights are of.
            weights: the file; convert a pickled checkpoint once, where you trust it, with safetensors' save_file.
            format: of the net's pictures.

        Raises:
            ValueError: the file is no safetensors, or names or shapes are not the module's.
        """
        try:
            tensors = load_file(weights)
            module.load_state_dict(tensors)
        except (SafetensorError, RuntimeError) as error:
            raise ValueError(
                f"weights must be the module's own in a .safetensors file, got {weights}: {error}; "
                "save module.state_dict() with safetensors.torch.save_file"
            ) from None
        return cls(module, format)

    @property
    def fps(self) -> float:
        """Frames a second of the pictures."""
        return self.format.fps

    def features(self, pictures: Tensor) -> Tensor:
        """See `avatar.lipreading.LipReader.features`.

        Raises:
            ValueError: the module gives something else than [B, T, F].
        """
        found = self.module(self.format(pictures))
        if not isinstance(found, torch.Tensor) or found.ndim != 3 or found.shape[:2] != pictures.shape[:2]:
            got = list(found.shape) if isinstance(found, torch.Tensor) else type(found).__name__
            raise ValueError(
                f"module must give features [{len(pictures)}, {pictures.shape[1]}, F], got {got}; wrap it in one "
                "that returns its features alone, batch first, one row for each picture"
            )
        return found
