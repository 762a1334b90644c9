"""From where somebody looks to what both eyes do about it, whatever the head does."""

from math import radians

import numpy as np

from avatar.behaviour.motion import Floats

EYES = ((0.0289, 0.0156, 0.0759), (-0.0289, 0.0156, 0.0759))
"""Centres of the left and the right eye of the built-in head's average, metres from between the ears."""
NECK = (0.0, -0.035, -0.012)
"""What the head turns about."""
SIDEWAYS, UPDOWN = radians(30), radians(25)
"""What eyeLookIn and eyeLookOut, eyeLookUp and eyeLookDown at weight 1 turn an eye of the built-in head by."""

Curves = dict[str, Floats]


def look_shapes(points: Floats, away: Floats, head: Floats) -> Curves:
    """The eyeLook shapes that keep both eyes on a point while the head moves.

    Each eye aims for itself, so that they converge on what is near (vergence), and turns back by what the head turns
    (the vestibulo-ocular reflex, which in life keeps up within 15 ms).

    Args:
        points: what is looked at [T, 3], metres in the frame of the resting head.
        away: how far beside it the eyes look [T, 2]: yaw to the face's left, pitch down, radians.
        head: yaw, pitch and roll [T, 3] of the head, radians.

    Returns:
        The eight curves [T] by name, 0..1.
    """
    seen = _turned_aside(points, away)
    seen = _into_head(seen - np.array(NECK), head) + np.array(NECK)
    curves: Curves = {}
    for side, centre in zip(("Left", "Right"), EYES, strict=True):
        x, y, z = (seen - np.array(centre)).T
        yaw, pitch = np.arctan2(x, z), -np.arctan2(y, np.hypot(x, z))
        outwards = yaw if side == "Left" else -yaw
        for name, angle, whole in (
            ("Out", outwards, SIDEWAYS),
            ("In", -outwards, SIDEWAYS),
            ("Down", pitch, UPDOWN),
            ("Up", -pitch, UPDOWN),
        ):
            curves[f"eyeLook{name}{side}"] = np.clip(angle / whole, 0.0, 1.0)
    return curves


def _turned_aside(points: Floats, away: Floats) -> Floats:
    """Points [T, 3] turned by yaw and pitch [T, 2] about the middle between the eyes."""
    middle = np.mean(EYES, axis=0)
    x, y, z = (points - middle).T
    level = np.hypot(x, z)
    distance = np.hypot(level, y)
    yaw = np.arctan2(x, z) + away[:, 0]
    pitch = -np.arctan2(y, level) + away[:, 1]
    flat = distance * np.cos(pitch)
    turned: Floats = middle + np.stack([flat * np.sin(yaw), -distance * np.sin(pitch), flat * np.cos(yaw)], 1)
    return turned


def _into_head(points: Floats, head: Floats) -> Floats:
    """Points [T, 3] as the head sees them that has turned by R = Ry(yaw) Rx(pitch) Rz(roll)."""
    (sy, sp, sr), (cy, cp, cr) = np.sin(head).T, np.cos(head).T
    x, y, z = points.T
    x, z = cy * x - sy * z, sy * x + cy * z
    y, z = cp * y + sp * z, -sp * y + cp * z
    x, y = cr * x + sr * y, -sr * x + cr * y
    return np.stack([x, y, z], 1)
