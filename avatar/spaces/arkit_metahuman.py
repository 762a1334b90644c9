"""ARKit to MetaHuman and back, by the tables `data/arkit_to_metahuman.csv` and `data/metahuman_to_arkit.csv`."""

from dataclasses import replace
from functools import cache

import numpy as np

from avatar.animation import Animation
from avatar.controls import ARKIT, ARKIT_SHAPES, ControlSpace
from avatar.spaces.gaze_shapes import with_own_angles
from avatar.spaces.metahuman import METAHUMAN, METAHUMAN_RAW, PREFIX
from avatar.spaces.nearest import Array, nearest_weights, within_unit_box
from avatar.spaces.tables import Row, evaluate, linear_part, read_table

_HEAD = {"headYaw": "HeadYaw", "headPitch": "HeadPitch", "headRoll": "HeadRoll"}
TOGETHER = tuple(f"{PREFIX}mouthLipsTogether{lip}{side}" for lip in "UD" for side in "LR")
"""The four curves that hold the lips together over an open jaw."""

_SHAPES = ControlSpace("ARKit shapes", ARKIT.controls[: len(ARKIT_SHAPES)])


def arkit_to_metahuman(animation: Animation) -> Animation:
    """MetaHuman curves of ARKit controls.

    The eyes' own angles join the look shapes: the larger counts. Weights outside 0..1 are clamped. HeadControlSwitch is
    1, so that the head's curves count.

    Args:
        animation: in `ARKIT`.

    Returns:
        The same frames in `METAHUMAN`, every curve within its range.
    """
    shapes = with_own_angles(animation).clip(0.0, 1.0)
    weights = np.tile(METAHUMAN.neutral.astype(np.float64), (len(animation), 1))
    weights += shapes @ _linear()
    for row in _forward():
        if row.is_rule:
            weights[:, METAHUMAN.index(PREFIX + row.target)] += row.weight * evaluate(row.source, shapes, _SHAPES)
    for ours, theirs in _HEAD.items():
        weights[:, METAHUMAN.index(theirs)] = animation[ours]
    weights[:, METAHUMAN.index("HeadControlSwitch")] = 1.0
    return replace(animation, space=METAHUMAN, weights=weights.astype(np.float32)).clamp()


def metahuman_to_arkit(animation: Animation) -> Animation:
    """ARKit controls that come nearest to MetaHuman curves.

    Curves that ARKit's shapes drive are fitted by bounded least squares; mouthClose is what lips that stay together
    take back of the jaw's opening; curves finer than ARKit's shapes make those that they are like at least so large.

    Args:
        animation: in `METAHUMAN`.

    Returns:
        The same frames in `ARKIT`, every control within its range. Gaze is in the look shapes; the eyes' own angles
        stay 0. The head's angles are 0 where HeadControlSwitch is below a half.
    """
    curves = animation.clamp().weights.astype(np.float64)
    driven = np.flatnonzero(_linear().any(0))
    shapes = nearest_weights(_linear()[:, driven], curves[:, driven], within_unit_box, saturation=1.0)
    finer = np.zeros_like(shapes)
    for row in read_table("metahuman_to_arkit.csv"):
        finer[:, _SHAPES.index(row.target)] += row.weight * curves[:, METAHUMAN.index(PREFIX + row.source)]
    shapes = np.maximum(shapes, finer).clip(0.0, 1.0)
    together = curves[:, METAHUMAN.indices(TOGETHER)].mean(1)
    shapes[:, _SHAPES.index("mouthClose")] = together * shapes[:, _SHAPES.index("jawOpen")]
    weights = np.zeros((len(animation), len(ARKIT)))
    weights[:, : len(_SHAPES)] = shapes
    switched_on = animation["HeadControlSwitch"] >= 0.5
    for ours, theirs in _HEAD.items():
        weights[:, ARKIT.index(ours)] = animation[theirs] * switched_on
    return replace(animation, space=ARKIT, weights=weights.astype(np.float32)).clamp()


def metahuman_to_raw(animation: Animation) -> Animation:
    """Raw controls of the rig; neck and head stay at rest, for their joints' axes are the character's."""
    weights = np.tile(METAHUMAN_RAW.neutral, (len(animation), 1))
    count = _expressions()
    weights[:, :count] = animation.weights[:, :count]
    return replace(animation, space=METAHUMAN_RAW, weights=weights)


def raw_to_metahuman(animation: Animation) -> Animation:
    """Live Link curves of raw controls; what neck and head do is lost."""
    weights = np.tile(METAHUMAN.neutral, (len(animation), 1))
    count = _expressions()
    weights[:, :count] = animation.weights[:, :count]
    return replace(animation, space=METAHUMAN, weights=weights)


def _forward() -> tuple[Row, ...]:
    return read_table("arkit_to_metahuman.csv")


@cache
def _linear() -> Array:
    return linear_part(_forward(), _SHAPES, METAHUMAN, PREFIX)


def _expressions() -> int:
    return sum(name.startswith(PREFIX) for name in METAHUMAN.names)
