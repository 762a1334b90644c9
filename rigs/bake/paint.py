"""Colours, linear RGB."""

import numpy as np

from avatar.rigs.bake import hair
from avatar.rigs.bake.brows import COLOUR as BROW
from avatar.rigs.bake.source import Floats, Integers

SKIN = np.array([0.55, 0.32, 0.225])
_LIP = np.array([0.42, 0.155, 0.125])
_BLUSH = np.array([0.56, 0.235, 0.165])
_SHADE = np.array([0.40, 0.225, 0.165])
_SOCKET = np.array([0.42, 0.19, 0.16])
_CAVITY = np.array([0.20, 0.045, 0.045])

PARTS = {
    "skin": tuple(SKIN),
    "shirt": (0.035, 0.055, 0.085),
    "left_eye": (0.72, 0.69, 0.66),
    "right_eye": (0.72, 0.69, 0.66),
    "upper_teeth": (0.66, 0.60, 0.50),
    "lower_teeth": (0.66, 0.60, 0.50),
    "tongue": (0.42, 0.13, 0.12),
    "lashes": (0.02, 0.014, 0.012),
    "brows": tuple(BROW),
    "hair": tuple(hair.COLOUR),
}
"""Colour of each part where one colour must do."""

_BLUSHES = (
    # Middle in millimetres, reach in millimetres, strength.
    ((38.0, -22.0, 78.0), 20.0, 0.55),
    ((0.0, -20.0, 114.0), 13.0, 0.55),
    ((78.0, 0.0, 10.0), 26.0, 0.5),
    ((0.0, -82.0, 92.0), 14.0, 0.25),
)
_SHADES = (
    ((28.0, 4.0, 86.0), 7.0, 0.35),
    ((29.0, 24.0, 90.0), 6.0, 0.45),
    ((0.0, -70.0, 97.0), 8.0, 0.2),
)

LIP_STRENGTHS = (0.25, 0.75, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
"""How much of the lips' red the rings from the vermilion border inwards take."""


def plain(part: str, count: int) -> Floats:
    """A part's own colour on all its vertices [count, 3]."""
    return np.tile(np.array(PARTS[part]), (count, 1))


def skin(
    points: Floats, lip_rings: list[Integers], cavity: np.ndarray, sockets: np.ndarray, above_hairline: Floats
) -> Floats:
    """Skin with blushes, lips, the inside of the mouth and shorn hair at the hairline [V, 3].

    Args:
        points: vertices of the skin [V, 3], metres.
        lip_rings: the lips' rings from outside to inside.
        cavity: which vertices line the mouth [V].
        sockets: which vertices line the eye sockets [V].
        above_hairline: millimetres above the hairline [V].
    """
    colours = np.tile(SKIN, (len(points), 1))
    for blobs, colour in ((_BLUSHES, _BLUSH), (_SHADES, _SHADE)):
        for middle, reach, strength in blobs:
            away = np.linalg.norm(np.abs(points * [1000, 0, 0]) + points * [0, 1000, 1000] - middle, axis=1)
            colours = _mix(colours, colour, strength * np.exp(-((away / reach) ** 2)))
    colours = _mix(colours, hair.COLOUR, 0.75 * np.clip(1 + above_hairline / 4, 0, 1))
    colours[sockets] = _SOCKET
    depth = np.clip((0.095 - points[:, 2]) / 0.05, 0, 1)[:, None]
    colours = np.where(cavity[:, None], _CAVITY * (1 - 0.75 * depth), colours)
    for ring, strength in zip(lip_rings, LIP_STRENGTHS, strict=True):
        colours[ring] = _mix(np.tile(SKIN, (len(ring), 1)), _LIP, np.full(len(ring), strength))
    return colours


def _mix(colours: Floats, other: Floats, share: Floats) -> Floats:
    return np.asarray(colours + share[:, None] * (other - colours))
