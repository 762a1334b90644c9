"""How much of the surroundings each vertex sees."""

from typing import Any

import numpy as np
import numpy.typing as npt

from avatar.renderers.arrays import floats, triangles
from avatar.renderers.normals import vertex_normals
from avatar.renderers.rasterize import cutting_room, placed
from avatar.renderers.visibility import draw
from avatar.threads import spread, thread_count

RESOLUTION = 256


def ambient_occlusion(
    vertices: Any, faces: Any, *, directions: int = 96, bias: float = 0.001, threads: int | None = None
) -> npt.NDArray[np.float32]:
    """Return the share of the surroundings' light that reaches each vertex, weighted by the cosine to its normal.

    The mesh is drawn from many directions, and a vertex sees those from which it is seen.

    Args:
        vertices: [V, 3] metres.
        faces: [F, 3].
        directions: how many, spread evenly over the sphere.
        bias: metres by which vertices are lifted off their own surface before the test.
        threads: how many threads to use; all cores by default.

    Returns:
        [V], 0 (enclosed) to 1 (open).
    """
    points = floats("vertices", vertices, ("V", 3)).astype(np.float64)
    corners = triangles(faces, len(points))
    if not len(points) or not len(corners):
        return np.ones(len(points), np.float32)
    normals = vertex_normals(points, corners)
    lowest, highest = points.min(axis=0), points.max(axis=0)
    scale = 1.9 / max(float(np.linalg.norm(highest - lowest)), 1e-9)
    centred = (points - 0.5 * (lowest + highest)) * scale
    lifted = centred + normals * (bias * scale)
    cull = np.zeros(len(corners), np.bool_)
    towards = sphere(directions)
    cosines = np.maximum(towards @ normals.T, 0.0)
    seen = np.zeros((directions, len(points)), np.bool_)

    def look_from(index: int) -> None:
        axes = frame(towards[index])
        clip = np.ones((len(points), 4))
        clip[:, :3] = centred @ axes.T
        ids = np.empty((RESOLUTION, RESOLUTION), np.int32)
        depths = np.empty((RESOLUTION, RESOLUTION))
        draw(clip, *placed(clip, RESOLUTION, RESOLUTION), corners, cull, cutting_room(), 0, RESOLUTION, ids, depths)
        place = lifted @ axes.T
        columns = np.clip(((place[:, 0] + 1.0) * 0.5 * RESOLUTION).astype(np.int64), 0, RESOLUTION - 1)
        rows = np.clip(((1.0 - place[:, 1]) * 0.5 * RESOLUTION).astype(np.int64), 0, RESOLUTION - 1)
        seen[index] = place[:, 2] <= depths[rows, columns]

    spread(look_from, directions, thread_count(threads))
    total = cosines.sum(axis=0)
    share = (cosines * seen).sum(axis=0) / np.maximum(total, 1e-9)
    return np.asarray(np.where(total > 0.0, share, 1.0), np.float32)


def sphere(count: int) -> npt.NDArray[np.float64]:
    """Return `count` unit vectors [count, 3] spread evenly over the sphere (a Fibonacci lattice)."""
    index = np.arange(count) + 0.5
    height = 1.0 - 2.0 * index / count
    angle = np.pi * (1.0 + np.sqrt(5.0)) * index
    radius = np.sqrt(1.0 - height * height)
    return np.stack([radius * np.cos(angle), height, radius * np.sin(angle)], axis=1)


def frame(towards: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the [3, 3] rows right, up and away of a view against `towards` (depth grows away from the viewer)."""
    helper = np.array([0.0, 1.0, 0.0]) if abs(towards[1]) < 0.9 else np.array([1.0, 0.0, 0.0])
    right = np.cross(helper, towards)
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(towards, right), -towards])
