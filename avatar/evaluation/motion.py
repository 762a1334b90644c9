"""Mouth motion in millimetres: what every measure of lip sync looks at."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from avatar.animation import Animation
from avatar.articulation.mouth import measure_poses
from avatar.rigs import BuiltInHead
from avatar.threads import one_thread

_FRAMES = 512  # a batch of vertices of this many frames stays under 100 MB


@dataclass(frozen=True, slots=True, eq=False)
class MouthMotion:
    """Mouth measures over time, [T] each, in mm on a rig at neutral identity.

    Args:
        opening: free height between the inner lips at the middle, beyond that at rest.
        width: distance of the mouth's corners.
        protrusion: how far the upper lip's front stands forward of where it rests.
        lower_lip_to_teeth: distance of the lower lip from the upper teeth; NaN without teeth.
        fps: frames per second; frame t is the instant t / fps.
    """

    opening: NDArray[np.float64]
    width: NDArray[np.float64]
    protrusion: NDArray[np.float64]
    lower_lip_to_teeth: NDArray[np.float64]
    fps: float

    @property
    def times(self) -> NDArray[np.float64]:
        """The instant of each frame [T] in seconds."""
        return np.arange(len(self.opening)) / self.fps


@one_thread()
def mouth_motion(animation: Animation, rig: BuiltInHead) -> MouthMotion:
    """Measure an animation's mouth on a rig.

    Args:
        animation: in the rig's control space.
        rig: the head to measure on, at neutral identity.

    Raises:
        ValueError: the animation speaks another control space.
    """
    if animation.space != rig.space:
        raise ValueError(
            f"animation must be in the rig's control space {rig.space.name}, got {animation.space.name}; "
            "retarget it first"
        )
    pieces = []
    for first in range(0, len(animation), _FRAMES):
        pieces.append(measure_poses(torch.from_numpy(animation.weights[first : first + _FRAMES].copy()), rig))

    def column(name: str) -> NDArray[np.float64]:
        return np.concatenate([getattr(piece, name) for piece in pieces] or [np.zeros(0)]).astype(np.float64)

    return MouthMotion(
        column("opening"), column("width"), column("protrusion"), column("lower_lip_to_teeth"), animation.fps
    )
