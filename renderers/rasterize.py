"""Which triangle each pixel sees, and where on it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from avatar.renderers.arrays import FloatArray, floats, image_size, triangles
from avatar.renderers.threads import spread, strips, thread_count
from avatar.renderers.visibility import draw, locate, place


@dataclass(frozen=True, eq=False)
class Fragments:
    """What the pixels of a batch of images see.

    Attributes:
        triangle_id: [B, H, W] int32, index of the nearest face; -1 where there is none.
        barycentric: [B, H, W, 3], perspective-correct weights of the face's corners, sum 1; 0 where there is none.
        depth: [B, H, W], z / w from -1 (near plane) to 1 (far plane); 1 where there is none.
    """

    triangle_id: npt.NDArray[np.int32]
    barycentric: FloatArray
    depth: FloatArray


def rasterize(
    position_clip: Any,  # [B, V, 4]
    faces: Any,  # [F, 3]
    size: tuple[int, int],
    *,
    cull_backs: bool = False,
    threads: int | None = None,
) -> Fragments:
    """Find the nearest triangle of every pixel with a z-buffer; nothing here is differentiable.

    Triangles are cut at the near plane, and samples beyond the far plane are dropped. Positions are rounded to 1/256
    pixel and edges follow the top-left rule, so triangles with a common edge cover each pixel exactly once. Of
    equal depths the lower face index wins. The same input gives the same bits with any number of threads.

    Args:
        position_clip: [B, V, 4] numpy or torch, float32 or float64, OpenGL clip space (x right, y up, -w <= z <= w).
        faces: [F, 3] integer vertex indices; seen from the front they run counter-clockwise.
        size: (height, width) in pixels; row 0 is the top, pixel centres are at half integers.
        cull_backs: leave out triangles seen from behind.
        threads: how many threads to use; all cores by default.

    Returns:
        Fragments as numpy arrays; weights and depths have the precision of `position_clip`.

    Raises:
        TypeError: if positions are not real numbers or faces are not integers.
        ValueError: if a shape, an index or the size does not fit, or a position is not finite.

    Example:
        >>> corners = [[[-1.0, -1.0, 0.0, 1.0], [3.0, -1.0, 0.0, 1.0], [-1.0, 3.0, 0.0, 1.0]]]
        >>> rasterize(corners, [[0, 1, 2]], (2, 2)).triangle_id.tolist()
        [[[0, 0], [0, 0]]]
    """
    positions = floats("position_clip", position_clip, ("B", "V", 4))
    height, width = image_size(size)
    corners = triangles(faces, positions.shape[1])
    cull = np.full(len(corners), cull_backs)
    workers = thread_count(threads)
    batch = len(positions)
    ids = np.empty((batch, height, width), np.int32)
    barycentric = np.empty((batch, height, width, 3), positions.dtype)
    depth = np.empty((batch, height, width), positions.dtype)
    alone = batch < workers

    def one_image(index: int) -> None:
        clip = positions[index].astype(np.float64)
        screen, z, outside = placed(clip, height, width)
        depths = np.empty((height, width))
        pieces = strips(height, workers if alone else 1)

        def one_strip(piece: int) -> None:
            top, bottom = pieces[piece]
            draw(clip, screen, z, outside, corners, cull, cutting_room(), top, bottom, ids[index], depths)
            locate(clip, corners, ids[index], np.empty((3, 3)), top, bottom, barycentric[index])

        spread(one_strip, len(pieces), workers if alone else 1)
        depth[index] = depths

    spread(one_image, batch, 1 if alone else workers)
    return Fragments(ids, barycentric, depth)


def placed(
    clip: npt.NDArray[np.float64], height: int, width: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return the [V, 2] grid positions, [V] depths and [V] cut flags of [V, 4] clip positions (see `place`)."""
    count = len(clip)
    screen = np.empty((count, 2), np.int64)
    depth = np.empty(count)
    outside = np.empty(count, np.bool_)
    place(clip, height, width, screen, depth, outside)
    return screen, depth, outside


def cutting_room() -> npt.NDArray[np.float64]:
    """Return the scratch array that `draw` cuts triangles in."""
    return np.empty((2, 9, 4))
