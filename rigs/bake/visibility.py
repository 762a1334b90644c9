"""Which points inside the mouth can be seen from outside, and how far they stand out of the skin."""

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@numba.njit(cache=True)
def hits_along_z(points: Floats, corners: Floats) -> tuple[Floats, Floats]:
    """Distance along +z and along -z to the nearest of triangles [F, 3, 3], inf where there is none, [n] each."""
    front = np.full(len(points), np.inf)
    behind = np.full(len(points), np.inf)
    order = np.argsort(points[:, 0])
    xs = points[order, 0]
    for f in range(len(corners)):
        a, b, c = corners[f]
        area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if area == 0.0:
            continue
        first = np.searchsorted(xs, min(a[0], b[0], c[0]))
        last = np.searchsorted(xs, max(a[0], b[0], c[0]))
        for k in order[first:last]:
            x, y, z = points[k]
            v = ((x - a[0]) * (c[1] - a[1]) - (y - a[1]) * (c[0] - a[0])) / area
            w = ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])) / area
            if v < 0.0 or w < 0.0 or v + w > 1.0:
                continue
            away = a[2] + v * (b[2] - a[2]) + w * (c[2] - a[2]) - z
            if away >= 0.0:
                front[k] = min(front[k], away)
            else:
                behind[k] = min(behind[k], -away)
    return front, behind


@numba.njit(cache=True)
def inside(points: Floats, loop: Floats) -> NDArray[np.bool_]:
    """Which points lie within a closed loop [n, 2], both seen along z (even-odd rule)."""
    out = np.zeros(len(points), np.bool_)
    for k in range(len(points)):
        x, y = points[k, 0], points[k, 1]
        for i in range(len(loop)):
            ax, ay = loop[i - 1, 0], loop[i - 1, 1]
            bx, by = loop[i, 0], loop[i, 1]
            if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
                out[k] = not out[k]
    return out


def turned(vertices: Floats, yaw: float, pitch: float) -> Floats:
    """Vertices [V, 3] as seen by an eye that stands `yaw` degrees to the subject's left and `pitch` above."""
    a, b = np.radians(yaw), np.radians(pitch)
    about_y = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    return np.asarray(vertices @ (about_x @ about_y).T)


def poking_out(
    vertices: Floats,
    skin: NDArray[np.int64],
    inner: NDArray[np.int64],
    rim: NDArray[np.int64],
    yaw: float,
    pitch: float,
) -> float:
    """How far the worst of some vertices stands out of the skin, seen from one side, in the unit of the vertices.

    Args:
        vertices: [V, 3].
        skin: triangles that should hide them [F, 3].
        inner: vertices that only the open mouth may show.
        rim: loop of vertices around the opening of the mouth.
        yaw: degrees to the subject's left of where the eye stands.
        pitch: degrees above.
    """
    seen = turned(vertices, yaw, pitch)
    front, behind = hits_along_z(seen[inner], seen[skin])
    visible = np.isinf(front) & np.isfinite(behind) & ~inside(seen[inner], seen[rim][:, :2].copy())
    return float(behind[visible].max()) if visible.any() else 0.0
