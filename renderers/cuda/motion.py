"""`motion_gradients` on CUDA: a thread takes a pixel."""

from typing import Any

import torch
from torch import Tensor

from avatar.renderers.cuda.launch import check_determinism, cuda, device, kernel, launch
from avatar.renderers.motion import pull_between

pull = device(pull_between)


def spread_motion(
    positions: Tensor,
    faces: Tensor,
    ids: Tensor,
    weights: Tensor,
    continues: Tensor,
    image: Tensor,
    incoming: Tensor,
    pulls: Tensor,
) -> Tensor:
    """Return what the motion of surfaces sends to the positions.

    The order of the sums is not always the same, so their last bits are not either.

    Args:
        positions: [B, V, 4] clip positions.
        faces: [1 or B, F, 3].
        ids: [B, H, W] int32 faces, -1 for none.
        weights: [B, H, W, 3] of the corners, perspective-correct.
        continues: [B, H, W, 2] bool, whether the surface goes on to the right and the lower neighbour.
        image: [B, H, W, C].
        incoming: [B, H, W, C] the image's gradient.
        pulls: [B, H, W, 2] what else the loss gains when a pixel's point moves one to the right, and down.

    Returns:
        [B, V, 4] float64.

    Raises:
        RuntimeError: if torch was told to use deterministic algorithms only.
    """
    check_determinism("the gradient of motion_gradients")
    result = torch.zeros_like(positions, dtype=torch.float64, memory_format=torch.contiguous_format)
    given = (positions, faces, ids, weights, continues, image, incoming, pulls)
    launch(_spread_motion, ids.numel(), *(tensor.detach().contiguous() for tensor in given), result)
    return result


@kernel
def _spread_motion(
    clip: Any,
    faces: Any,
    ids: Any,
    weights: Any,
    continues: Any,
    image: Any,
    incoming: Any,
    pulls: Any,
    for_positions: Any,
) -> None:
    """Add each pixel's part; see `spread_motion` of `avatar.renderers.motion`."""
    height, width = ids.shape[1], ids.shape[2]
    for index in range(cuda.grid(1), ids.shape[0] * height * width, cuda.gridsize(1)):
        b, row, column = index // (height * width), index // width % height, index % width
        face = ids[b, row, column]
        if face < 0:
            continue
        right, down = 2.0 * pulls[b, row, column, 0], 2.0 * pulls[b, row, column, 1]
        if continues[b, row, column, 0]:
            right += pull(image[b], incoming[b], row, column, 0, 1)
        if column > 0 and continues[b, row, column - 1, 0]:
            right -= pull(image[b], incoming[b], row, column, 0, -1)
        if continues[b, row, column, 1]:
            down += pull(image[b], incoming[b], row, column, 1, 1)
        if row > 0 and continues[b, row - 1, column, 1]:
            down -= pull(image[b], incoming[b], row, column, 1, -1)
        if right == 0.0 and down == 0.0:
            continue
        mesh = b % faces.shape[0]
        w = 0.0
        for corner in range(3):
            w += weights[b, row, column, corner] * clip[b, faces[mesh, face, corner], 3]
        if w <= 0.0:
            continue
        x, y = (column + 0.5) * 2.0 / width - 1.0, 1.0 - (row + 0.5) * 2.0 / height
        across = 0.25 * right * width / w
        up = -0.25 * down * height / w
        away = -(across * x + up * y)
        for corner in range(3):
            vertex, share = faces[mesh, face, corner], weights[b, row, column, corner]
            cuda.atomic.add(for_positions, (b, vertex, 0), share * across)
            cuda.atomic.add(for_positions, (b, vertex, 1), share * up)
            cuda.atomic.add(for_positions, (b, vertex, 3), share * away)
