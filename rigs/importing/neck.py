"""Where a head without a skeleton turns, and what of it stays still."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from avatar.rigs.importing.source import Floats, Integers
from avatar.rigs.rig_data import HeadTurn

_BEHIND_LIPS, _ABOVE_LIPS = 0.11, 0.017
"""Metres from the lips to the joint between skull and neck in people's heads."""

_NECK = 0.1
"""Metres below the chin over which the turn fades out."""


def find_turn(vertices: Floats, shapes: Mapping[str, Floats], inner_lip: tuple[int, int]) -> HeadTurn:
    """A pivot behind the mouth, and shares that fade out down the neck.

    Args:
        vertices: [V, 3] metres, +y up, face along +z.
        shapes: displacements by control.
        inner_lip: the mid points of the lips.
    """
    lips = vertices[list(inner_lip)].mean(0)
    pivot = lips + np.array([-lips[0], _ABOVE_LIPS, -_BEHIND_LIPS])
    chin = _chin(vertices, shapes, lips)
    lowest = float(vertices[:, 1].min())
    if lowest > chin - 0.03:  # a head without a neck
        return HeadTurn(pivot.astype(np.float32), np.ones(len(vertices), np.float32))
    start = chin - 0.01
    length = min(_NECK, max(start - lowest, 1e-3))
    share = np.clip((vertices[:, 1] - (start - length)) / length, 0.0, 1.0)
    return HeadTurn(pivot.astype(np.float32), (share * share * (3 - 2 * share)).astype(np.float32))


def _chin(vertices: Floats, shapes: Mapping[str, Floats], lips: NDArray[np.floating]) -> float:
    """Height of the lowest place that the jaw takes along nearly wholly."""
    for name in ("jawOpen", "CTRL_expressions_jawOpen", "aa"):
        if name in shapes:
            length = np.linalg.norm(shapes[name], axis=1)
            moved = length > 0.7 * max(length.max(initial=0.0), 1e-9)
            if moved.any():
                return float(vertices[moved, 1].min())
    return float(lips[1] - 0.045)


def still_patches(vertices: Floats, shapes: Mapping[str, Floats]) -> dict[str, Integers]:
    """Patches of the skull on the left, the right and on top that shapes move least, to tell how the head stands."""
    moved = np.max([np.linalg.norm(step, axis=1) for step in shapes.values()], axis=0)
    middle = float(np.median(vertices[:, 1]))
    upper = vertices[:, 1] >= middle
    still = moved <= np.quantile(moved[upper], 0.3) + 1e-5
    rows = np.flatnonzero(still & upper)
    places = vertices[rows]
    out = {
        "skull_left": rows[places[:, 0] >= np.quantile(places[:, 0], 0.85)],
        "skull_right": rows[places[:, 0] <= np.quantile(places[:, 0], 0.15)],
        "skull_top": rows[places[:, 1] >= np.quantile(places[:, 1], 0.85)],
    }
    return {name: found for name, found in out.items() if len(found)}
