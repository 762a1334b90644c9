"""Gradients of a picture by what moves at silhouettes."""

from typing import Any

import torch
from torch import Tensor

from avatar.renderers.crossing_colours import colours_at_edges
from avatar.renderers.crossing_motion import material_offsets
from avatar.renderers.crossings import Crossings, find_crossings
from avatar.renderers.fragments import Fragments
from avatar.renderers.gaps import Shade, gap_colours
from avatar.renderers.tensors import check_shape, float_tensor


def edge_gradients(image: Any, fragments: Fragments, *, shade: Shade | None = None) -> Tensor:
    """Return the image unchanged; on the way back, add what moving silhouettes do to it to the positions' gradient.

    A pixel's colour jumps when an edge passes its centre, so the derivative of a picture has a part that no
    interpolation sees: along each silhouette, the step in colour times the speed of the edge. The rows and columns of
    pixel centres sample that integral. Where an edge crosses the way from pixel p to its neighbour q, it adds

        (dL/dI_p + dL/dI_q) / 2 . (I_p' - I_q') times the edge's speed towards q,

    after Pidhorskyi et al. 2024, "Rasterized Edge Gradients". What differs: each crossing is found on the mesh itself,
    where the surface folds back, ends, or is cut by another (see `silhouettes`). So neither the size of the triangles
    matters, nor whether any pixel sees the one with the edge. And the colours I' are those at the edge, continued from
    the pixels of its two surfaces (see `colours_at_edges`).

    It goes with an image whose interior has gradients by position, as `interpolate` gives them. `motion_gradients`
    makes both parts and is the better choice wherever triangles are small.

    Args:
        image: [B, H, W, C], what was made of the fragments: colours, masks, normals, depths; background included.
        fragments: of `rasterize`.
        shade: what the image was made with, such as `lambda seen: interpolate(colours, seen)`. It is asked for the
            colours in gaps between two edges that are narrower than a pixel; without it they are taken for the mean of
            both sides, and what opens or closes a thin gap has too small a gradient.

    Returns:
        [B, H, W, C], the same values. Differentiable in the image and in the `position_clip` that was rasterized.

    Raises:
        TypeError: if the image is not of real numbers.
        ValueError: if its shape, or that of what `shade` makes, does not fit the fragments.

    Example:
        >>> from avatar.renderers import rasterize
        >>> corners = torch.tensor([[[-9.0, -9.0, 0.0, 1.0], [0.1, -9.0, 0.0, 1.0], [0.1, 9.0, 0.0, 1.0]]])
        >>> seen = rasterize(corners.requires_grad_(), [[0, 1, 2]], (1, 2))
        >>> edge_gradients(seen.mask[..., None].float(), seen).sum().backward()
        >>> corners.grad[0, 1:, 0].sum()  # one pixel is half the picture, which is 2 wide in clip space
        tensor(1.)
    """
    colours = checked_image(image, fragments)
    if not (fragments.position_clip.requires_grad and torch.is_grad_enabled()):
        return colours
    crossings = find_crossings(fragments)
    return through_edges(colours, fragments, crossings, gap_colours(colours, crossings, fragments, shade))


def checked_image(image: Any, fragments: Fragments) -> Tensor:
    """Return the image as a tensor of the fragments' batch and size, [B, H, W, C]."""
    colours = float_tensor("image", image, ("B", "H", "W", "C"))
    check_shape("image", colours, (*fragments.triangle_id.shape, "C"))
    return colours


def through_edges(image: Tensor, fragments: Fragments, crossings: Crossings, in_gaps: Tensor | None) -> Tensor:
    """Return the image, with the gradient of the crossings' motion."""
    offsets = material_offsets(crossings, fragments)
    result: Tensor = _EdgeGradients.apply(image, offsets, crossings, in_gaps)  # type: ignore[no-untyped-call]
    return result


class _EdgeGradients(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, image: Tensor, offsets: Tensor, crossings: Crossings, in_gaps: Tensor | None) -> Tensor:
        ctx.save_for_backward(image)
        ctx.crossings, ctx.in_gaps = crossings, in_gaps
        return image.view_as(image)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None, None]:
        (image,) = ctx.saved_tensors
        found: Crossings = ctx.crossings
        near, far = colours_at_edges(image, found, ctx.in_gaps)
        return gradient, ((near - far) * pull(gradient, found)).sum(-1), None, None


def pull(gradient: Tensor, crossings: Crossings) -> Tensor:
    """What a step in colour at each crossing is worth to the loss, [N, C] float64: the mean of its pixels' gradient."""
    return 0.5 * (gradient[crossings.first].double() + gradient[crossings.second].double())
