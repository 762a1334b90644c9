"""Colours, linear RGB."""

import numpy as np
from avatar.rigs.bake.source import Floats

PARTS = {
    "skin": (0.52, 0.31, 0.22),
    "shirt": (0.045, 0.065, 0.10),
    "left_eye": (0.72, 0.69, 0.66),
    "right_eye": (0.72, 0.69, 0.66),
    "upper_teeth": (0.66, 0.60, 0.50),
    "lower_teeth": (0.66, 0.60, 0.50),
    "tongue": (0.45, 0.15, 0.14),
    "lashes": (0.02, 0.014, 0.012),
    "brows": (0.045, 0.026, 0.016),
}
"""Colour of each part where one colour must do."""


def plain(part: str, count: int) -> Floats:
    """A part's own colour on all its vertices [count, 3]."""
    return np.tile(np.array(PARTS[part]), (count, 1))
