"""nvdiffrast's rasterizer (Laine et al. 2020, "Modular Primitives for High-Performance Differentiable Rendering").

nvdiffrast is NVIDIA's; its licence allows research and evaluation, not commercial use. None of it is in this package.
"""

import importlib
from functools import cache
from typing import Any

import torch
from torch import Tensor

from avatar.renderers.adapters.conversion import backs, incoming, outgoing
from avatar.renderers.fragments import Fragments

# Ids come as float32, which counts no further.
MOST_FACES = 1 << 24


def rasterize(positions: Tensor, faces: Tensor, size: tuple[int, int], cull_backs: bool) -> Fragments:
    """Return what nvdiffrast sees; it computes in single precision and snaps corners to 1/16 of a pixel.

    It gives images bottom up, ids from 1 with 0 for none, and the weights of the first two corners.

    Raises:
        ImportError: if nvdiffrast is not installed.
        ValueError: if the batch has more faces than it can number.
    """
    library = _library()
    batch, count = len(positions), faces.shape[-2]
    if batch * count >= MOST_FACES:
        raise ValueError(
            f"faces must be under {MOST_FACES} in all images together, got {batch * count}; draw fewer images"
        )
    if batch * count == 0:
        nothing = torch.full((batch, *size), -1, device=positions.device)
        return incoming(nothing, positions.new_zeros((*nothing.shape, 3)), positions, faces)
    hidden = backs(positions, faces) if cull_backs else None
    first = torch.arange(batch, device=faces.device)[:, None, None]
    triangles = (outgoing(faces, batch, hidden) + first * positions.shape[1]).flatten(0, 1).to(torch.int32).contiguous()
    ranges = torch.tensor([(image * count, count) for image in range(batch)], dtype=torch.int32)
    points = positions.detach().float().flatten(0, 1).contiguous()
    context = _context(library, positions.device.index)
    drawn, _ = library.rasterize(context, points, triangles, list(size), ranges=ranges, grad_db=False)
    drawn = drawn.flip(1)
    ids = drawn[..., 3].long() - 1
    u, v = drawn[..., 0], drawn[..., 1]
    return incoming(ids - (ids >= 0) * first * count, torch.stack([u, v, 1.0 - u - v], -1), positions, faces)


def _library() -> Any:
    try:
        return importlib.import_module("nvdiffrast.torch")
    except ImportError as error:
        raise ImportError(
            'backend="nvdiffrast" needs nvdiffrast, which is not on the package index and not for commercial use: '
            "pip install --no-build-isolation git+https://github.com/NVlabs/nvdiffrast"
        ) from error


@cache
def _context(library: Any, index: int | None) -> Any:
    return library.RasterizeCudaContext(device=f"cuda:{index or 0}")
