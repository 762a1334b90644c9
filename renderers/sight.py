"""What a mesh shows at single places of the picture: torch on a few thousand of them, on any device."""

from collections.abc import Callable

import torch
from torch import Tensor


def seen_at(clip: Tensor, faces: Tensor, places: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Find the nearest triangle at places anywhere between pixel centres, as `rasterize` does at the centres.

    Args:
        clip: [V, 4] clip positions.
        faces: [F, 3] int64; rows of -1 are none.
        places: [N, 2] x and y in the picture, -1 to 1.

    Returns:
        The face [N] int64, -1 where there is none; the perspective-correct weights of its corners [N, 3] float64, 0
        where there is none; and its depth z / w [N] float64, 1 where there is none.
    """
    clip, places = clip.detach().double(), places.double()
    kinds = faces.new_full((len(places),), -1)
    weights, depths = places.new_zeros(len(places), 3), places.new_ones(len(places))
    face, point = _candidates(clip, faces, places)
    shares, depth = _shares(clip[faces[face]], places[point])
    hit = (shares >= 0.0).all(1) & (depth.abs() <= 1.0)
    face, point, shares, depth = face[hit], point[hit], shares[hit], depth[hit]
    # By place, then by depth; of equal depths the lower face is first.
    order = depth.argsort(stable=True)
    order = order[point[order].argsort(stable=True)]
    ahead = point[order]
    order = order[torch.cat([ahead.new_ones(1, dtype=torch.bool), ahead[1:] != ahead[:-1]])[: len(ahead)]]
    found = point[order]
    kinds[found], depths[found] = face[order], depth[order]
    weights[found] = shares[order] / shares[order].sum(1, keepdim=True)
    return kinds, weights, depths


def _candidates(clip: Tensor, faces: Tensor, places: Tensor) -> tuple[Tensor, Tensor]:
    """Pairs of a face and a place within its bounds, in the order of the faces."""
    before = clip[:, 3] > 0.0
    across, up = (clip[:, :2] / torch.where(before, clip[:, 3], 1.0)[:, None]).unbind(1)
    rows, order = places[:, 1].sort(stable=True)
    # A triangle that reaches behind the camera may be anywhere.
    below = torch.searchsorted(rows, torch.where(before, up, -torch.inf))
    above = torch.searchsorted(rows, torch.where(before, up, torch.inf), right=True)
    corners = faces.clamp(min=0)
    first = _over(torch.minimum, below, corners)
    count = torch.where(faces[:, 0] >= 0, _over(torch.maximum, above, corners) - first, 0)
    face = torch.arange(len(faces), device=faces.device).repeat_interleave(count)
    start = (first - count.cumsum(0) + count).repeat_interleave(count)
    point = order[torch.arange(len(face), device=faces.device) + start]
    left = _over(torch.minimum, torch.where(before, across, -torch.inf), corners[face])
    right = _over(torch.maximum, torch.where(before, across, torch.inf), corners[face])
    within = (left <= places[point, 0]) & (places[point, 0] <= right)
    return face[within], point[within]


def _over(choose: Callable[[Tensor, Tensor], Tensor], values: Tensor, corners: Tensor) -> Tensor:
    """The least or the greatest value [F] of three corners; over an axis of 3, torch takes ten times as long."""
    a, b, c = (values[corners[:, corner]] for corner in range(3))
    return choose(choose(a, b), c)


def _shares(corners: Tensor, places: Tensor) -> tuple[Tensor, Tensor]:
    """The corners' shares [P, 3] in places of the picture, negative outside or without an area, and z / w there [P]."""
    a, b, c = corners[..., [0, 1, 3]].unbind(1)
    planes = torch.stack([torch.linalg.cross(b, c), torch.linalg.cross(c, a), torch.linalg.cross(a, b)], 1)
    area = (a * planes[:, 0]).sum(1)
    ahead = torch.cat([places, places.new_ones(len(places), 1)], 1)
    shares = (planes * ahead[:, None]).sum(2) / torch.where(area == 0.0, 1.0, area)[:, None]
    return torch.where(area[:, None] == 0.0, -1.0, shares), (shares * corners[..., 2]).sum(1)
