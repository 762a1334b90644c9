"""Eyebrows: strips bound to the skin's triangles, so that they follow every shape and identity."""

import numpy as np
from scipy import sparse

from avatar.rigs.bake.source import Floats, Integers
from avatar.rigs.bake.surface import Part, Surface, grid_faces, normals

_PATH = np.array(
    [
        (10.5, 18.0, 3.0),
        (15.0, 19.6, 4.2),
        (22.0, 21.6, 4.1),
        (30.0, 23.2, 3.7),
        (38.0, 23.6, 3.0),
        (45.0, 21.4, 2.2),
        (51.0, 17.5, 1.0),
    ]
)
"""Middle line of the left brow, millimetres: x from the face's middle, height above the eye, half the width."""

_COLUMNS = 18
_ACROSS = ((-1.0, -0.4), (-0.70, 0.5), (0.0, 1.0), (0.70, 0.5), (1.0, -0.4))
"""Place across the brow and height above the skin in millimetres: both edges dip under the skin."""

COLOUR = np.array([0.040, 0.023, 0.014])
_EDGE = np.array([0.20, 0.115, 0.08])


def _bind(points: Floats, vertices: Floats, faces: Integers) -> tuple[Integers, Floats]:
    """The front-most triangle under each point seen along z: its vertices [n, 3] and weights [n, 3]."""
    corners = vertices[faces]
    a, ab, ac = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    facing = area > 1e-10
    a, ab, ac, area, faces = a[facing], ab[facing], ac[facing], area[facing], faces[facing]
    found, weights = [], []
    for point in points:
        d = point[:2] - a[:, :2]
        v = (d[:, 0] * ac[:, 1] - d[:, 1] * ac[:, 0]) / area
        w = (ab[:, 0] * d[:, 1] - ab[:, 1] * d[:, 0]) / area
        hit = np.nonzero((v >= 0) & (w >= 0) & (v + w <= 1))[0]
        best = hit[np.argmax(a[hit, 2] + v[hit] * ab[hit, 2] + w[hit] * ac[hit, 2])]
        found.append(faces[best])
        weights.append([1 - v[best] - w[best], v[best], w[best]])
    return np.array(found), np.array(weights)


def build(skin: Surface, average: Floats, eye_height: float) -> Part:
    """Both brows.

    Args:
        skin: the skin.
        average: vertices of the average in the head's frame [N, 3].
        eye_height: y of the eyes' centres, metres.
    """
    at = np.linspace(0, 1, _COLUMNS)
    knots = np.linspace(0, 1, len(_PATH))
    x, y, half = (np.interp(at, knots, _PATH[:, k]) / 1000 for k in range(3))
    slope = np.gradient(y) / np.gradient(x)
    across = np.stack([-slope, np.ones_like(slope)], 1) / np.sqrt(1 + slope**2)[:, None]
    lines = [
        np.stack([x + place * half * across[:, 0], eye_height + y + place * half * across[:, 1]], 1)
        for place, _ in _ACROSS
    ]
    left = np.concatenate(lines)
    taper = np.sin(np.pi * np.clip(at * 0.94 + 0.05, 0, 1)) ** 0.5
    lift = np.concatenate([height * (taper if height > 0 else np.ones_like(taper)) for _, height in _ACROSS]) / 1000
    points = np.concatenate([left, left * [-1, 1]])
    vertices = skin.points(average)
    triangles, weights = _bind(points, vertices, skin.faces)
    rows = np.repeat(np.arange(len(points)), 3)
    bind = sparse.csr_matrix((weights.ravel(), (rows, triangles.ravel())), shape=(len(points), len(vertices)))
    up = np.asarray(bind @ normals(vertices, skin.faces))
    rest = np.asarray(bind @ vertices) + np.tile(lift, 2)[:, None] * up / np.linalg.norm(up, axis=1, keepdims=True)
    half_faces = grid_faces(len(_ACROSS), _COLUMNS)[:, ::-1]
    faces = np.concatenate([half_faces, half_faces[:, ::-1] + len(left)]).astype(np.int64)
    uv = np.stack([np.tile(at, 2 * len(_ACROSS)), np.tile(np.repeat(np.linspace(0, 1, len(_ACROSS)), _COLUMNS), 2)], 1)
    follow = (bind @ skin.weights).tocsr()
    edge = np.repeat([abs(place) == 1.0 for place, _ in _ACROSS], _COLUMNS) | np.tile(at == 0, len(_ACROSS))
    colours = np.tile(np.where(edge[:, None], _EDGE, COLOUR), (2, 1))
    return Part("brows", rest, faces, uv[faces], lambda displacement: np.asarray(follow @ displacement), colours)
