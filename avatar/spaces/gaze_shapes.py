"""Gaze as look shapes, whichever way ARKit's controls say it."""

from math import radians

import numpy as np
from numpy.typing import NDArray

from avatar.animation import Animation
from avatar.controls import ARKIT_SHAPES

LOOK = radians(35)
"""Angle of an eye's own yaw or pitch that says the same as weight 1 of a look shape.

In frames captured from a phone, which says its gaze both ways, pitch is 0.610 radians times the look shapes.
"""


def with_own_angles(animation: Animation) -> NDArray[np.float64]:
    """The 52 shapes [T, 52] with the eyes' own yaw and pitch in the look shapes; roll is left out.

    In each direction the larger of shape and angle counts, so that a recording that carries its gaze twice gives it
    once.

    Args:
        animation: in `ARKIT`.
    """
    shapes = animation.weights[:, : len(ARKIT_SHAPES)].astype(np.float64)
    for side in ("Left", "Right"):
        yaw, pitch = (animation[f"{side.lower()}Eye{axis}"] / LOOK for axis in ("Yaw", "Pitch"))
        outwards = yaw if side == "Left" else -yaw
        for name, share in (("Out", outwards), ("In", -outwards), ("Down", pitch), ("Up", -pitch)):
            column = ARKIT_SHAPES.index(f"eyeLook{name}{side}")
            shapes[:, column] = np.maximum(shapes[:, column], share)
    return shapes
