"""From articulatory terms to the ARKit shapes, so that the head's lips open by exactly the millimetres asked for.

Lip shapes such as `mouthPucker` also close or part the lips. How much each does is measured once on the head; the
remaining difference to the wanted opening is then made by raising and lowering the lips, or by `mouthClose`.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray

from avatar.articulation.bite import Bite, find_bite
from avatar.articulation.mouth import measure_poses
from avatar.articulation.tracks import Tracks
from avatar.controls import ControlSpace
from avatar.rigs import BuiltInHead

Array = NDArray[np.float64]

_SIDES = ("Left", "Right")

SPREAD = {"mouthStretch": 0.6, "mouthSmile": 0.4}
"""How shapes share a spreading of the mouth (both sides; share of the millimetres)."""

LIP_PARTING = {"mouthLowerDown": 0.55, "mouthUpperUp": 0.45}
"""How the lips share the opening that the jaw does not make."""

PUCKER, FUNNEL = 0.9, 0.8
"""Weights of `mouthPucker` at full rounding and `mouthFunnel` at full eversion."""

CLOSED_OPENING = -0.2
"""Opening in mm asked of closed lips: a slight press, so that no light shows between them."""
PRESS = {"mouthPressLeft": 0.08, "mouthPressRight": 0.08, "mouthRollLower": 0.1, "mouthRollUpper": 0.1}
"""Shapes of lips pressed together."""
CLOSED_JAW = 3.0
"""The jaw stays within this many millimetres of opening under closed lips."""


@dataclass(frozen=True, slots=True, eq=False)
class LipResponse:
    """What one unit of each control does to the mouth of a rig.

    Args:
        space: the rig's controls.
        opening: [C] mm of signed lip opening.
        width: [C] mm between the mouth's corners.
        bite: how the lower lip reaches the upper teeth.
    """

    space: ControlSpace
    opening: Array
    width: Array
    bite: Bite

    @classmethod
    def of(cls, rig: BuiltInHead) -> "LipResponse":
        """Measure a rig: a small step of each shape from a slightly opened mouth, where nothing touches."""
        jaw, step = 0.3, 0.05
        base = torch.from_numpy(rig.space.neutral.copy())
        base[rig.space.index("jawOpen")] = jaw
        poses = base + step * torch.eye(len(rig.space))
        measured = measure_poses(torch.cat([base[None], poses]), rig)
        opening, width = (np.asarray(values, np.float64) for values in (measured.signed_opening, measured.width))
        return cls(rig.space, (opening[1:] - opening[0]) / step, (width[1:] - width[0]) / step, find_bite(rig))

    def column(self, name: str) -> int:
        """Index of a control."""
        return self.space.index(name)


@cache
def built_in_response() -> LipResponse:
    """The response of the built-in head, measured on first use."""
    return LipResponse.of(BuiltInHead.load())


def shape_weights(tracks: Tracks, response: LipResponse) -> Array:
    """Put tracks on a rig.

    Args:
        tracks: what the mouth does, [T] each.
        response: of the rig.

    Returns:
        [T, C] weights 0..1.
    """
    together, at_teeth = _shared(tracks.lips, tracks.teeth)
    opening = tracks.opening + together * (CLOSED_OPENING - tracks.opening)
    jaw = tracks.jaw - together * np.maximum(tracks.jaw - CLOSED_JAW, 0.0)

    weights = np.zeros((len(jaw), len(response.space)))

    def add(name: str, amount: Array) -> None:
        weights[:, response.column(name)] += amount

    for name, share in SPREAD.items():
        for side in _SIDES:
            column = response.column(name + side)
            weights[:, column] += tracks.spread * share / (2 * response.width[column])
    add("mouthPucker", PUCKER * tracks.rounding)
    add("mouthFunnel", FUNNEL * tracks.eversion)
    for name, weight in PRESS.items():
        add(name, weight * together)
    add("jawOpen", jaw / response.opening[response.column("jawOpen")])

    missing = opening - weights @ response.opening
    for name, share in LIP_PARTING.items():
        columns = [response.column(name + side) for side in _SIDES]
        weights[:, columns] += (np.maximum(missing, 0.0) * share / response.opening[columns].sum())[:, None]
    close = response.column("mouthClose")
    add("mouthClose", np.minimum(missing, 0.0) / response.opening[close])
    weights += at_teeth[:, None] * (response.bite.weights - weights)
    return np.asarray(np.clip(weights * (1 - tracks.rest)[:, None], 0.0, 1.0))


def _shared(lips: Array, teeth: Array) -> tuple[Array, Array]:
    """Two contacts that follow each other closely must not blur: the one that is made more has the mouth.

    Args:
        lips: [T] 0..1.
        teeth: [T] 0..1.

    Returns:
        both [T], so that one that is fully made leaves nothing of the other.
    """
    for_lips, for_teeth = lips * (1 - teeth) + 1e-9, teeth * (1 - lips)
    share = for_lips / (for_lips + for_teeth)
    return lips * share, teeth * (1 - share)
