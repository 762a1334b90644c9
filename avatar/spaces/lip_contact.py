"""MetaHuman curves that a face's shapes do not name but its geometry shows: lips in contact."""

import numpy as np

from avatar.animation import Animation
from avatar.controls import ARKIT
from avatar.spaces.arkit_metahuman import TOGETHER, arkit_to_metahuman
from avatar.spaces.metahuman import PREFIX
from avatar.spaces.nearest import Array

_LIPS_MET = (0.3, 1.0)
"""Gaps between the lips in millimetres up to which they count as met, and from which on they do not at all."""

_LIP_AT_TEETH = (2.0, 3.5)
"""The same for the lower lip and the upper teeth."""

_BITE = 0.5
"""mouthLowerLipBite for a lip at the teeth; the rolled lip, which the table gives, does the rest."""

_JAW_OPEN = 0.02
"""jawOpen from which on there is anything to hold together."""


def metahuman_details(animation: Animation) -> Animation:
    """MetaHuman curves of ARKit controls, with contact taken from the built-in head's lips.

    The table knows of closed lips from mouthClose alone, but lips also meet by pressing, rolling or shrugging. Here
    the four mouthLipsTogether curves are 1 where the head's lips meet over an open jaw, whatever shapes did it;
    mouthStretchLipsClose follows them; and mouthLowerLipBite marks a lower lip at the upper teeth. All other curves are
    the table's.

    Args:
        animation: in `ARKIT`.

    Returns:
        The same frames in `METAHUMAN`, every curve within its range.

    Raises:
        ValueError: another control space.
    """
    if animation.space != ARKIT:
        raise ValueError(
            f"metahuman_details takes {ARKIT.name} controls, got {animation.space.name}; convert it to ARKit first"
        )
    curves = arkit_to_metahuman(animation)
    gap, to_teeth = _measured(animation.clamp())
    met, at_teeth = _contact(gap, _LIPS_MET), _contact(to_teeth, _LIP_AT_TEETH)
    over_open_jaw = met * (animation["jawOpen"] / _JAW_OPEN).clip(0.0, 1.0)
    details = {name: np.maximum(curves[name], over_open_jaw) for name in TOGETHER}
    for side in "LR":
        stretch = np.minimum(curves[f"{PREFIX}mouthStretch{side}"], met)
        details[f"{PREFIX}mouthStretchLipsClose{side}"] = stretch
        details[f"{PREFIX}mouthLowerLipBite{side}"] = _BITE * at_teeth * (1 - met)
    return curves.with_curves(details)


def _contact(distance: Array, limits: tuple[float, float]) -> Array:
    """1 up to the first limit, 0 from the second on, straight between."""
    near, far = limits
    return np.asarray(((far - distance) / (far - near)).clip(0.0, 1.0))


def _measured(animation: Animation) -> tuple[Array, Array]:
    """Gap between the lips, and from lower lip to upper teeth, [T] each in millimetres."""
    # Imported here: torch takes seconds.
    from avatar.evaluation.motion import mouth_motion
    from avatar.rigs import BuiltInHead

    mouth = mouth_motion(animation, BuiltInHead.load())
    return mouth.opening, mouth.lower_lip_to_teeth
