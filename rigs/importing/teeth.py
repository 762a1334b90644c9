"""The edge of the upper front teeth, which lips touch for f and v."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from avatar.rigs.importing.source import Floats, Integers

_HALF_WIDTH, _EDGE = 0.008, 0.002
"""Metres: half the width of the incisors, and the height of what counts as their edge."""


def upper_teeth_edge(
    vertices: Floats, teeth: NDArray[np.bool_], shapes: Mapping[str, Floats], middle: float
) -> dict[str, Integers]:
    """The lowest vertices of the front teeth that the jaw leaves where they are, as a region; none without teeth.

    Args:
        vertices: [V, 3] metres, +y up, face along +z.
        teeth: which vertices are teeth [V].
        shapes: displacements by control.
        middle: x of the middle of the mouth.
    """
    jaw = next((shapes[name] for name in ("jawOpen", "CTRL_expressions_jawOpen", "aa") if name in shapes), None)
    if jaw is None or not teeth.any():
        return {}
    drop = np.linalg.norm(jaw, axis=1)
    still = teeth & (drop < 0.3 * max(float(drop[teeth].max()), 1e-9))
    near = still & (np.abs(vertices[:, 0] - middle) < _HALF_WIDTH)
    if not near.any():
        return {}
    foremost = near & (vertices[:, 2] > vertices[near, 2].max() - 0.004)
    return {"upper_teeth_edge": np.flatnonzero(foremost & (vertices[:, 1] < vertices[foremost, 1].min() + _EDGE))}
