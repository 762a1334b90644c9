"""Eyeballs: finer and smaller spheres in the place of the source's."""

import numpy as np
from scipy.optimize import least_squares

from avatar.rigs.bake.source import Floats, Integers, Source
from avatar.rigs.bake.surface import Part, grid_faces

RADIUS = 0.0125
"""Life has 12 mm, the source 15.4 mm on average; at 12.5 mm the ball still fills its lids from corner to corner."""

_SINK = 0.00015
_SEGMENTS = 20
_PUPIL, _IRIS = 9.5, 27.0
_RINGS = (4.5, 9.0, 10.0, 15.0, 20.5, 25.5, 28.0, 36.0, 48.0, 62.0, 78.0, 100.0, 135.0)
"""Degrees from the front pole; pairs of close rings make crisp edges of pupil and iris."""


def fit_ball(points: Floats) -> tuple[Floats, float]:
    """Centre [3] and radius of the sphere nearest to points [N, 3]."""
    guess = np.array([*points.mean(0), 0.015])

    def residuals(ball: Floats) -> Floats:
        return np.asarray(np.linalg.norm(points - ball[:3], axis=1) - ball[3])

    found = np.asarray(least_squares(residuals, guess, xtol=1e-12).x)
    return found[:3], float(found[3])


def unit_ball() -> tuple[Floats, Integers]:
    """A unit sphere about the origin, its pole towards +z: vertices [V, 3], faces [F, 3]."""
    polar = np.radians(_RINGS)[:, None]
    around = np.linspace(0, 2 * np.pi, _SEGMENTS, endpoint=False)[None]
    rings = np.stack(
        [np.sin(polar) * np.cos(around), np.sin(polar) * np.sin(around), np.cos(polar) + 0 * around], -1
    ).reshape(-1, 3)
    vertices = np.concatenate([rings, [[0, 0, 1.0]], [[0, 0, -1.0]]])
    front, back = len(rings), len(rings) + 1
    step = np.arange(_SEGMENTS)
    after = (step + 1) % _SEGMENTS
    last = (len(_RINGS) - 1) * _SEGMENTS
    faces = np.concatenate(
        [
            np.stack([np.full(_SEGMENTS, front), step, after], 1),
            grid_faces(len(_RINGS), _SEGMENTS, closed=True),
            np.stack([np.full(_SEGMENTS, back), last + after, last + step], 1),
        ]
    )
    return vertices, faces.astype(np.int64)


def _colours(directions: Floats) -> Floats:
    """Pupil, iris with a dark limbus, sclera that reddens to the sides; linear RGB [V, 3]."""
    degrees = np.degrees(np.arccos(np.clip(directions[:, 2], -1, 1)))
    around = np.arctan2(directions[:, 1], directions[:, 0])
    streaks = 1 + 0.12 * np.sin(7 * around) + 0.08 * np.sin(11 * around + 1)
    iris = np.array([0.12, 0.055, 0.022]) * streaks[:, None]
    iris[degrees < 16] *= 1.5
    iris[degrees > 25] *= 0.28
    red = np.clip((degrees - 40) / 60, 0, 1)[:, None]
    sclera = (1 - red) * np.array([0.72, 0.69, 0.66]) + red * np.array([0.55, 0.33, 0.29])
    out = np.where(degrees[:, None] > _IRIS, sclera, iris)
    out[degrees < _PUPIL] = 0.004
    return np.asarray(out)


def build(source: Source, average: Floats, group: str, name: str) -> tuple[Part, Floats]:
    """One eyeball.

    Args:
        source: the source.
        average: vertices of the average [N, 3].
        group: the source's eyeball.
        name: the part's name.

    Returns:
        The part, and the ball's centre [3].
    """
    indices = np.unique(source.triangles(group)[0])
    points = average[indices]
    fitted, fitted_radius = fit_ball(points)
    centre = fitted + np.array([0, 0, fitted_radius - _SINK - RADIUS])
    middle = points.mean(0)
    spokes = points - middle
    directions, faces = unit_ball()

    def displace(displacement: Floats) -> Floats:
        """Translation and uniform scale only, so that the ball stays a ball."""
        moved = displacement[indices]
        shift = moved.mean(0)
        scale = float((spokes * moved).sum() / (spokes * spokes).sum())
        return np.asarray(shift + scale * (centre - middle + RADIUS * directions))

    uv = 0.5 + 0.5 * directions[:, :2]
    return Part(name, centre + RADIUS * directions, faces, uv[faces], displace, _colours(directions)), centre
