"""Kernel parts that paint eyeballs."""

from typing import Any

import numpy as np

from avatar.renderers.kernel import part
from avatar.renderers.ramps import smooth

IRIS_RADIUS = 0.0059
PUPIL_RADIUS = 0.0021
# 1 / 7.8 mm (the cornea's radius) - 1 / 12.5 mm (the ball's).
CORNEA = 48.0


@part
def paint_eye(x: float, y: float, z: float, belongs: int, materials: Any, red: float, green: float, blue: float) -> Any:
    """Return the colour of an eyeball at an offset (metres) from its centre while it looks along +z."""
    across = np.sqrt(x * x + y * y)
    if z <= 0.0 or across > 1.3 * IRIS_RADIUS:
        return red, green, blue
    share = across / IRIS_RADIUS
    angle = np.arctan2(y, x)
    fibres = 0.82 + 0.10 * np.sin(23.0 * angle + 5.0 * share) + 0.08 * np.sin(41.0 * angle - 9.0 * share)
    # The cornea bends light from above into the lower half of the iris.
    glow = (0.75 - 0.55 * y / IRIS_RADIUS) * fibres * (1.35 - 0.6 * share)
    ring = 1.0 - 0.75 * smooth(0.78, 1.0, share)
    open_ = smooth(PUPIL_RADIUS * 0.88, PUPIL_RADIUS * 1.08, across)
    cover = 1.0 - smooth(0.93, 1.08, share)
    iris = glow * ring * open_
    return (
        np.float32(red + cover * (materials[belongs, 12] * iris - red)),
        np.float32(green + cover * (materials[belongs, 13] * iris - green)),
        np.float32(blue + cover * (materials[belongs, 14] * iris - blue)),
    )


@part
def cornea(x: float, y: float, z: float) -> Any:
    """Return how much, for each metre off the axis, the cornea tilts the normal of the ball under it outwards.

    It is rounder than the ball, and so brings the lamps' reflections from its rim in front of the iris. The tilt is
    taken in the world's x and y, as if the eye looked along +z: nobody sees the difference.
    """
    if z <= 0.0:
        return 0.0
    across = np.sqrt(x * x + y * y)
    return CORNEA * (1.0 - smooth(0.9 * IRIS_RADIUS, 1.2 * IRIS_RADIUS, across))
