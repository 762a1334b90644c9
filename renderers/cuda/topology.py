"""Which faces of a mesh share an edge, found where the mesh is."""

import torch
from torch import Tensor

from avatar.renderers.topology import NONE


def neighbours(faces: Tensor) -> Tensor:
    """Return [F, 3] int32 what lies across the edge opposite each corner; see `avatar.renderers.topology`.

    Args:
        faces: [F, 3] int64, on any device.
    """
    count = len(faces)
    if count == 0:
        return faces.new_empty((0, 3), dtype=torch.int32)
    ends = torch.stack([faces[:, [1, 2, 0]], faces[:, [2, 0, 1]]], -1).reshape(-1, 2).sort(1).values
    side = torch.arange(3 * count, device=faces.device)
    sound = (faces != faces.roll(1, 1)).all(1).repeat_interleave(3)
    # Vertex indices are below 2^31, so their pairs fit. Sides of faces that name a vertex twice match nothing.
    edge = torch.where(sound, (ends[:, 0] << 31) + ends[:, 1], -1 - side)
    edge, order = edge.sort(stable=True)
    same = torch.cat([edge.new_zeros(1, dtype=torch.bool), edge[1:] == edge[:-1], edge.new_zeros(2, dtype=torch.bool)])
    # Sides k and k + 1 of the order are a pair where neither the one before nor the one after is on the same edge.
    pair = same[1:-1] & ~same[:-2] & ~same[2:]
    first = torch.where(pair, order.roll(-1), NONE)
    second = torch.where(pair.roll(1), order.roll(1), NONE)
    table = torch.empty_like(order)
    table[order] = torch.maximum(first, second)
    return table.to(torch.int32).reshape(count, 3)
