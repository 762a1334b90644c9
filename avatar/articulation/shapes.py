"""From millimetres to the ARKit shapes, so that a head's lips open by exactly what is asked for.

A lip shape does several things at once: `mouthPucker` narrows the mouth, puts the lips forward and closes them a
little. For every frame the gentlest mixture is taken that opens the lips exactly and comes nearest to width, protrusion
and height of the lower lip, each as measured on the head.
"""

import numpy as np

from avatar.articulation.mouth import Array
from avatar.articulation.response import LipResponse, built_in_response
from avatar.articulation.tracks import Tracks

__all__ = ["LipResponse", "built_in_response", "shape_weights"]

CLOSED_OPENING = -0.2
"""Opening in mm asked of closed lips: a slight press, so that no light shows between them."""
PRESS = {"mouthPressLeft": 0.03, "mouthPressRight": 0.03, "mouthRollLower": 0.15, "mouthRollUpper": 0.15}
"""Shapes of lips pressed together; rolled in rather than pressed, which would widen the mouth."""
CLOSED_JAW = 3.0
"""The jaw stays within this many millimetres of opening under closed lips."""
_PASSES = 2


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
    for name, weight in PRESS.items():
        if name in response.space:
            weights[:, response.column(name)] = weight * together
    jaw_open = response.column("jawOpen")
    weights[:, jaw_open] = response.size * jaw / response.opening[jaw_open]
    weights += _lips(response, tracks, opening, together, weights) @ response.synergies
    weights = _finish(np.minimum(weights, 1.0), response.size * opening, response)
    if response.tongue_out > 0:
        out = tracks.tongue_out * response.size / response.tongue_out
        weights[:, response.column("tongueOut")] = out * (1 - together)
    weights += at_teeth[:, None] * (response.bite.weights - weights)
    return np.asarray(np.clip(weights * (1 - tracks.rest)[:, None], 0.0, 1.0))


def _lips(response: LipResponse, tracks: Tracks, opening: Array, together: Array, weights: Array) -> Array:
    """Synergies [T, N] that do what jaw and press, already in `weights`, leave over."""
    jaw, close, size = response.column("jawOpen"), response.column("mouthClose"), response.size
    # What the jaw does to corners and upper lip is made up for: a mouth need not be narrow because it is open.
    width = size * tracks.width - weights[:, jaw] * response.width[jaw]
    protrusion = size * tracks.protrusion - weights[:, jaw] * response.protrusion[jaw]
    missing = size * opening - weights @ response.opening
    # Closing lips meet where the rig's own closing shape has them meet.
    meeting = response.lower_lip[close] / response.opening[close] * missing
    lower_lip = size * tracks.lower_lip + together * (meeting - size * tracks.lower_lip)
    targets = np.stack([width, protrusion, lower_lip], axis=1)
    return response.program.solve(missing, targets)


def _finish(weights: Array, opening: Array, response: LipResponse) -> Array:
    """Give `mouthClose` and the parting of the lips what is still missing of the opening.

    Lips are several points each, the nearest of which count, and shapes end at 1: both bend what was taken as straight.
    """
    close, part = response.synergies[0], response.synergies[1] + response.synergies[2]
    lift = max(float(part @ response.opening), 1e-6)
    for _ in range(_PASSES):
        missing = opening - response.mouth.opening(weights)
        weights = weights + np.outer(np.minimum(missing, 0.0) / (close @ response.opening), close)
        weights += np.outer(np.maximum(missing, 0.0) / lift, part)
    return weights


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
