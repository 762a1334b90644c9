"""A rig's linear parts at several poses, near which it is taken as linear."""

import numpy as np
from numpy.typing import NDArray

from avatar.rigs.control_groups import is_eye, is_head
from avatar.rigs.rig_function import RigFunction

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_DEAD = 0.02
"""Millimetres per unit: controls and vertices that move less are left alone."""

_BENDS, _FAR = 0.1, 1.5
"""Millimetres by which a rig bends: less counts as linear; beyond the other a new linear part is taken."""

_MOST = 24


class Tangents:
    """Jacobians of a rig, each computed once where frames come near and shared by them.

    Args:
        function: the rig.
        free: columns of controls that may be solved for.
        candidates: vertices that may be looked at.
        pairs: vertices whose difference in height is looked at too [P, 2].

    Attributes:
        controls: those of `free` that move something [K].
        rows: those of `candidates` that are moved [R].
        size: root mean square length in millimetres of what each moves [K, R], as the larger of two poses.
        bend: how far from linear each makes the rig per unit [K], millimetres.
        linear: whether the rig is linear in all of `controls`.
        jacobians: [K, R * 3] float32 each.
        gaps: what each control adds to the heights [K, P], for each Jacobian.
        places: values of the controls [K] where each was taken.
    """

    def __init__(self, function: RigFunction, free: Integers, candidates: Integers, pairs: Integers) -> None:
        self.function = function
        at_ease = _half_way(function)
        both = [function.jacobian(at, free, candidates) for at in (function.neutral, at_ease)]
        size = np.maximum(*(np.linalg.norm(jacobian, axis=-1) for jacobian in both))
        alive = size.max(1) > _DEAD
        moved = size[alive].max(0, initial=0.0) > _DEAD
        self.controls, self.rows, self.size = free[alive], candidates[moved], size[alive][:, moved]
        self.bend = self._bends(at_ease)
        self.linear = not self.bend.any()
        self._looked_at = np.concatenate([self.rows, pairs.ravel()])
        self.jacobians: list[NDArray[np.float32]] = []
        self.gaps: list[Floats] = []
        self.places: list[Floats] = []
        self._add(function.neutral)

    def nearest(self, weights: Floats) -> Integers:
        """Which Jacobian belongs to each frame of controls [B, C]; new ones are computed where none is near."""
        values = weights[:, self.controls] * self.bend
        which = np.zeros(len(weights), np.int64)
        distance = np.full(len(weights), np.inf)
        for i, place in enumerate(self.places):
            which, distance = _closer(values, place * self.bend, i, which, distance)
        while len(self.places) < _MOST and len(weights) and distance.max() > _FAR:
            frame = int(distance.argmax())
            self._add(weights[frame])
            which, distance = _closer(values, values[frame], len(self.places) - 1, which, distance)
        return which

    def straight(self, weights: Floats) -> tuple[Floats, Floats]:
        """What a linear rig's `controls` move the rows [B, R, 3] and the lips' heights [B, P], for controls [B, C]."""
        away = weights[:, self.controls] - self.places[0]
        moved = away.astype(np.float32) @ self.jacobians[0]
        return moved.reshape(len(weights), -1, 3).astype(np.float64), away @ self.gaps[0]

    def _add(self, at: Floats) -> None:
        both = self.function.jacobian(at, self.controls, self._looked_at)
        count = len(self.rows)
        lips = both[:, count:, 1].reshape(len(self.controls), -1, 2)
        self.jacobians.append(both[:, :count].reshape(len(self.controls), -1).astype(np.float32))
        self.gaps.append(lips[..., 0] - lips[..., 1])
        self.places.append(at[self.controls])

    def _bends(self, at_ease: Floats) -> Floats:
        """How much each control at its end changes what the others do."""
        function = self.function
        reach = np.minimum(function.rig.space.maximum.astype(np.float64), 1.0) - function.neutral
        rest = function(function.neutral[None], self.rows)[0]
        bends = np.zeros(len(self.controls))
        for k, control in enumerate(self.controls):
            alone, others = function.neutral.copy(), at_ease.copy()
            others[control] = function.neutral[control]
            together = others.copy()
            alone[control] = together[control] = function.neutral[control] + reach[control]
            moved = function(np.stack([alone, others, together]), self.rows)
            bend = np.linalg.norm(moved[2] - moved[1] - (moved[0] - rest), axis=-1).max(initial=0.0)
            bends[k] = bend / reach[control] if bend > _BENDS else 0.0
        return bends


def _half_way(function: RigFunction) -> Floats:
    """A pose of a still head with every shape at play and the mouth open: what only shows beside others shows."""
    space = function.rig.space
    size = {"weight": 0.3, "radian": 0.1}
    still = [
        is_head(control.name) or is_eye(control.name) or control.name == "mouthClose" for control in space.controls
    ]
    half = [0.0 if rests else size.get(control.unit, 0.0) for rests, control in zip(still, space.controls, strict=True)]
    return np.asarray(function.neutral + np.array(half))


def _closer(values: Floats, place: Floats, index: int, which: Integers, distance: Floats) -> tuple[Integers, Floats]:
    found = np.linalg.norm(values - place, axis=1)
    return np.where(found < distance, index, which), np.minimum(found, distance)
