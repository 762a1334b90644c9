"""What a rig does beyond adding displacements up, as a few more displacements that do add up.

Lids that meet over the ball and a tongue behind closed lips are fitted by the rig frame by frame. What is left between
its vertices and the sum of its shapes fills a space of few dimensions, whose axes are the singular vectors of the
frames in which something is left: with them as blend shapes, and the frames' parts along them as weights, a format
that only adds up shows the clip as the rig does.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from avatar.animation import Animation
from avatar.export.skeleton import Jointed

TOLERANCE = 5e-5
"""Metres that may be left."""
CHUNK = 64
SAMPLE = 400
"""Frames that axes are looked for in at a time."""
_HEAD = ("headYaw", "headPitch", "headRoll")


@dataclass(frozen=True)
class Correctives:
    """Displacements that correct a sum of shapes.

    Args:
        vertices: [N] indices of the vertices that any of them moves.
        steps: [K, N, 3] metres at weight 1.
        weights: [T, K], each within -1..1.
    """

    vertices: NDArray[np.int64]
    steps: NDArray[np.float32]
    weights: NDArray[np.float32]


def correctives(head: Jointed, identity: Tensor, animation: Animation) -> Correctives:
    """Find the displacements that an animation needs beyond the head's shapes.

    Args:
        head: the rig.
        identity: [1, I].
        animation: in the rig's space.

    Returns:
        As few as leave less than `TOLERANCE` at any vertex of any frame; eyeballs, which turn as a whole, are left out.
    """
    left = [(frames, over) for frames, over in _left_over(head, identity, animation) if len(frames)]
    active = np.concatenate([frames for frames, _ in left]) if left else np.zeros(0, np.int64)
    if not len(active):
        return Correctives(np.zeros(0, np.int64), np.zeros((0, 0, 3), np.float32), np.zeros((len(animation), 0), "f4"))
    vertices = np.flatnonzero(np.any([(abs(over) > 0.1 * TOLERANCE).any((0, 2)) for _, over in left], axis=0))
    rows = np.concatenate([over[:, vertices] for _, over in left]).reshape(len(active), -1)
    axes = np.zeros((0, rows.shape[1]), np.float32)
    while len(missing := _unexplained(rows, axes)):
        axes = np.concatenate([axes, _more_axes(rows[missing], axes)])
    parts = rows @ axes.T
    largest = np.maximum(abs(parts).max(0), 1e-12)
    weights = np.zeros((len(animation), len(axes)), np.float32)
    weights[active] = parts / largest
    return Correctives(vertices, (axes * largest[:, None]).reshape(len(axes), -1, 3), weights)


def _left_over(
    head: Jointed, identity: Tensor, animation: Animation
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """Chunk by chunk, the frames [n] in which something is left, and what [n, V, 3]."""
    still = animation.with_curves({name: 0.0 for name in _HEAD if name in animation.space})
    balls = torch.cat(list(head.balls)) if head.balls else torch.zeros(0, dtype=torch.int64)
    with torch.inference_mode():
        neutral, steps = head.neutral(identity), head.morph_targets(identity).flatten(1)
        columns = animation.space.indices(head.morph_names)
        for start in range(0, len(still), CHUNK):
            weights = torch.tensor(still.weights[start : start + CHUNK])
            added = neutral + (weights[:, columns] @ steps).reshape(len(weights), -1, 3)
            over = head(weights, identity) - added
            over[:, balls] = 0.0
            frames = np.flatnonzero((over.norm(dim=-1) > 0.5 * TOLERANCE).any(1).numpy())
            yield start + frames, over.numpy()[frames]


def _unexplained(rows: NDArray[np.float32], axes: NDArray[np.float32]) -> NDArray[np.int64]:
    """The rows of which too much is left beside the axes."""
    over = (rows - (rows @ axes.T) @ axes).reshape(len(rows), -1, 3)
    return np.flatnonzero((np.linalg.norm(over, axis=-1) > TOLERANCE).any(1))


def _more_axes(rows: NDArray[np.float32], axes: NDArray[np.float32]) -> NDArray[np.float32]:
    """The fewest axes, upright on those there are, that explain a sample of rows."""
    sample = rows[np.unique(np.linspace(0, len(rows) - 1, min(len(rows), SAMPLE)).astype(int))].astype(np.float64)
    over = sample - (sample @ axes.T) @ axes
    found = np.asarray(np.linalg.svd(over, full_matrices=False)[2], np.float32)
    low, high = 1, len(found)
    while low < high:
        middle = (low + high) // 2
        low, high = (
            (low, middle) if not len(_unexplained(over.astype(np.float32), found[:middle])) else (middle + 1, high)
        )
    return found[:low]
