"""`interpolate` on CUDA, forward and backward: a thread takes a pixel."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from avatar.renderers.cuda.launch import check_determinism, cuda, device, kernel, launch
from avatar.renderers.planes import edge_functions

fill_planes = device(edge_functions)


def weigh(values: Tensor, corners: Tensor, ids: Tensor, weights: Tensor, out: Tensor) -> None:
    """Fill `out` with the weighted mean of each pixel's corners.

    Args:
        values: [1 or B, N, C].
        corners: [1 or B, F, 3] rows of `values`.
        ids: [B, H, W] int32 faces, -1 for none.
        weights: [B, H, W, 3] of the corners.
        out: [B, H, W, C], filled.
    """
    given = (values.detach(), corners, ids, weights)
    launch(_weigh, ids.numel(), *(tensor.contiguous() for tensor in given), out)


def spread_gradients(
    positions: Tensor,
    faces: Tensor,
    values: Tensor,
    corners: Tensor,
    ids: Tensor,
    weights: Tensor,
    out: Tensor,
    incoming: Tensor,
) -> tuple[Tensor, Tensor]:
    """Return the gradients of values and positions.

    Many pixels add to one vertex, in an order that is not always the same: so the last bits of the sums are not
    either.

    Args:
        positions: [B, V, 4] clip positions.
        faces: [1 or B, F, 3] rows of `positions`.
        values: [1 or B, N, C].
        corners: [1 or B, F, 3] rows of `values`.
        ids: [B, H, W] int32 faces, -1 for none.
        weights: [B, H, W, 3] of the corners.
        out: [B, H, W, C] what `weigh` gave.
        incoming: [B, H, W, C] the gradient of that.

    Returns:
        [1 or B, N, C] and [B, V, 4], float64.

    Raises:
        RuntimeError: if torch was told to use deterministic algorithms only.
    """
    check_determinism("the gradient of interpolate")
    for_values = torch.zeros_like(values, dtype=torch.float64, memory_format=torch.contiguous_format)
    for_positions = torch.zeros_like(positions, dtype=torch.float64, memory_format=torch.contiguous_format)
    exact = positions.detach().double()
    given = (exact, faces, values.detach(), corners, ids, weights, out.detach(), incoming.detach())
    launch(_spread_gradients, ids.numel(), *(tensor.contiguous() for tensor in given), for_values, for_positions)
    return for_values, for_positions


@kernel
def _weigh(values: Any, corners: Any, ids: Any, weights: Any, out: Any) -> None:
    height, width = ids.shape[1], ids.shape[2]
    for index in range(cuda.grid(1), ids.shape[0] * height * width, cuda.gridsize(1)):
        image, row, column = index // (height * width), index // width % height, index % width
        face = ids[image, row, column]
        if face < 0:
            for c in range(out.shape[3]):
                out[image, row, column, c] = 0.0
            continue
        source, mesh = image % values.shape[0], image % corners.shape[0]
        i, j, k = corners[mesh, face, 0], corners[mesh, face, 1], corners[mesh, face, 2]
        p, q, r = weights[image, row, column, 0], weights[image, row, column, 1], weights[image, row, column, 2]
        for c in range(out.shape[3]):
            ahead = p * values[source, i, c] + q * values[source, j, c]
            out[image, row, column, c] = ahead + r * values[source, k, c]


@kernel
def _spread_gradients(
    clip: Any,
    faces: Any,
    values: Any,
    corners: Any,
    ids: Any,
    weights: Any,
    out: Any,
    incoming: Any,
    for_values: Any,
    for_positions: Any,
) -> None:
    """Add each pixel's part; see `spread_gradients` of `avatar.renderers.interpolation` for the derivation."""
    planes = cuda.local.array((3, 3), np.float64)
    height, width, channels = ids.shape[1], ids.shape[2], out.shape[3]
    for index in range(cuda.grid(1), ids.shape[0] * height * width, cuda.gridsize(1)):
        image, row, column = index // (height * width), index // width % height, index % width
        face = ids[image, row, column]
        if face < 0:
            continue
        source, mesh, shape = image % values.shape[0], image % corners.shape[0], image % faces.shape[0]
        i, j, k = corners[mesh, face, 0], corners[mesh, face, 1], corners[mesh, face, 2]
        p, q, r = weights[image, row, column, 0], weights[image, row, column, 1], weights[image, row, column, 2]
        at_p, at_q, at_r = 0.0, 0.0, 0.0
        for c in range(channels):
            gradient, value = incoming[image, row, column, c], out[image, row, column, c]
            if gradient == 0.0:
                continue
            at_p += gradient * (values[source, i, c] - value)
            at_q += gradient * (values[source, j, c] - value)
            at_r += gradient * (values[source, k, c] - value)
            cuda.atomic.add(for_values, (source, i, c), gradient * p)
            cuda.atomic.add(for_values, (source, j, c), gradient * q)
            cuda.atomic.add(for_values, (source, k, c), gradient * r)
        if at_p == 0.0 and at_q == 0.0 and at_r == 0.0:
            continue
        determinant = fill_planes(clip[image], faces[shape], face, planes)
        if determinant == 0.0:
            continue
        x, y = (column + 0.5) * 2.0 / width - 1.0, 1.0 - (row + 0.5) * 2.0 / height
        u = planes[0, 0] * x + planes[0, 1] * y + planes[0, 2]
        v = planes[1, 0] * x + planes[1, 1] * y + planes[1, 2]
        w = planes[2, 0] * x + planes[2, 1] * y + planes[2, 2]
        total = max(u, 0.0) + max(v, 0.0) + max(w, 0.0)
        if total == 0.0:
            continue
        # A share below 0 was held at 0: it does not move, but its corner still turns the other two.
        at_p = at_p if u > 0.0 else 0.0
        at_q = at_q if v > 0.0 else 0.0
        at_r = at_r if w > 0.0 else 0.0
        across = -(planes[0, 0] * at_p + planes[1, 0] * at_q + planes[2, 0] * at_r) / determinant
        down = -(planes[0, 1] * at_p + planes[1, 1] * at_q + planes[2, 1] * at_r) / determinant
        away = -(planes[0, 2] * at_p + planes[1, 2] * at_q + planes[2, 2] * at_r) / determinant
        for corner in range(3):
            share = (u if corner == 0 else v if corner == 1 else w) / total
            vertex = faces[shape, face, corner]
            cuda.atomic.add(for_positions, (image, vertex, 0), share * across)
            cuda.atomic.add(for_positions, (image, vertex, 1), share * down)
            cuda.atomic.add(for_positions, (image, vertex, 3), share * away)
