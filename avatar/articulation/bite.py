"""How a head brings its lower lip to its upper teeth (F V): found on the head itself, because teeth differ."""

from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray

from avatar.articulation.mouth import measure_poses
from avatar.rigs import BuiltInHead

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
_SMILE_COSTS = 2.0  # a smile changes what the face says, so it counts as this many times its weight


@dataclass(frozen=True, slots=True, eq=False)
class Bite:
    """A pose with the lower lip at the upper teeth.

    Args:
        weights: [C] of the rig's controls.
        distance: what remains between lip and teeth in mm.
    """

    weights: NDArray[np.float64]
    distance: float


def find_bite(rig: BuiltInHead) -> Bite:
    """Search the gentlest pose (least sum of squared weights) with contact; if none makes it, the nearest to it.

    Args:
        rig: the head that will wear it, at neutral identity.
    """
    space = rig.space
    grid = np.array(list(product(*_TRIED.values())))
    poses = np.tile(space.neutral, (len(grid), 1))
    for column, names in enumerate(_TRIED):
        poses[:, space.indices(names)] = grid[:, column : column + 1]
    upper_lip = space.indices(("mouthUpperUpLeft", "mouthUpperUpRight"))
    lift = _unit_opening(rig, upper_lip)
    opening, _ = _measured(rig, poses)
    poses[:, upper_lip] = np.clip((OPENING - opening) / lift, 0.0, _HIGHEST_LIP)[:, None]
    opening, distance = _measured(rig, poses)
    # Lips that meet before the lip is at the teeth say P, not F.
    distance = np.where(opening > OPENING / 2, distance, np.inf)
    cost = np.ones(len(space))
    cost[space.indices(("mouthSmileLeft", "mouthSmileRight"))] = _SMILE_COSTS
    effort = np.square(cost * poses).sum(1)
    best = int(np.lexsort((effort, np.maximum(distance, CONTACT)))[0])
    return Bite(poses[best].astype(np.float64), float(distance[best]))


def _unit_opening(rig: BuiltInHead, columns: list[int]) -> float:
    poses = np.tile(rig.space.neutral, (2, 1))
    poses[1, columns] = 1.0
    opening, _ = _measured(rig, poses)
    return float(opening[1] - opening[0])


def _measured(rig: BuiltInHead, poses: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Signed opening and distance of lower lip and teeth, [N] mm each."""
    mouth = measure_poses(torch.from_numpy(poses), rig)
    return np.asarray(mouth.signed_opening, np.float64), np.asarray(mouth.lower_lip_to_teeth, np.float64)
