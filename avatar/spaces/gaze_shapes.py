"""Gaze as look shapes, whichever way ARKit's controls say it."""

from math import radians

import numpy as np
from numpy.typing import NDArray

from avatar.animation import Animation
from avatar.controls import ARKIT_SHAPES

LOOK = {"Yaw": radians(30), "Pitch": radians(25)}
"""Angle of an eye's own rotation that is worth weight 1 of the look shapes, as on the built-in head."""


def with_own_angles(animation: Animation) -> NDArray[np.float64]:
    """The 52 shapes [T, 52] with the eyes' own yaw and pitch added to the look shapes; roll is left out.

    Args:
        animation: in `ARKIT`.
    """
    shapes = animation.weights[:, : len(ARKIT_SHAPES)].astype(np.float64)
    for side in ("Left", "Right"):
        yaw, pitch = (animation[f"{side.lower()}Eye{axis}"] / LOOK[axis] for axis in LOOK)
        outwards = yaw if side == "Left" else -yaw
        for name, share in (("Out", outwards), ("In", -outwards), ("Down", pitch), ("Up", -pitch)):
            shapes[:, ARKIT_SHAPES.index(f"eyeLook{name}{side}")] += share.clip(min=0.0)
    return shapes
