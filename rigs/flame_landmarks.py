"""Where the 68 iBUG landmarks lie on FLAME's surface, and how those of the outline wander as the head turns."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

INNER_COUNT = 51
"""Brows, nose, eyes and mouth: landmarks 17 to 67."""

CONTOUR_COUNT = 17
"""Points of the outline: landmarks 0 to 16, from the right ear over the chin to the left ear."""

LARGEST_YAW = 39
"""Degrees to either side for which the outline is known."""

_ROWS = 2 * LARGEST_YAW + 1


@dataclass(frozen=True, eq=False)
class Embedding:
    """Points on a surface.

    Args:
        faces: the triangle of each point [..., N] int64.
        barycentrics: its weights of the triangle's corners [..., N, 3] float32.
    """

    faces: NDArray[np.int64]
    barycentrics: NDArray[np.float32]

    def points(self, vertices: NDArray[Any], faces: NDArray[np.int64]) -> NDArray[Any]:
        """The points [..., N, 3] on a mesh of vertices [V, 3] and triangles [F, 3]."""
        corners = vertices[faces[self.faces]]
        return np.asarray((corners * self.barycentrics[..., None]).sum(-2))


@dataclass(frozen=True, eq=False)
class FlameLandmarks:
    """The landmarks of a FLAME model.

    Args:
        inner: landmarks 17 to 67 [51].
        contour: landmarks 0 to 16 by the head's yaw [79, 17], from 39 degrees to the subject's right (the first row)
            over 0 (row 39) to 39 degrees to the subject's left; none where the user has no such file.
    """

    inner: Embedding
    contour: Embedding | None = None


def contour_by_yaw(table: Embedding, vertices: NDArray[Any], faces: NDArray[np.int64]) -> Embedding:
    """Order the outline's table by yaw, whichever way it was written.

    The files keep 0, 1 .. 39 degrees to one side, then 1 .. 39 to the other, and programs that read them disagree on
    which side comes first. The surface tells: the outline is where it is seen edge-on, so when the head turns to its
    left, the outline of the left cheek wanders forward, from the ear towards the nose.

    Args:
        table: [79, 17] in the file's order.
        vertices: the model at rest [V, 3], facing +z, its left at +x.
        faces: its triangles [F, 3].

    Returns:
        The table from 39 degrees to the right to 39 degrees to the left.

    Raises:
        ValueError: it isn't [79, 17], or its outline does not wander.
    """
    if table.faces.shape != (_ROWS, CONTOUR_COUNT) or table.barycentrics.shape != (_ROWS, CONTOUR_COUNT, 3):
        raise ValueError(
            f"the outline's landmarks must be [{_ROWS}, {CONTOUR_COUNT}] triangles and as many barycentric "
            f"coordinates, got {list(table.faces.shape)} and {list(table.barycentrics.shape)}"
        )
    points = table.points(vertices, faces)
    left = points[0, :, 0] > 0
    forward = points[:, left, 2].mean(1) - points[:, ~left, 2].mean(1)
    lead = forward[LARGEST_YAW + 1 :].mean() - forward[1 : LARGEST_YAW + 1].mean()
    if abs(lead) < 1e-4:
        raise ValueError("the outline's landmarks must wander as the head turns, got a table in which they stay")
    first, second = np.arange(LARGEST_YAW, 0, -1), np.arange(LARGEST_YAW + 1, _ROWS)
    order = np.concatenate([first, [0], second]) if lead > 0 else np.concatenate([second[::-1], [0], first[::-1]])
    return Embedding(table.faces[order], table.barycentrics[order])
