"""PyTorch3D's rasterizer (Ravi et al. 2020, "Accelerating 3D Deep Learning with PyTorch3D"), BSD licence."""

import importlib
from typing import Any

import torch
from torch import Tensor

from avatar.renderers.adapters.conversion import backs, corners, incoming, outgoing
from avatar.renderers.fragments import Fragments


def rasterize(positions: Tensor, faces: Tensor, size: tuple[int, int], cull_backs: bool) -> Fragments:
    """Return what PyTorch3D sees, on the CPU or CUDA; triangles that the near plane would cut are left out whole.

    Its +x points left, the shorter side of a picture reaches from -1 to 1, and depth is the distance along the line
    of sight, which in clip space is w. It numbers the faces of all images together.

    Raises:
        ImportError: if PyTorch3D is not installed.
    """
    structures, rasterize_meshes = _library()
    batch, count = len(positions), faces.shape[-2]
    height, width = size
    points = corners(positions, faces)
    hidden = ((points[..., 2] + points[..., 3] < 0.0) | (points[..., 3] <= 0.0)).any(-1)
    if cull_backs:
        hidden = hidden | backs(positions, faces)
    if batch * count == 0:
        nothing = torch.full((batch, *size), -1, device=positions.device)
        return incoming(nothing, positions.new_zeros((*nothing.shape, 3)), positions, faces)
    x, y, _, w = positions.detach().float().unbind(-1)
    depth = torch.where(w > 0.0, w, 1.0)
    side = min(height, width)
    screen = torch.stack([-x / depth * (width / side), y / depth * (height / side), depth], -1)
    meshes = structures.Meshes(verts=list(screen), faces=list(outgoing(faces, batch, hidden)))
    found, _, weights, _ = rasterize_meshes(
        meshes, image_size=size, blur_radius=0.0, faces_per_pixel=1, perspective_correct=True
    )
    ids = found[..., 0]
    first = torch.arange(batch, device=ids.device)[:, None, None] * count
    return incoming(torch.where(ids >= 0, ids - first, -1), weights[..., 0, :], positions, faces)


def _library() -> tuple[Any, Any]:
    try:
        structures = importlib.import_module("pytorch3d.structures")
        return structures, importlib.import_module("pytorch3d.renderer.mesh.rasterize_meshes").rasterize_meshes
    except ImportError as error:
        raise ImportError(
            'backend="pytorch3d" needs PyTorch3D, whose package index entry does not fit recent torch: '
            "pip install --no-build-isolation git+https://github.com/facebookresearch/pytorch3d"
        ) from error
