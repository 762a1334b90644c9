"""A tongue that stays behind closed lips."""

import torch
from torch import Tensor, nn

from avatar.controls import ARKIT_SHAPES

CLOSED, FREE = 0.003, 0.009
"""Openings of the lips in metres up to which the tongue is held back, and from which on it is free."""


class Tongue(nn.Module):
    """Holds tongueOut back as far as the lips are closed: alone it does nothing, with jawOpen 0.3 it is whole.

    Args:
        shapes: displacements of the 52 shapes [52, V, 3].
        tongue: the tongue's vertices.
        inner_lip: mid points of the upper and the lower lip.
    """

    tongue: Tensor
    out: Tensor

    def __init__(self, shapes: Tensor, tongue: Tensor, inner_lip: tuple[int, int]) -> None:
        super().__init__()
        self.shape = ARKIT_SHAPES.index("tongueOut")
        self.inner_lip = inner_lip
        self.register_buffer("tongue", tongue, persistent=False)
        self.register_buffer("out", shapes[self.shape, tongue], persistent=False)

    def forward(self, vertices: Tensor, neutral: Tensor, weights: Tensor) -> Tensor:
        """Hold the tongue of vertices [B, V, 3] back.

        Args:
            vertices: the head with its shapes, not yet turned.
            neutral: the same identity at rest [B or 1, V, 3].
            weights: the controls [B, 61].
        """
        opening = self._lips(vertices) - self._lips(neutral)
        rise = ((opening - CLOSED) / (FREE - CLOSED)).clamp(0, 1)
        held = weights[:, self.shape] * (1 - rise * rise * (3 - 2 * rise))
        return torch.index_add(vertices, 1, self.tongue, -held[:, None, None] * self.out)

    def _lips(self, vertices: Tensor) -> Tensor:
        upper, lower = self.inner_lip
        return vertices[:, upper, 1] - vertices[:, lower, 1]
