"""Action units of the face in ARKit's shapes.

Ekman and Friesen's Facial Action Coding System (1978; 2002 with Hager) describes faces by muscles. ARKit's shapes are
named after what is seen, so that some units are one shape and others several.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.controls import ControlSpace


@dataclass(frozen=True)
class ActionUnit:
    """One unit.

    Args:
        meaning: what is seen.
        region: "brows", "eyes" or "mouth".
        shapes: weights at full contraction by ARKit name; * stands for Left and Right.
    """

    meaning: str
    region: str
    shapes: Mapping[str, float]


ACTION_UNITS: Mapping[int, ActionUnit] = {
    1: ActionUnit("inner brow raised", "brows", {"browInnerUp": 1.0}),
    2: ActionUnit("outer brow raised", "brows", {"browOuterUp*": 1.0}),
    4: ActionUnit("brow lowered and drawn together", "brows", {"browDown*": 1.0, "noseSneer*": 0.3}),
    5: ActionUnit("upper lid raised", "eyes", {"eyeWide*": 1.0}),
    6: ActionUnit("cheek raised", "eyes", {"cheekSquint*": 1.0, "eyeSquint*": 0.4}),
    7: ActionUnit("lids tightened", "eyes", {"eyeSquint*": 1.0}),
    9: ActionUnit("nose wrinkled", "mouth", {"noseSneer*": 1.0, "mouthUpperUp*": 0.1}),
    10: ActionUnit("upper lip raised", "mouth", {"mouthUpperUp*": 0.8, "noseSneer*": 0.3}),
    12: ActionUnit("lip corner pulled", "mouth", {"mouthSmile*": 1.0}),
    14: ActionUnit("dimpler", "mouth", {"mouthDimple*": 1.0}),
    15: ActionUnit("lip corner depressed", "mouth", {"mouthFrown*": 1.0}),
    16: ActionUnit("lower lip depressed", "mouth", {"mouthLowerDown*": 1.0}),
    17: ActionUnit("chin raised", "mouth", {"mouthShrugLower": 1.0, "mouthShrugUpper": 0.35}),
    20: ActionUnit("lips stretched", "mouth", {"mouthStretch*": 1.0}),
    23: ActionUnit("lips tightened", "mouth", {"mouthRollLower": 0.4, "mouthRollUpper": 0.2}),
    24: ActionUnit("lips pressed", "mouth", {"mouthPress*": 1.0}),
    25: ActionUnit("lips parted", "mouth", {"mouthLowerDown*": 0.7, "mouthUpperUp*": 0.5}),
    26: ActionUnit("jaw dropped", "mouth", {"jawOpen": 0.4}),
    43: ActionUnit("lids drooping", "eyes", {"eyeBlink*": 0.5}),
}
"""The units that the emotions are made of."""

SIDES = ("Left", "Right")


def unit_shapes(space: ControlSpace) -> NDArray[np.float64]:
    """What each side of each unit does to a space's controls.

    Args:
        space: with ARKit's names; shapes that it lacks are left out.

    Returns:
        [A, 2, C]: units in the order of `ACTION_UNITS`, left and right, weights. A shape without sides takes half from
        either.
    """
    table = np.zeros((len(ACTION_UNITS), len(SIDES), len(space)))
    for row, unit in enumerate(ACTION_UNITS.values()):
        for stem, weight in unit.shapes.items():
            for side, suffix in enumerate(SIDES):
                name = stem.replace("*", suffix)
                if name in space:
                    table[row, side, space.index(name)] += weight if "*" in stem else weight / 2
    return table
