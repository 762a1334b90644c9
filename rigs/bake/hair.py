"""Short hair: the scalp's skin, lifted off and painted."""

import numpy as np

from avatar.rigs.bake.source import Floats, Source
from avatar.rigs.bake.surface import Surface, normals

_HAIRLINE = np.array(
    [
        (0, 79.0),
        (18, 79.0),
        (34, 74.0),
        (46, 62.0),
        (56, 42.0),
        (66, 22.0),
        (74, 2.0),
        (82, -4.0),
        (90, 8.0),
        (104, 8.0),
        (112, -2.0),
        (122, -24.0),
        (145, -46.0),
        (180, -52.0),
    ]
)
"""Height of the hairline in millimetres by the angle around the head in degrees, 0 in front."""

_AXIS_Z = 5.0
_TOP, _SIDE = 7.5, 4.0
_RAMP = 16.0
COLOUR = np.array([0.035, 0.020, 0.012])


def above_hairline(points: Floats, ears: Floats) -> Floats:
    """Millimetres above the hairline of points [n, 3] in the head's frame; negative on ears.

    Args:
        points: metres.
        ears: how much each point belongs to an ear, 0..1 [n].
    """
    x, y, z = 1000 * points.T
    angle = np.degrees(np.arctan2(np.abs(x), z - _AXIS_Z))
    line = np.interp(angle, _HAIRLINE[:, 0], _HAIRLINE[:, 1])
    return np.asarray(np.minimum(y - line, (0.62 - ears) * 40))


def ears(source: Source) -> Floats:
    """How much each vertex of the source belongs to an ear, 0..1 [N]."""
    moved = np.linalg.norm(source.target("ears/{side}-ear-trans-up"), axis=1)
    return np.asarray(moved / moved.max())


def lift(hair: Surface, average: Floats, height: Floats) -> Floats:
    """How far each vertex of the hair stands off the scalp [V, 3], metres, for heights above the hairline [V]."""
    points = hair.points(average)
    out = normals(points, hair.faces)
    top = np.clip(points[:, 1] / 0.10, 0, 1)
    full = _SIDE + (_TOP - _SIDE) * top
    ramp = np.clip(height / _RAMP, 0, 1)
    tufts = 1 + 0.10 * np.random.default_rng(7).standard_normal(len(points))
    return np.asarray(out * (full * np.sin(ramp * np.pi / 2) * tufts)[:, None] / 1000)
