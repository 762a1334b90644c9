"""Joints of neck, head and eyes, what hangs on them, and how an animation turns them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from avatar.animation import Animation
from avatar.rigs import BuiltInHead, Rig
from avatar.rigs.shape_rig import ShapeRig

Array = NDArray[Any]


Jointed = BuiltInHead | ShapeRig
"""Heads that are displacements, a neck that turns, and eyeballs."""


def jointed(rig: Rig, action: str) -> Jointed:
    """The rig as displacements and joints.

    Raises:
        ValueError: it is more than that.
    """
    if not isinstance(rig, Jointed):
        raise ValueError(
            f"cannot {action}: it takes heads of blend shapes, got a {type(rig).__name__}; "
            "draw it as .mp4, or bring the animation onto another head with avatar retarget"
        )
    return rig


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


def skeleton(head: Jointed, identity: Tensor) -> list[Joint]:
    """Neck and head of an identity [1, I], left and right eye where it has eyeballs."""
    pivot = head.neck_pivot.numpy()
    joints = [Joint("neck", None, pivot), Joint("head", 0, pivot)]
    if head.balls:
        left, right = head.ball_centres(identity).numpy()
        joints += [Joint("leftEye", 1, left), Joint("rightEye", 1, right)]
    return joints


def joint_shares(head: Jointed) -> NDArray[np.float32]:
    """How much of each vertex hangs on each joint [V, 4]; rows add up to 1."""
    turns = head.head_weight.numpy()
    shares = np.zeros((len(turns), 4), np.float32)
    shares[:, 0], shares[:, 1] = 1 - turns, turns
    for joint, ball in zip((2, 3), head.balls, strict=False):
        shares[ball] = np.eye(4)[joint]
    return shares


def joint_turns(animation: Animation, head: Jointed) -> dict[int, NDArray[np.float32]]:
    """Yaw, pitch and roll [T, 3] of the joints that turn, by index, relative to their parents, in radians."""
    weights = torch.from_numpy(animation.weights.copy())
    turns = {1: head.head_turns(weights).numpy()}
    if head.balls:
        eyes = head.ball_turns(weights).numpy()
        turns |= {2: eyes[:, 0], 3: eyes[:, 1]}
    return turns


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
