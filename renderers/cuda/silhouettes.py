"""Where surfaces give way to each other, on CUDA: a thread takes a pixel and one of its neighbours.

The walk is the CPU's. A first pass counts what each pair has, so that a second can write it down in the order of the
pixels, into as much memory as it needs.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from avatar.renderers.cuda.launch import cuda, device, inline, kernel, launch
from avatar.renderers.cuda.topology import neighbours
from avatar.renderers.silhouettes import look_between

MOST = 2
"""How many crossings a pair of pixels may have."""

look_at_pair = device(look_between)


def look(positions: Tensor, faces: Tensor, ids: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the crossings between all neighbouring pixels of a batch.

    Args:
        positions: [B, V, 4] clip positions.
        faces: [1 or B, F, 3] int64.
        ids: [B, H, W] int32 faces, -1 for none.

    Returns:
        The image of each crossing [N] int64; and `found` [N, 6] int64, `places` [N, 2] float64 and `continues`
        [B, H, W, 2] bool of `avatar.renderers.silhouettes.look`, in the same order.
    """
    clip = positions.detach().double().contiguous()
    meshes, seen = faces.contiguous(), ids.contiguous()
    tables = torch.stack([neighbours(mesh) for mesh in meshes])
    counts = torch.zeros((*ids.shape, 2), dtype=torch.int32, device=ids.device)
    launch(_count, counts.numel() if meshes.shape[1] else 0, clip, meshes, tables, seen, counts)
    continues = torch.zeros_like(counts, dtype=torch.bool)
    visible = seen >= 0
    continues[:, :, :-1, 0] = visible[:, :, 1:] & visible[:, :, :-1]
    continues[:, :-1, :, 1] = visible[:, 1:] & visible[:, :-1]
    continues &= counts == 0
    counts = counts.flatten()
    pairs = counts.nonzero()[:, 0]
    ends = counts[pairs].cumsum(0)
    total = int(ends[-1]) if len(pairs) else 0
    found = torch.empty((total, 6), dtype=torch.int64, device=ids.device)
    places = torch.empty((total, 2), dtype=torch.float64, device=ids.device)
    launch(_note, len(pairs), clip, meshes, tables, seen, pairs, ends - counts[pairs], found, places)
    images = (pairs // (2 * ids.shape[1] * ids.shape[2])).repeat_interleave(counts[pairs], output_size=total)
    return images, found, places, continues


@inline
def _look_at(pair: int, clip: Any, faces: Any, tables: Any, ids: Any, planes: Any, found: Any, places: Any) -> Any:
    """Note the crossings of one pair of pixels at the start of `found` and `places`, and return how many they are."""
    height, width = ids.shape[1], ids.shape[2]
    vertical, pixel = pair % 2, pair // 2 % (height * width)
    image, row, column = pair // (2 * height * width), pixel // width, pixel % width
    if (vertical == 1 and row + 1 == height) or (vertical == 0 and column + 1 == width):
        return 0
    here, there = ids[image, row, column], ids[image, row + vertical, column + 1 - vertical]
    if here == there:
        return 0
    x, y = (column + 0.5) * 2.0 / width - 1.0, 1.0 - (row + 0.5) * 2.0 / height
    dx, dy = (1 - vertical) * 2.0 / width, -vertical * 2.0 / height
    mesh = image % faces.shape[0]
    return look_at_pair(
        clip[image],
        faces[mesh],
        tables[mesh],
        here,
        there,
        x,
        y,
        dx,
        dy,
        pixel,
        vertical,
        planes,
        found,
        places,
        0,
    )


@kernel
def _count(clip: Any, faces: Any, tables: Any, ids: Any, counts: Any) -> None:
    """Fill `counts` [B, H, W, 2] with the crossings to each pixel's right and lower neighbour."""
    planes = cuda.local.array((3, 3), np.float64)
    found = cuda.local.array((MOST, 6), np.int64)
    places = cuda.local.array((MOST, 2), np.float64)
    for pair in range(cuda.grid(1), 2 * ids.shape[0] * ids.shape[1] * ids.shape[2], cuda.gridsize(1)):
        vertical, column = pair % 2, pair // 2 % ids.shape[2]
        row, image = pair // 2 // ids.shape[2] % ids.shape[1], pair // 2 // ids.shape[2] // ids.shape[1]
        counts[image, row, column, vertical] = _look_at(pair, clip, faces, tables, ids, planes, found, places)


@kernel
def _note(
    clip: Any, faces: Any, tables: Any, ids: Any, pairs: Any, starts: Any, all_found: Any, all_places: Any
) -> None:
    """Write the crossings of `pairs` [P] into `all_found` [N, 6] and `all_places` [N, 2] from `starts` [P] on."""
    planes = cuda.local.array((3, 3), np.float64)
    found = cuda.local.array((MOST, 6), np.int64)
    places = cuda.local.array((MOST, 2), np.float64)
    for index in range(cuda.grid(1), pairs.shape[0], cuda.gridsize(1)):
        count = _look_at(pairs[index], clip, faces, tables, ids, planes, found, places)
        for which in range(count):
            for value in range(6):
                all_found[starts[index] + which, value] = found[which, value]
            for value in range(2):
                all_places[starts[index] + which, value] = places[which, value]
