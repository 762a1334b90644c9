"""Lids that meet when they blink, whatever identity, gaze and the other shapes did to them."""

from typing import Any

import torch
from avatar.rigs.head_file import HeadFile
from numpy.typing import NDArray
from torch import Tensor, nn

from avatar.controls import ARKIT


class Lids(nn.Module):
    """Closes each eye's gap by the blink's weight.

    At weight b the margins of the upper lid go the share b of the way to the lower lid, and the lid's skin goes along
    smoothly: at 1 they touch and don't cross, also together with eyeLookDown, eyeWide or eyeSquint.

    Args:
        file: the baked head.
    """

    def __init__(self, file: HeadFile) -> None:
        super().__init__()
        self.eyes = nn.ModuleList([_Eye(file.prefixed(f"lids.{side}."), side) for side in ("left", "right")])

    def forward(self, vertices: Tensor, weights: Tensor) -> Tensor:
        """Close the lids of vertices [B, V, 3] by the blinks among the controls [B, 61]."""
        for eye in self.eyes:
            vertices = eye(vertices, weights)
        return vertices


class _Eye(nn.Module):
    upper: Tensor
    lower: Tensor
    moved: Tensor
    match: Tensor
    spread: Tensor

    def __init__(self, tensors: dict[str, NDArray[Any]], side: str) -> None:
        super().__init__()
        self.blink = ARKIT.index(f"eyeBlink{side.capitalize()}")
        for name in ("upper", "lower", "moved"):
            self.register_buffer(name, torch.from_numpy(tensors[name].astype("int64")), persistent=False)
        for name in ("match", "spread"):
            self.register_buffer(name, torch.from_numpy(tensors[name]), persistent=False)

    def forward(self, vertices: Tensor, weights: Tensor) -> Tensor:
        gap = vertices[:, self.upper] - self.match @ vertices[:, self.lower]
        closing = weights[:, self.blink, None, None] * (self.spread @ gap)
        return vertices.index_add(1, self.moved, -closing)
