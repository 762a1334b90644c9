"""What the names of a rig's controls say about how they belong together."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from avatar.controls import ControlSpace

HEAD_ANGLES = ("headYaw", "headPitch", "headRoll")
"""Yaw, pitch and roll of the head."""

HEAD_POSES = (
    ("neck_pose_x", "neck_pose_y", "neck_pose_z"),
    ("root_pose_x", "root_pose_y", "root_pose_z"),
)
"""Axis times angle of the head, the best first."""

SIDES = ("left", "right")

_OPPOSITES = (("Left", "Right"), ("Up", "Down"), ("In", "Out"))
_MOUTH = ("jaw", "mouth", "tongue", "exp_")


def eye_angles(side: str) -> tuple[str, str, str]:
    """Yaw, pitch and roll of an eye's own."""
    return (f"{side}EyeYaw", f"{side}EyePitch", f"{side}EyeRoll")


def eye_pose(side: str) -> tuple[str, str, str]:
    """Axis times angle of an eye."""
    return (f"{side}_eye_pose_x", f"{side}_eye_pose_y", f"{side}_eye_pose_z")


def look_shapes(side: str) -> tuple[str, ...]:
    """Shapes by which an eye looks somewhere."""
    return tuple(f"eyeLook{way}{side.capitalize()}" for way in ("In", "Out", "Up", "Down"))


def is_head(name: str) -> bool:
    """Whether a control turns the whole head."""
    return name in HEAD_ANGLES or any(name in pose for pose in HEAD_POSES)


def is_eye(name: str) -> bool:
    """Whether a control turns an eyeball and nothing else by right."""
    return any(name in eye_angles(side) or name in eye_pose(side) for side in SIDES)


def is_mouth(name: str) -> bool:
    """Whether a control may explain what jaw and lips do."""
    return name.startswith(_MOUTH)


def rivals(space: ControlSpace) -> dict[str, str]:
    """Controls that exclude each other, such as jawLeft and jawRight; both ways."""
    found: dict[str, str] = {}
    for stem in ("jaw", "mouth", *(f"eyeLook{{}}{side.capitalize()}" for side in SIDES)):
        for one, other in _OPPOSITES:
            pair = (stem.format(one), stem.format(other)) if "{}" in stem else (stem + one, stem + other)
            if pair[0] in space and pair[1] in space:
                found |= {pair[0]: pair[1], pair[1]: pair[0]}
    return found


def head_rotations(space: ControlSpace, weights: NDArray[np.floating]) -> NDArray[np.float64]:
    """How controls [B, C] turn the head [B, 3, 3]; the unit matrix where the space has no head."""
    turns = Rotation.identity(len(weights))
    if set(HEAD_ANGLES) <= set(space.names):
        return Rotation.from_euler("YXZ", weights[:, space.indices(HEAD_ANGLES)]).as_matrix()
    for pose in HEAD_POSES:
        if set(pose) <= set(space.names):
            turns = Rotation.from_rotvec(weights[:, space.indices(pose)]) * turns
    return np.asarray(turns.as_matrix())
