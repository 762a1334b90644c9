"""Sums of face normals where the mesh is, in torch alone: too little work to start a kernel for."""

import torch
from torch import Tensor


def sums(vertices: Tensor, faces: Tensor) -> Tensor:
    """Return [B, V, 3] the weighted sums of face normals; see `avatar.renderers.normals.add_up`.

    Their order is fixed, so the bits are the same in every run. Differentiable in the vertices.

    Args:
        vertices: [B, V, 3].
        faces: [1 or B, F, 3] int64.
    """
    batch = len(vertices)
    image = torch.arange(batch, device=vertices.device)[:, None, None]
    rows = faces.expand(batch, -1, 3)
    a, b, c = vertices[image, rows].unbind(2)
    u, v, w = b - a, c - a, c - b
    uu, vv, ww = (edge.square().sum(-1, keepdim=True) for edge in (u, v, w))
    sound = uu * vv * ww > 0.0
    uu, vv, ww = (torch.where(sound, squared, 1.0) for squared in (uu, vv, ww))
    normals = torch.where(sound, torch.linalg.cross(u, v), 0.0)
    shares = torch.stack([normals / (uu * vv), normals / (uu * ww), normals / (vv * ww)], 2)
    return torch.zeros_like(vertices).index_put((image, rows), shares, accumulate=True)
