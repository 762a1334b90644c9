"""Joints of neck, head and eyes, what hangs on them, and how an animation turns them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from avatar.animation import Animation
from avatar.rigs import BuiltInHead

Array = NDArray[Any]


@dataclass(frozen=True)
class Joint:
    """A joint of the skeleton; the first is the resting neck.

    Args:
        name: unique.
        parent: index of another joint.
        place: [3], metres, in the head's space.
    """

    name: str
    parent: int | None
    place: Array


def skeleton(head: BuiltInHead, identity: Tensor) -> list[Joint]:
    """Neck, head, left and right eye of an identity [1, I]."""
    centres = head.gaze.balls_of(head.neutral(identity), identity)[0][0]
    pivot = head.neck_pivot.numpy()
    return [
        Joint("neck", None, pivot),
        Joint("head", 0, pivot),
        Joint("leftEye", 1, centres[0].numpy()),
        Joint("rightEye", 1, centres[1].numpy()),
    ]


def joint_shares(head: BuiltInHead) -> NDArray[np.float32]:
    """How much of each vertex hangs on each joint [V, 4]; rows add up to 1."""
    turns = head.head_weight.numpy()
    shares = np.zeros((len(turns), 4), np.float32)
    shares[:, 0], shares[:, 1] = 1 - turns, turns
    for joint, ball in zip((2, 3), head.gaze.balls, strict=True):
        shares[ball] = np.eye(4)[joint]
    return shares


def joint_turns(animation: Animation, head: BuiltInHead) -> dict[int, NDArray[np.float32]]:
    """Yaw, pitch and roll [T, 3] of the joints that turn, by index, relative to their parents, in radians."""
    angles = animation.weights[:, animation.space.indices(("headYaw", "headPitch", "headRoll"))]
    eyes = head.gaze.angles(torch.from_numpy(animation.weights.copy())).numpy()
    return {1: angles, 2: eyes[:, 0], 3: eyes[:, 1]}


def quaternions(angles: Array) -> NDArray[np.float32]:
    """Quaternions (x, y, z, w) [T, 4] of yaw, pitch and roll [T, 3] in radians: Ry(yaw) Rx(pitch) Rz(roll)."""
    (sy, sx, sz), (cy, cx, cz) = np.sin(np.asarray(angles).T / 2), np.cos(np.asarray(angles).T / 2)
    parts = (
        cy * sx * cz + sy * cx * sz,
        sy * cx * cz - cy * sx * sz,
        cy * cx * sz - sy * sx * cz,
        cy * cx * cz + sy * sx * sz,
    )
    return np.stack(parts, axis=-1).astype(np.float32)
