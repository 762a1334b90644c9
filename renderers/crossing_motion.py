"""How crossings move with the vertices: torch on a few thousand of them, in float64, on any device."""

import torch
from torch import Tensor

from avatar.renderers.crossings import Crossings
from avatar.renderers.fragments import Fragments


def material_offsets(crossings: Crossings, fragments: Fragments) -> Tensor:
    """How far the point of the surface at each crossing is from where it was found, pixels towards the second pixel.

    On a silhouette edge it is the edge's own point. Where two surfaces cut each other no point stays at the cut; there
    the cut's normal speed times the normal's part along the way stands for it: over rows and columns both sum up to
    the same.

    Returns:
        [N] float64: 0, differentiable in the fragments' positions.
    """
    height, width = fragments.size
    spot = spots(crossings, height, width)
    value, slope = lines(crossings, fragments, spot)
    along = _along(crossings, slope)
    cut = -along * value / _positive((slope**2).sum(1))
    edge = crossings.edge[:, 0] >= 0
    ends = crossings.edge.clamp(min=0)
    positions = fragments.position_clip.double()
    u, v = (positions[crossings.image, ends[:, end]][:, [0, 1, 3]] for end in (0, 1))
    with torch.no_grad():
        # Where on the edge: the share of v in the point that is on the row or column of the two pixels.
        place = torch.where(crossings.vertical, spot[:, 0], spot[:, 1])
        at_u, at_v = (torch.where(crossings.vertical, end[:, 0], end[:, 1]) - place * end[:, 2] for end in (u, v))
        share = torch.where(at_u == at_v, 0.5, at_u / torch.where(at_u == at_v, 1.0, at_u - at_v)).clamp(0.0, 1.0)
    point = u + share[:, None] * (v - u)
    ahead = edge & (point[:, 2] > 0.0)
    x, y = (point[:, axis] / torch.where(ahead, point[:, 2], 1.0) for axis in (0, 1))
    moved = torch.where(crossings.vertical, 0.5 * height * (spot[:, 1] - y), 0.5 * width * (x - spot[:, 0]))
    moved = torch.where(ahead, moved, 0.0)
    return torch.where(edge, moved - moved.detach(), cut)


def places(crossings: Crossings, fragments: Fragments) -> tuple[Tensor, Tensor]:
    """Where crossings are on the way between their pixels, and whether their line runs more across it than along it.

    Returns:
        [N] float64 from 0 (the first centre) to 1, differentiable in the fragments' positions with the second centre's
        row or column held; and [N] bool. Where the line does not run across, the derivative is left out.
    """
    height, width = fragments.size
    value, slope = lines(crossings, fragments, spots(crossings, height, width))
    along = _along(crossings, slope)
    beside, below = slope.abs().unbind(1)
    # A diagonal counts for rows alone: it would be blended twice.
    across = torch.where(crossings.vertical, below > beside, (beside >= below) & (beside > 0.0))
    return crossings.place - torch.where(across, value / torch.where(across, along, 1.0), 0.0), across


def spots(crossings: Crossings, height: int, width: int) -> Tensor:
    """(x, y, 1) of the crossings in the picture [N, 3] float64."""
    column = crossings.column + 0.5 + crossings.place * ~crossings.vertical
    row = crossings.row + 0.5 + crossings.place * crossings.vertical
    return torch.stack([column * 2.0 / width - 1.0, 1.0 - row * 2.0 / height, torch.ones_like(column)], 1)


def lines(crossings: Crossings, fragments: Fragments, spot: Tensor) -> tuple[Tensor, Tensor]:
    """The lines in the picture that pass at the crossings, as functions that are 0 there.

    An edge from u to v in homogeneous (x, y, w) lies on l . (x, y, 1) = 0 with l = u x v. Where two surfaces cut each
    other, l is the difference of the planes that give their depths.

    Returns:
        The value at the crossing [N], 0 and differentiable in the fragments' positions; and its slope by column and
        row in pixels [N, 2] without a gradient.
    """
    height, width = fragments.size
    positions = fragments.position_clip.double()
    image = crossings.image
    u, v = (positions[image, crossings.edge[:, end].clamp(min=0)][:, [0, 1, 3]] for end in (0, 1))
    line = torch.linalg.cross(u, v)
    cut = (crossings.faces[:, 0] >= 0).nonzero()[:, 0]
    if len(cut):
        faces = fragments.meshes
        mesh, where = image[cut] % len(faces), image[cut, None]
        corners = [positions[where, faces[mesh, crossings.faces[cut, side]]] for side in (0, 1)]
        depths = [_plane(corner[..., [0, 1, 3]], corner[..., 2]) for corner in corners]
        line = line.index_put((cut,), depths[0] - depths[1])
    value = (line * spot).sum(1)
    to_pixels = torch.tensor([2.0 / width, -2.0 / height], dtype=torch.float64, device=spot.device)
    return value - value.detach(), line.detach()[:, :2] * to_pixels


def _plane(matrix: Tensor, values: Tensor) -> Tensor:
    """The plane g with matrix g = values, [N, 3]; 0 for matrices [N, 3, 3] without an inverse."""
    a, b, c = matrix.unbind(1)
    adjugate = torch.stack([torch.linalg.cross(b, c), torch.linalg.cross(c, a), torch.linalg.cross(a, b)], 1)
    determinant = (a * adjugate[:, 0]).sum(1, keepdim=True)
    sound = determinant != 0.0
    return torch.where(sound, (adjugate * values[..., None]).sum(1) / torch.where(sound, determinant, 1.0), 0.0)


def _along(crossings: Crossings, slope: Tensor) -> Tensor:
    return torch.where(crossings.vertical, slope[:, 1], slope[:, 0])


def _positive(values: Tensor) -> Tensor:
    return torch.where(values > 0.0, values, 1.0)
