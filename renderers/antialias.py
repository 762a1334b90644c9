"""Smooth the silhouettes of a picture that was drawn with one sample a pixel."""

from typing import Any

import torch
from torch import Tensor

from avatar.renderers.crossing_motion import places
from avatar.renderers.crossings import find_crossings
from avatar.renderers.edge_gradients import checked_image
from avatar.renderers.fragments import Fragments


def antialias(image: Any, fragments: Fragments) -> Tensor:
    """Blend the two sides of each silhouette by how far it reaches into a pixel.

    Where an edge that runs more across than along the way between two pixels crosses it at a share t from the first
    centre, the pixel in whose square that is takes |t - 1/2| of its neighbour's colour: the part of the square that
    the neighbour's surface covers. Creases between two pixels on one surface are left as they are.

    What it draws depends smoothly on the positions, and its gradient is that of what it draws. To fit a model to a
    picture use `motion_gradients`, which samples the whole picture's derivative with less noise.

    Args:
        image: [B, H, W, C], background included.
        fragments: of `rasterize`.

    Returns:
        [B, H, W, C]. Differentiable in the image and in the `position_clip` that was rasterized.

    Raises:
        TypeError: if the image is not of real numbers.
        ValueError: if its shape does not fit the fragments.
    """
    colours = checked_image(image, fragments)
    crossings = find_crossings(fragments)
    place, across = places(crossings, fragments)
    into_second = (place > 0.5)[:, None]
    # In float64, whose sums torch takes in a fixed order.
    exact = colours.double()
    first, second = exact[crossings.first], exact[crossings.second]
    step = torch.where(into_second, first - second, second - first)
    amount = (place - 0.5).abs() * across * crossings.share
    pixel = tuple(torch.where(into_second[:, 0], b, a) for a, b in zip(crossings.first, crossings.second, strict=True))
    # Edges on all sides of a pixel may claim more than there is of it.
    claimed = exact.new_zeros(exact.shape[:3]).index_put(pixel, amount, accumulate=True)
    amount = amount / claimed[pixel].clamp(min=1.0)
    return exact.index_put(pixel, amount[:, None] * step, accumulate=True).to(colours.dtype)
