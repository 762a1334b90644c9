"""The colours on both sides of a crossing."""

import torch
from torch import Tensor

from avatar.renderers.crossings import Crossings


def colours_at_edges(image: Tensor, crossings: Crossings, in_gaps: Tensor | None) -> tuple[Tensor, Tensor]:
    """Return the colours that meet at each crossing, [N, C] float64 on the first and on the second pixel's side.

    Surfaces turn away at their outlines, and their colour changes quickly there: that at the edge is not that of the
    pixel's centre. It is continued in a straight line from the surface's two last pixels before the edge; where the
    surface has only one, from that alone.

    Args:
        image: [B, H, W, C].
        crossings: of the fragments that the image was made of.
        in_gaps: [G, C] what shows in the gaps; None takes it for the mean of both edges' colours.
    """
    way = crossings.vertical.long()
    place = crossings.place[:, None]
    near = _continued(image, crossings, crossings.first, -1, way, place)
    far = _continued(image, crossings, crossings.second, 1, way, 1.0 - place)
    before, after = crossings.gaps, crossings.gaps + 1
    far[before] = near[after] = 0.5 * (near[before] + far[after]) if in_gaps is None else in_gaps
    return near, far


def _continued(
    image: Tensor, crossings: Crossings, pixel: tuple[Tensor, Tensor, Tensor], back: int, way: Tensor, ahead: Tensor
) -> Tensor:
    """The colour `ahead` pixels from the pixels, away from those that lie one step `back`."""
    batch, row, column = pixel
    height, width = image.shape[1:3]
    inner_row, inner_column = row + back * way, column + back * (1 - way)
    inside = (inner_row >= 0) & (inner_row < height) & (inner_column >= 0) & (inner_column < width)
    inner_row, inner_column = inner_row.clamp(0, height - 1), inner_column.clamp(0, width - 1)
    # The way between two pixels is noted at the upper or left one.
    first = (batch, inner_row, inner_column) if back < 0 else (batch, row, column)
    goes_on = inside & crossings.continues[(*first, way)]
    here = image[batch, row, column].double()
    step = here - image[batch, inner_row, inner_column].double()
    return here + torch.where(goes_on[:, None], ahead * step, 0.0)
