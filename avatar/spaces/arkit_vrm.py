"""ARKit to VRM's preset expressions and back, by the poses in `data/vrm_to_arkit.csv`."""

from dataclasses import replace
from functools import cache

import numpy as np

from avatar.animation import Animation
from avatar.controls import ARKIT, ARKIT_SHAPES
from avatar.spaces.gaze_shapes import with_own_angles
from avatar.spaces.lip_features import lip_features
from avatar.spaces.nearest import Array, nearest_weights, within_unit_sum
from avatar.spaces.tables import linear_part, read_table
from avatar.spaces.vrm import EMOTIONS, MOUTH, VRM

_FITTED = (*MOUTH, *(name for name in EMOTIONS if name != "neutral"))


def vrm_to_arkit(animation: Animation) -> Animation:
    """ARKit controls of VRM's expressions: their poses, added by their weights. neutral adds nothing.

    Args:
        animation: in `VRM`.

    Returns:
        The same frames in `ARKIT`; gaze is in the look shapes, the head rests.
    """
    weights = animation.clamp().weights.astype(np.float64) @ _poses()
    return replace(animation, space=ARKIT, weights=weights.astype(np.float32)).clamp()


def arkit_to_vrm(animation: Animation) -> Animation:
    """VRM's expressions that come nearest to ARKit controls.

    Vowels and emotions are fitted together by bounded least squares, so that a smile counts once. blink is what both
    eyes share, the rest goes to its side; both eyes look where they look on average.

    Args:
        animation: in `ARKIT`.

    Returns:
        The same frames in `VRM`: vowels together at most 1, emotions together at most 1, neutral always 0.
    """
    shapes = with_own_angles(animation).clip(0.0, 1.0)
    weights = np.zeros((len(animation), len(VRM)))
    weights[:, VRM.indices(_FITTED)] = _fitted(shapes)
    eyes = {name: shapes[:, i] for i, name in enumerate(ARKIT_SHAPES) if name.startswith("eye")}
    left, right = eyes["eyeBlinkLeft"], eyes["eyeBlinkRight"]
    both = np.minimum(left, right)
    to_left = (eyes["eyeLookOutLeft"] + eyes["eyeLookInRight"] - eyes["eyeLookInLeft"] - eyes["eyeLookOutRight"]) / 2
    up = (eyes["eyeLookUpLeft"] + eyes["eyeLookUpRight"] - eyes["eyeLookDownLeft"] - eyes["eyeLookDownRight"]) / 2
    curves = {"blink": both, "blinkLeft": left - both, "blinkRight": right - both}
    curves |= {"lookLeft": to_left, "lookRight": -to_left, "lookUp": up, "lookDown": -up}
    for name, curve in curves.items():
        weights[:, VRM.index(name)] = curve
    return replace(animation, space=VRM, weights=weights.astype(np.float32)).clamp()


def _fitted(shapes: Array) -> Array:
    """Weights [T, 10] of the vowels and emotions."""
    poses = _poses()[VRM.indices(_FITTED)][:, : len(ARKIT_SHAPES)]
    told = np.where(poses.any(0), shapes, 0.0)
    vowels = len(MOUTH)

    def project(weights: Array) -> Array:
        parts = within_unit_sum(weights[:, :vowels]), within_unit_sum(weights[:, vowels:])
        return np.concatenate(parts, axis=1)

    return nearest_weights(poses @ lip_features(), told @ lip_features(), project)


@cache
def _poses() -> Array:
    return linear_part(read_table("vrm_to_arkit.csv"), VRM, ARKIT)
