"""ARKit to Oculus visemes and back, by the poses in `data/oculus_to_arkit.csv`."""

from dataclasses import replace
from functools import cache

import numpy as np

from avatar.animation import Animation
from avatar.controls import ARKIT, ARKIT_SHAPES
from avatar.spaces.lip_features import lip_features, lip_gap
from avatar.spaces.nearest import Array, nearest_weights, within_unit_sum
from avatar.spaces.oculus import OCULUS
from avatar.spaces.tables import linear_part, read_table

_MET, _PARTED = 0.3, 1.0
"""Gaps in millimetres up to which lips count as met, and from which on they do not at all."""

_LOCALITY = 0.02
"""How much a viseme's distance from the mouth counts beside that of the blend.

After locality-constrained linear coding (Wang et al. 2010): 14 poses made of about as many shapes blend to one face in
many ways. The blend of near visemes is taken, and a viseme alone stays itself.
"""

_SIL, _PP = OCULUS.indices(("sil", "PP"))
_PRESSES = ("mouthPressLeft", "mouthPressRight", "mouthRollLower", "mouthRollUpper")


def oculus_to_arkit(animation: Animation) -> Animation:
    """ARKit controls of visemes: the viseme's poses, added by their weights. sil adds nothing.

    Args:
        animation: in `OCULUS`.

    Returns:
        The same frames in `ARKIT`; eyes, brows and head rest.
    """
    weights = animation.clamp().weights.astype(np.float64) @ _poses()
    return replace(animation, space=ARKIT, weights=weights.astype(np.float32)).clamp()


def arkit_to_oculus(animation: Animation) -> Animation:
    """Visemes whose blended poses come nearest to the mouth, as the built-in head's lips show it.

    Bounded least squares on each frame. Contact is not left to it: lips that press while they meet are PP. What is
    over is sil. Sounds made by the tongue behind the teeth look alike in ARKit, so that TH DD kk nn and SS are told
    apart by the little that lips and jaw do.

    Args:
        animation: in `ARKIT`.

    Returns:
        The same frames in `OCULUS`, no weight negative, together 1 in each.
    """
    shapes = animation.weights[:, : len(ARKIT_SHAPES)].astype(np.float64).clip(0.0, 1.0)
    poses = _poses()[:, : len(ARKIT_SHAPES)]
    spoken = np.flatnonzero(poses.any(1))
    weights = np.zeros((len(animation), len(OCULUS)))
    targets, known = _mouth_only(shapes) @ lip_features(), poses[spoken] @ lip_features()
    # What sil does not take costs its distance instead of sil's, which is the target's own length.
    farther = np.square(known).sum(1) - 2 * targets @ known.T
    weights[:, spoken] = nearest_weights(known, targets, within_unit_sum, cost=_LOCALITY * farther)
    pressed = np.maximum(weights[:, _PP], _closure(shapes))
    weights[:, _PP] = 0.0
    others = weights.sum(1)
    room = np.divide(1 - pressed, others, out=np.ones_like(others), where=others > 1 - pressed)
    weights *= room[:, None]
    weights[:, _PP] = pressed
    weights[:, _SIL] = 1 - weights.sum(1)
    return replace(animation, space=OCULUS, weights=weights.astype(np.float32)).clamp()


def _closure(shapes: Array) -> Array:
    """How much of PP's press [T] the lips make while they meet."""
    columns = ARKIT.indices(_PRESSES)
    press = shapes[:, columns].sum(1) / _poses()[_PP, columns].sum()
    met = ((_PARTED - lip_gap(shapes)) / (_PARTED - _MET)).clip(0.0, 1.0)
    return np.asarray(met * press.clip(0.0, 1.0))


def _mouth_only(shapes: Array) -> Array:
    """The shapes that visemes can say something about; the others 0."""
    heard = np.array([name.startswith(("jaw", "mouth", "tongue")) for name in ARKIT_SHAPES])
    return np.where(heard, shapes, 0.0)


@cache
def _poses() -> Array:
    return linear_part(read_table("oculus_to_arkit.csv"), OCULUS, ARKIT)
