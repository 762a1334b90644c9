"""Lids that meet when they blink and slide over the eyeball, whatever identity and the other shapes did to them."""

from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from avatar.controls import ARKIT
from avatar.rigs.head_file import HeadFile

FILM = 0.0006
"""How far the lids' skin stays off the ball, metres."""


class Lids(nn.Module):
    """Closes each eye's gap by the blink's weight.

    At weight b the margins of the upper lid go the share b of the way to the lower lid, and the lid's skin goes along
    smoothly: at 1 they touch and don't cross, also together with eyeLookDown, eyeWide or eyeSquint. Skin that would
    sink into the ball is then lifted off it.

    Args:
        file: the baked head.
    """

    def __init__(self, file: HeadFile) -> None:
        super().__init__()
        self.eyes = nn.ModuleList([_Eye(file.prefixed(f"lids.{side}."), side) for side in ("left", "right")])

    def forward(self, vertices: Tensor, weights: Tensor, centres: Tensor, radii: Tensor) -> Tensor:
        """Close the lids by the blinks among the controls.

        Args:
            vertices: [B, V, 3].
            weights: the controls [B, 61].
            centres: of the left and the right eyeball [B or 1, 2, 3].
            radii: of both [B or 1, 2].
        """
        for side, eye in enumerate(self.eyes):
            vertices = eye(vertices, weights, centres[:, side, None], radii[:, side, None, None])
        return vertices


class _Eye(nn.Module):
    upper: Tensor
    lower: Tensor
    moved: Tensor
    outside: Tensor
    match: Tensor
    spread: Tensor
    on_margin: Tensor

    def __init__(self, tensors: dict[str, NDArray[Any]], side: str) -> None:
        super().__init__()
        self.blink = ARKIT.index(f"eyeBlink{side.capitalize()}")
        for name in ("upper", "lower", "moved", "outside"):
            self.register_buffer(name, torch.from_numpy(tensors[name].astype("int64")), persistent=False)
        # A closed margin has come to rest: lifting it once more would part it from its partner.
        on_margin = torch.isin(self.outside, torch.cat([self.upper, self.lower]))
        self.register_buffer("on_margin", on_margin.float()[:, None], persistent=False)
        for name in ("match", "spread"):
            self.register_buffer(name, torch.from_numpy(tensors[name]), persistent=False)

    def forward(self, vertices: Tensor, weights: Tensor, centre: Tensor, radius: Tensor) -> Tensor:
        # Lifted before, so that the margins meet outside the ball; and after, because on its way the lid cuts across.
        blink = weights[:, self.blink, None, None]
        vertices = self._lift(vertices, centre, radius, torch.ones_like(blink))
        gap = vertices[:, self.upper] - self.match @ vertices[:, self.lower]
        vertices = vertices.index_add(1, self.moved, -blink * (self.spread @ gap))
        return self._lift(vertices, centre, radius, 1 - blink * self.on_margin)

    def _lift(self, vertices: Tensor, centre: Tensor, radius: Tensor, share: Tensor) -> Tensor:
        spoke = vertices[:, self.outside] - centre
        distance = spoke.square().sum(-1, keepdim=True).sqrt()
        sunk = (radius + FILM - distance).clamp(min=0)
        return vertices.index_add(1, self.outside, share * sunk * spoke / distance)
