"""How fast attributes change from pixel to pixel on a surface."""

from typing import Any

import torch
from torch import Tensor

from avatar.renderers.fragments import Fragments
from avatar.renderers.interpolate import corner_values


def screen_derivatives(attributes: Any, fragments: Fragments) -> Tensor:
    """Return the derivatives of interpolated attributes by column and row of the picture, without a gradient.

    With s = M^-1 (x, y, 1), see `interpolate`, the value is sum(s_k a_k) / sum(s_k), whose slope is that of the plane
    of the seen triangle: exact, not a difference between pixels. `texture` takes those of texture coordinates as its
    `footprint`.

    Args:
        attributes: as of `interpolate`: [B or 1, V, C] at the vertices, or [B or 1, F, 3, C] at the faces' corners.
        fragments: of `rasterize`.

    Returns:
        [B, H, W, C, 2], d(attribute) / d(column) and / d(row) in pixels; 0 where nothing is seen, and on triangles
        seen exactly edge-on.

    Raises:
        TypeError: if the attributes are not real numbers.
        ValueError: if their shape does not fit the fragments.

    Example:
        >>> from avatar.renderers import rasterize
        >>> corners = torch.tensor([[[-1.0, -1.0, 0.0, 1.0], [3.0, -1.0, 0.0, 1.0], [-1.0, 3.0, 0.0, 1.0]]])
        >>> seen = rasterize(corners, [[0, 1, 2]], (2, 2))
        >>> screen_derivatives(torch.tensor([[[0.0], [4.0], [0.0]]]), seen)[0, 0, 0, 0]
        tensor([1., 0.])
    """
    with torch.no_grad():
        values, corners = corner_values(attributes, fragments)
        faces = fragments.meshes
        height, width = fragments.size
        image, row, column = fragments.mask.nonzero(as_tuple=True)
        face = fragments.triangle_id[image, row, column].long()
        rows = faces[image % len(faces), face]
        a, b, c = fragments.position_clip[image[:, None], rows][..., [0, 1, 3]].double().unbind(1)
        planes = torch.stack([torch.linalg.cross(b, c), torch.linalg.cross(c, a), torch.linalg.cross(a, b)], 1)
        spot = torch.stack([(column + 0.5) * 2.0 / width - 1.0, 1.0 - (row + 0.5) * 2.0 / height], 1).double()
        shares = (planes[..., :2] * spot[:, None]).sum(-1) + planes[..., 2]  # [N, 3]
        total = shares.sum(1)[:, None, None]
        known = values.double()[image[:, None] % len(values), corners[image % len(corners), face]]  # [N, 3, C]
        sound = total != 0.0
        scale = torch.where(sound, 1.0 / torch.where(sound, total, 1.0), 0.0)
        mean = (shares[..., None] * known).sum(1, keepdim=True) * scale
        slopes = torch.einsum("nkc,nkd->ncd", known - mean, planes[..., :2]) * scale
        slopes *= torch.tensor([2.0 / width, -2.0 / height], dtype=torch.float64, device=slopes.device)
        result = values.new_zeros(*fragments.triangle_id.shape, values.shape[-1], 2)
        result[image, row, column] = slopes.to(values.dtype)
        return result
