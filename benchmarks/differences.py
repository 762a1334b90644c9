"""Finite differences of losses of a picture, with their own error: steps shrink until two of them agree.

A loss is an integral over the picture, and the step of one parameter moves few triangles of a head. Only the part of
the picture around these is drawn, finely, because what lies outside it drops out of the difference.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from avatar.renderers import interpolate, rasterize

Drawing = tuple[Tensor, Tensor]
"""Clip positions [1, V, 4] and colours [1, V, C] of a mesh's vertices."""
Weigh = Callable[[Tensor, Tensor, Tensor], Tensor]
"""The losses [K] of a picture [H, W, C] whose rows [H] and columns [W] lie at these places, 0 to 1: means over it."""

AT_ONCE = 1_000_000
"""Samples that are drawn together, about; more take gigabytes and are no faster."""
WIDEST = 16_384
"""Samples across a part: a picture has no more."""


@dataclass(frozen=True)
class Fineness:
    """How finely parts of pictures are drawn.

    Attributes:
        samples: of a part, about.
        least: samples across the whole picture, however large the part.
        most: samples across the whole picture, however small the part.
    """

    samples: int = 500_000
    least: int = 2560
    most: int = 10240

    def times(self, density: int) -> "Fineness":
        """So many times as many samples, across and down."""
        return Fineness(self.samples * density**2, self.least * density, self.most * density)


@dataclass(frozen=True)
class Slope:
    """A derivative by central differences.

    Attributes:
        value: [K], extrapolated from the last two steps to a step of 0 (Richardson).
        doubt: how far off it may be: how far the differences of the last two steps are apart, or half of what does not
            shrink of the bend, whichever is more. Where lips part within the step, differences of all steps that are
            wider agree with each other on the mean of both slopes, but the bend tells.
        bends: how far the slopes to both sides are apart, for the last step and for the one before: half as far where
            the loss is smooth, as far where it has a corner.
        step: the last one.
    """

    value: Tensor
    doubt: float
    bends: tuple[float, float]
    step: float

    def corner(self, tolerance: float) -> bool:
        """Whether the slopes to both sides are further apart than a tolerance, and stay so as steps halve."""
        last, before = self.bends
        return min(last, before) > tolerance and 0.7 < last / before < 1.4


@dataclass(frozen=True)
class Differences:
    """Differentiates losses by one parameter of what is drawn.

    Attributes:
        draw: what a value of the parameter gives.
        faces: [F, 3] of the mesh.
        weigh: the losses.
        value: [] the parameter's value where the derivative is taken.
    """

    draw: Callable[[Tensor], Drawing]
    faces: Tensor
    weigh: Weigh
    value: Tensor

    @torch.no_grad()
    def slope(self, step: float, fineness: Fineness | None = None) -> Slope:
        """The derivative by a step to both sides, and half of that."""
        fine = fineness or Fineness()
        drawings = [self.draw(self.value + share * step) for share in (0.0, 1.0, -1.0, 0.5, -0.5)]
        part = changing_part(drawings, self.faces)
        here, up, down, above, below = (losses(one, self.faces, self.weigh, part, fine) for one in drawings)
        wide, close = (up - down) / (2.0 * step), (above - below) / step
        bend, wide_bend = (above + below - 2.0 * here) * 2.0 / step, (up + down - 2.0 * here) / step
        doubt = max(float((close - wide).norm()), 0.5 * float((2.0 * bend - wide_bend).norm()))
        return Slope(close + (close - wide) / 3.0, doubt, (float(bend.norm()), float(wide_bend.norm())), step / 2.0)

    def refined(self, start: Slope, tolerance: float, attempts: tuple[tuple[float, int], ...]) -> Slope:
        """Try again until the doubt is at most a tolerance; the least doubtful, if it never is.

        Args:
            start: the first try.
            tolerance: of its doubt.
            attempts: for each further try the step, by the one before, and how many times as densely as usual it is
                drawn: smaller steps move edges past fewer samples.
        """
        best, step = start, 2.0 * start.step
        for shrink, density in attempts:
            if best.doubt <= tolerance:
                break
            step *= shrink
            best = min(best, self.slope(step, Fineness().times(density)), key=lambda one: one.doubt)
        return best


def changing_part(drawings: list[Drawing], faces: Tensor) -> tuple[float, float, float, float]:
    """The box (left, right, bottom, top; -1 to 1) outside of which the first drawing is like the others."""
    first = torch.cat(drawings[0], -1)
    # Rounding moves vertices that the parameter does not.
    changed = torch.stack([(torch.cat(one, -1) - first).abs() > 1e-9 for one in drawings]).any(0)[0].any(-1)
    touched = faces[changed[faces].any(1)].unique()
    if not len(touched):
        return (-1.0, 1.0, -1.0, 1.0)
    places = torch.stack([clip[0, touched, :2] / clip[0, touched, 3:] for clip, _ in drawings])
    low, high = places.amin((0, 1)).clamp(-1.0, 0.99).tolist(), places.amax((0, 1)).clamp(-0.99, 1.0).tolist()
    return low[0], high[0], low[1], high[1]


def losses(
    drawing: Drawing, faces: Tensor, weigh: Weigh, part: tuple[float, float, float, float], fineness: Fineness
) -> Tensor:
    """What a part of the picture contributes to the losses [K] of the whole."""
    left, right, bottom, top = part
    across, up = (right - left) / 2.0, (top - bottom) / 2.0
    density = min(max((fineness.samples / (across * up)) ** 0.5, fineness.least), fineness.most, WIDEST / across)
    bands = math.ceil(density**2 * across * up / AT_ONCE)
    height, width = max(round(density * up / bands), 8), max(round(density * across), 8)
    ends = [bottom + (top - bottom) * band / bands for band in range(bands + 1)]
    shares = (_band(drawing, faces, weigh, (left, right, low, high), (height, width)) for low, high in pairwise(ends))
    return torch.stack(list(shares)).sum(0)


def _band(
    drawing: Drawing, faces: Tensor, weigh: Weigh, part: tuple[float, float, float, float], size: tuple[int, int]
) -> Tensor:
    left, right, bottom, top = part
    across, up = (right - left) / 2.0, (top - bottom) / 2.0
    height, width = size
    clip = drawing[0].clone()
    clip[..., 0] = (clip[..., 0] - (left + right) / 2.0 * clip[..., 3]) / across
    clip[..., 1] = (clip[..., 1] - (bottom + top) / 2.0 * clip[..., 3]) / up
    picture = interpolate(drawing[1], rasterize(clip, faces, (height, width)))[0]
    rows = (1.0 - top) / 2.0 + up * (torch.arange(height, dtype=torch.float64) + 0.5) / height
    columns = (1.0 + left) / 2.0 + across * (torch.arange(width, dtype=torch.float64) + 0.5) / width
    return weigh(picture, rows, columns) * (across * up)
