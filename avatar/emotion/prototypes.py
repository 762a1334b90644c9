"""Which action units make which emotion.

The combinations are EMFACS's (Ekman and Friesen 1978, 2002). How often people use each when they show the emotion is
from Du, Tao and Martinez (2014), "Compound facial expressions of emotion", table 1; for what that study has not, and
for how strong each unit is, the numbers are ours, judged by eye on the built-in head.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.emotion.action_units import ACTION_UNITS
from avatar.emotion.emotions import EMOTIONS


@dataclass(frozen=True)
class Part:
    """One unit's part in an emotion.

    Args:
        left: contraction 0..1 on the face's left side at full intensity.
        right: on its right side; by default as on the left.
        share: of people 0..1 who use it.
    """

    left: float
    right: float | None = None
    share: float = 1.0


PROTOTYPES: Mapping[str, Mapping[int, Part]] = {
    "happy": {6: Part(0.8, share=0.51), 12: Part(0.85), 25: Part(0.35)},
    "sad": {1: Part(1.0, share=0.6), 4: Part(0.5), 15: Part(0.9), 17: Part(0.3, share=0.67), 43: Part(0.2)},
    "angry": {
        4: Part(1.0),
        5: Part(0.45),
        7: Part(0.45),
        10: Part(0.15, share=0.26),
        17: Part(0.2, share=0.52),
        23: Part(0.35, share=0.29),
        24: Part(0.45),
    },
    "surprised": {1: Part(0.9), 2: Part(0.9), 5: Part(0.8, share=0.66), 25: Part(0.25), 26: Part(0.45)},
    "afraid": {
        1: Part(1.0),
        2: Part(0.35, share=0.57),
        4: Part(0.35),
        5: Part(0.9, share=0.63),
        20: Part(0.7),
        25: Part(0.6),
        26: Part(0.3, share=0.33),
    },
    "disgusted": {
        4: Part(0.4, share=0.31),
        7: Part(0.35),
        9: Part(0.9),
        10: Part(0.7),
        15: Part(0.35),
        17: Part(0.35),
    },
    "contempt": {2: Part(0.6, 0.0), 7: Part(0.25), 12: Part(0.35, 0.0), 14: Part(0.9, 0.1), 43: Part(0.1)},
    "calm": {12: Part(0.35), 43: Part(0.45)},
}
"""Contempt is one-sided (Ekman and Friesen 1986)."""


def prototype_table() -> NDArray[np.float64]:
    """Contractions [E, A, 2] of each emotion at full intensity, left and right."""
    units = list(ACTION_UNITS)
    table = np.zeros((len(EMOTIONS), len(units), 2))
    for row, emotion in enumerate(EMOTIONS):
        for unit, part in PROTOTYPES[emotion].items():
            table[row, units.index(unit)] = part.left, part.left if part.right is None else part.right
    return table


def shares() -> NDArray[np.float64]:
    """Of each unit [A], the smallest share of people who use it in an emotion; 1 where all do."""
    return np.array(
        [
            min((parts[unit].share for parts in PROTOTYPES.values() if unit in parts), default=1.0)
            for unit in ACTION_UNITS
        ]
    )
