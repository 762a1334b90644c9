"""How a head brings its lower lip to its upper teeth (F V): found on the head itself, because teeth differ."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from avatar.articulation.mouth import Array, Mouth
from avatar.controls import ControlSpace

CONTACT = 1.2
"""Distance of lip and teeth in mm that is near enough; judges ask for 2."""

OPENING = 1.8
"""Opening in mm between the lips: the upper lip gives way to show the teeth."""

_HIGHEST_LIP = 0.35  # more mouthUpperUp than this is a snarl

# A lower lip that is drawn in; the jaw swings it back, and a little of a press or a smile helps it up.
_TRIED = {
    ("mouthRollLower",): (0.4, 0.55, 0.7, 0.85, 1.0),
    ("jawOpen",): (0.04, 0.07, 0.1, 0.13, 0.16),
    ("mouthPressLeft", "mouthPressRight"): (0.0, 0.15, 0.3),
    ("mouthSmileLeft", "mouthSmileRight"): (0.0, 0.15, 0.3, 0.5),
}
_UPPER_LIP = ("mouthUpperUpLeft", "mouthUpperUpRight")
_SMILE_COSTS = 2.0  # a smile changes what the face says, so it counts as this many times its weight


@dataclass(frozen=True, slots=True, eq=False)
class Bite:
    """A pose with the lower lip at the upper teeth.

    Args:
        weights: [C] of the rig's controls.
        distance: what remains between lip and teeth in mm; NaN on a head without teeth.
    """

    weights: Array
    distance: float


def find_bite(mouth: Mouth, size: float = 1.0) -> Bite:
    """Search the gentlest pose (least sum of squared weights) with contact; if none makes it, the nearest to it.

    On a head without teeth it is the gentlest pose that leaves the lips parted.

    Args:
        mouth: of the head that will wear it.
        size: of its mouth, relative to the one that millimetres are meant for.
    """
    space = mouth.space
    grid = np.array(list(product(*_TRIED.values())))
    poses = np.tile(np.asarray(space.neutral, np.float64), (len(grid), 1))
    for column, names in enumerate(_TRIED):
        poses[:, _known(space, names)] = grid[:, column : column + 1]
    upper_lip = _known(space, _UPPER_LIP)
    # The middles of the lips are several points, of which the nearest count: a finite lift is measured, not a slope.
    lifted = np.tile(np.asarray(space.neutral, np.float64), (1, 1))
    lifted[:, upper_lip] = 1.0
    lift = max(float(mouth.opening(lifted)[0]), 1e-6)
    poses[:, upper_lip] = np.clip((size * OPENING - mouth.opening(poses)) / lift, 0.0, _HIGHEST_LIP)[:, None]
    # Lips that meet before the lip is at the teeth say P, not F.
    parted = mouth.opening(poses) > size * OPENING / 2
    toothed = "teeth" in mouth.places
    distance = np.where(parted, mouth.lip_to_teeth(poses) if toothed else 0.0, np.inf)
    cost = np.ones(len(space))
    cost[_known(space, ("mouthSmileLeft", "mouthSmileRight"))] = _SMILE_COSTS
    effort = np.square(cost * poses).sum(1)
    best = int(np.lexsort((effort, np.maximum(distance, size * CONTACT)))[0])
    return Bite(poses[best], float(distance[best]) if toothed else float("nan"))


def _known(space: ControlSpace, names: tuple[str, ...]) -> list[int]:
    return [space.index(name) for name in names if name in space]
