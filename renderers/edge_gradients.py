"""Gradients of a picture by what moves at silhouettes."""

from typing import Any

import torch
from torch import Tensor

from avatar.renderers.crossings import Crossings, find_crossings
from avatar.renderers.fragments import Fragments
from avatar.renderers.tensors import check_shape, float_tensor


def edge_gradients(image: Any, fragments: Fragments) -> Tensor:
    """Return the image unchanged; on the way back, add what moving silhouettes do to it to the positions' gradient.

    A pixel's colour jumps when an edge passes its centre, so the derivative of a picture has a part that no
    interpolation sees: along each silhouette, the step in colour times the speed of the edge along its normal n. The
    rows and columns of pixel centres sample that integral. Where an edge crosses the way between two neighbours p and
    q, its part of the gradient is

        (dL/dI_p + dL/dI_q) / 2 . (I_p - I_q) n_axis (speed along n),

    after Pidhorskyi et al. 2024, "Rasterized Edge Gradients". Two things differ from it. Each crossing is found on the
    mesh itself, where the surface folds back, ends, or is cut by another (see `silhouettes`), so that neither the size
    of the triangles nor whether a pixel sees the one with the edge matters. And n_axis, the normal's component along
    the way, times the normal speed replaces the speed along the way: its sum over rows and columns is the same, and an
    edge that only slides along itself gives exactly nothing.

    Args:
        image: [B, H, W, C], what was made of the fragments: colours, masks, normals, depths; background included.
        fragments: of `rasterize`.

    Returns:
        [B, H, W, C], the same values. Differentiable in the image and in the `position_clip` that was rasterized.

    Raises:
        TypeError: if the image is not of real numbers.
        ValueError: if its shape does not fit the fragments.

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
    return through_edges(colours, fragments, find_crossings(fragments))


def checked_image(image: Any, fragments: Fragments) -> Tensor:
    """Return the image as a tensor of the fragments' batch and size, [B, H, W, C]."""
    colours = float_tensor("image", image, ("B", "H", "W", "C"))
    check_shape("image", colours, (*fragments.triangle_id.shape, "C"))
    return colours


def through_edges(image: Tensor, fragments: Fragments, crossings: Crossings) -> Tensor:
    """Return the image, with the gradient of the crossings' motion."""
    result: Tensor = _EdgeGradients.apply(image, offsets(crossings, fragments), crossings)  # type: ignore[no-untyped-call]
    return result


def offsets(crossings: Crossings, fragments: Fragments) -> Tensor:
    """How far each crossing stands from where it was found, pixels along its normal, times the normal's part.

    The value is 0; what matters is the derivative. An edge from vertex u to v in homogeneous (x, y, w) is the line
    l = u x v, and l . (x, y, 1) / |gradient in pixels| is the distance from it. Where two surfaces cut each other, the
    difference of their depths takes the line's place.

    Returns:
        [N] float64, differentiable in the fragments' positions.
    """
    height, width = fragments.size
    positions = fragments.position_clip.double()
    spot = _spots(crossings, height, width)
    to_pixels = torch.tensor([2.0 / width, -2.0 / height], dtype=torch.float64, device=spot.device)
    result = spot.new_zeros(len(spot))
    cut = crossings.faces[:, 0] >= 0
    for which, line_at in ((~cut, _edge_line), (cut, _cut_line)):
        value, line = line_at(positions, crossings, fragments, which, spot[which])
        slope = line.detach()[:, :2] * to_pixels
        along = torch.where(crossings.vertical[which], slope[:, 1], slope[:, 0])
        squared = (slope**2).sum(1)
        weight = torch.where(squared > 0.0, along / squared, 0.0)
        result = result.index_put((which.nonzero()[:, 0],), weight * value)
    return result


def _spots(crossings: Crossings, height: int, width: int) -> Tensor:
    """(x, y, 1) of the crossings in the picture [N, 3]."""
    column = crossings.column + 0.5 + crossings.place * ~crossings.vertical
    row = crossings.row + 0.5 + crossings.place * crossings.vertical
    return torch.stack([column * 2.0 / width - 1.0, 1.0 - row * 2.0 / height, torch.ones_like(column)], 1)


def _edge_line(
    positions: Tensor, crossings: Crossings, _: Fragments, which: Tensor, spot: Tensor
) -> tuple[Tensor, Tensor]:
    image, edge = crossings.image[which], crossings.edge[which]
    u, v = (positions[image, edge[:, end]][:, [0, 1, 3]] for end in (0, 1))
    line = torch.linalg.cross(u, v)
    return (line * spot).sum(1), line


def _cut_line(
    positions: Tensor, crossings: Crossings, fragments: Fragments, which: Tensor, spot: Tensor
) -> tuple[Tensor, Tensor]:
    image, pair = crossings.image[which], crossings.faces[which]
    faces = fragments.faces if fragments.faces.ndim == 3 else fragments.faces[None]
    lines = []
    for side in (0, 1):
        corners = positions[image[:, None], faces[image % len(faces), pair[:, side]]]  # [N, 3, 4]
        lines.append(_solve(corners[..., [0, 1, 3]], corners[..., 2]))
    line = lines[0] - lines[1]
    return (line * spot).sum(1), line


def _solve(matrix: Tensor, values: Tensor) -> Tensor:
    """The plane g with matrix g = values, [N, 3]; matrices [N, 3, 3] without an inverse give 0."""
    a, b, c = matrix.unbind(1)
    planes = torch.stack([torch.linalg.cross(b, c), torch.linalg.cross(c, a), torch.linalg.cross(a, b)], 1)
    determinant = (a * planes[:, 0]).sum(1, keepdim=True)
    sound = determinant != 0.0
    return torch.where(sound, (planes * values[..., None]).sum(1) / torch.where(sound, determinant, 1.0), 0.0)


class _EdgeGradients(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, image: Tensor, offset: Tensor, crossings: Crossings) -> Tensor:
        ctx.save_for_backward(image)
        ctx.crossings = crossings
        ctx.kind = offset.dtype
        return image.view_as(image)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None]:
        (image,) = ctx.saved_tensors
        found: Crossings = ctx.crossings
        first = (found.image, found.row, found.column)
        second = (found.image, found.row + found.vertical, found.column + ~found.vertical)
        step = image[first] - image[second]
        pull = 0.5 * (gradient[first] + gradient[second])
        # Moving the edge away from the first pixel makes more of its colour; the offset grows the other way.
        return gradient, -(step * pull).sum(-1).to(ctx.kind) * found.share, None
