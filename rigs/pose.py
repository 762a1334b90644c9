"""What moves rigidly: the head as a whole, and the eyeballs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.rigs.control_groups import (
    HEAD_ANGLES,
    HEAD_POSES,
    SIDES,
    eye_angles,
    eye_pose,
    is_eye,
    is_head,
    look_shapes,
)
from avatar.rigs.rig_function import MILLIMETRES, RigFunction
from avatar.rigs.rigid import axis_angle_of, rigid_motion, yaw_pitch_roll_of

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_STILL, _FOLLOWS = 0.1, 0.05
"""Millimetres: what no control moves further is skull; what a turn of the head misses by less turns with it."""

_FEWEST = 30
_TRIAL = 0.2


class Head:
    """Finds and takes away how the head as a whole moves.

    Args:
        function: the rig.

    Attributes:
        skull: vertices that no other control moves; they say where the head is.
        follows: whether each vertex turns with the head in full [V].
    """

    def __init__(self, function: RigFunction) -> None:
        space, rest = function.rig.space, function.rest
        others = np.array([i for i, name in enumerate(space.names) if not is_head(name)])
        # A whole step, for what only moves once others have moved would look still in a small one.
        poses = np.tile(function.neutral, (len(others), 1))
        poses[np.arange(len(others)), others] = np.minimum(space.maximum[others], 1.0)
        reach = np.zeros(len(rest))
        for begin in range(0, len(poses), 16):
            moved = function(poses[begin : begin + 16]) - rest
            reach = np.maximum(reach, np.linalg.norm(moved, axis=-1).max(0))
        mouth = rest[list(function.rig.inner_lip), 1].mean()
        self.controls = _head_controls(space.names)
        self.skull = _skull(reach, rest[:, 1] > mouth)
        self.follows = np.ones(len(rest), bool)
        self.pivot: Floats = np.zeros(3)
        if self.controls:
            trials = np.tile(function.neutral, (3, 1))
            trials[range(3), space.indices(self.controls)] = _TRIAL
            turned = function(trials).astype(np.float64)
            rotation, translation = rigid_motion(turned[:, self.skull], rest[self.skull])
            expected = rest @ rotation.transpose(0, 2, 1) + translation[:, None]
            self.follows = np.linalg.norm(turned - expected, axis=-1).max(0) < _FOLLOWS
            # The one point that no turn moves.
            fixed = np.eye(3) - rotation
            self.pivot = np.asarray(np.linalg.lstsq(fixed.reshape(9, 3), translation.ravel())[0], np.float64)

    def motion(self, vertices: NDArray[np.floating], rest: Floats) -> tuple[Floats, Floats]:
        """Rotations [B, 3, 3] and translations [B, 3] of vertices [B, V, 3], millimetres."""
        return rigid_motion(vertices[:, self.skull], rest[self.skull])

    def angles(self, rotations: Floats) -> Floats:
        """Values [B, 3] of `controls` for rotations."""
        return yaw_pitch_roll_of(rotations) if self.controls == HEAD_ANGLES else axis_angle_of(rotations)

    def drift(self, rotations: Floats, translations: Floats) -> Floats:
        """How far the head went beyond turning about its neck [B, 3], metres."""
        about = self.pivot - np.einsum("bij,j->bi", rotations, self.pivot)
        return np.asarray((translations - about) / MILLIMETRES)


def _head_controls(names: tuple[str, ...]) -> tuple[str, ...]:
    return next((pose for pose in (HEAD_ANGLES, *HEAD_POSES) if set(pose) <= set(names)), ())


def _skull(reach: Floats, above: NDArray[np.bool_]) -> Integers:
    """Vertices above the mouth that the face leaves still; the stillest where none is quite still."""
    still = np.nonzero((reach < _STILL) & above)[0]
    if len(still) >= _FEWEST:
        return still
    order = np.argsort(np.where(above, reach, np.inf), kind="stable")
    return order[: max(_FEWEST, len(reach) // 20)]


@dataclass(frozen=True, eq=False)
class Eye:
    """One eyeball, and the controls that turn it.

    Args:
        side: "left" or "right".
        ball: its vertices.
        own: controls of its own angles, or none.
        by_axis_angle: whether those are axis times angle, instead of yaw, pitch and roll.
        looks: column and yaw, pitch at 1 of each shape that turns it.
    """

    side: str
    ball: Integers
    own: tuple[int, ...]
    by_axis_angle: bool
    looks: tuple[tuple[int, Floats], ...]

    def fill(self, weights: Floats, vertices: NDArray[np.floating], rest: Floats) -> None:
        """Set the controls of this eye in weights [B, C] to what the ball in vertices [B, V, 3] does."""
        rotation, _ = rigid_motion(vertices[:, self.ball], rest[self.ball])
        if self.by_axis_angle:
            weights[:, self.own] = axis_angle_of(rotation)
            return
        left = yaw_pitch_roll_of(rotation)
        for column, turn in self.looks:
            axis = int(np.argmax(np.abs(turn)))
            share = np.clip(left[:, axis] / turn[axis], 0, 1)
            weights[:, column] = share
            left[:, axis] -= share * turn[axis]
        if self.own:
            # Less than what measuring a ball of float32 points is off by is no turn.
            weights[:, self.own] = np.where(np.abs(left) < 1e-3, 0.0, left)


def eyes_of(function: RigFunction) -> tuple[Eye, ...]:
    """The eyeballs that turn rigidly and whose vertices are known."""
    rig, space = function.rig, function.rig.space
    found = []
    for side in SIDES:
        if f"{side}_eye" not in rig.regions:
            continue
        ball = rig.regions[f"{side}_eye"].cpu().numpy()
        turning = [name for name in (*look_shapes(side), *eye_angles(side), *eye_pose(side)) if name in space]
        looks, rigid = [], True
        for name in turning:
            size = 1.0 if not is_eye(name) else _TRIAL
            pose = function.neutral[None].copy()
            pose[0, space.index(name)] = size
            moved = function(pose, ball).astype(np.float64)
            rotation, translation = rigid_motion(moved, function.rest[ball])
            miss = moved[0] - function.rest[ball] @ rotation[0].T - translation[0]
            rigid &= bool(np.abs(miss).max() < 0.1)
            if name in look_shapes(side):
                looks.append((space.index(name), yaw_pitch_roll_of(rotation)[0]))
        looks = [(column, turn) for column, turn in looks if np.abs(turn).max() > 0.02]
        pose_names = next((names for names in (eye_pose(side), eye_angles(side)) if set(names) <= set(space.names)), ())
        if rigid and (looks or pose_names):
            own = tuple(space.indices(pose_names))
            found.append(Eye(side, ball, own, pose_names == eye_pose(side), tuple(looks)))
    return tuple(found)
