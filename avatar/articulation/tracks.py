"""What the mouth does over time, in articulatory terms: millimetres and shares, before any rig's shapes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.articulation.contacts import contact
from avatar.articulation.dominance import blend
from avatar.articulation.inertia import through_spring
from avatar.articulation.score import Score

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tracks:
    """Articulatory parameters at the frames, [T] each, in mm as `Gesture` has them.

    Args:
        opening: distance of the inner lips, as far as no contact closes them.
        jaw: part of it that the jaw makes.
        width: widening of the mouth.
        protrusion: lips forward of rest.
        lower_lip: raising of the lower lip over where the jaw carries it.
        tongue_tip: raising of the tongue's tip; no ARKit shape shows it.
        tongue_back: raising of its back; no ARKit shape shows it.
        tongue_out: its tip put forward.
        lips: 0..1 contact of the lips (P B M).
        teeth: 0..1 contact of the lower lip with the upper teeth (F V).
        rest: 0..1 rest in a pause.
    """

    opening: Array
    jaw: Array
    width: Array
    protrusion: Array
    lower_lip: Array
    tongue_tip: Array
    tongue_back: Array
    tongue_out: Array
    lips: Array
    teeth: Array
    rest: Array


@dataclass(frozen=True, slots=True)
class _Group:
    """Parameters that move together.

    Args:
        names: of `Gesture` and `Tracks`.
        hold: their strength in `Gesture`.
        before: seconds in which a target's dominance falls to 1/e before its segment.
        after: the same after it.
        time_constant: of the moving mass, in seconds.
    """

    names: tuple[str, ...]
    hold: str
    before: float
    after: float
    time_constant: float


# The jaw, being heavy, moves more slowly than the lips. Lip shape is prepared well ahead of its sound, over 0.2 s where
# the consonants before leave the lips free, and let go a little faster.
_GROUPS = (
    _Group(("opening", "lower_lip"), "hold_opening", 0.032, 0.028, 0.0085),
    _Group(("jaw",), "hold_jaw", 0.048, 0.042, 0.0155),
    _Group(("width", "protrusion"), "hold_lips", 0.085, 0.070, 0.0105),
    _Group(("tongue_tip", "tongue_back", "tongue_out"), "hold_tongue", 0.025, 0.022, 0.0085),
)


def play(score: Score, count: int, fps: float) -> Tracks:
    """Perform a score at `count` frames, frame t at t / fps."""
    # Springs work on a finer grid that contains the frames, so that the result hardly depends on the frame rate.
    steps = max(1, int(np.ceil(200 / fps)))
    rate = fps * steps
    fine = (count - 1) * steps + 1 if count else 0
    curves: dict[str, Array] = {}
    for group in _GROUPS:
        blended = blend(
            score.spans,
            score.columns(group.names),
            score.columns((group.hold,))[:, 0],
            before=group.before,
            after=group.after,
            count=fine,
            rate=rate,
        )
        moved = through_spring(blended, rate=rate, time_constant=group.time_constant)[::steps]
        curves |= dict(zip(group.names, moved.T, strict=True))
    times = np.arange(count) / fps
    return Tracks(
        **curves,
        lips=contact(times, score.lips, release=0.065, approach=0.070),
        teeth=contact(times, score.teeth, release=0.070, approach=0.075),
        rest=contact(times, score.rest, release=0.150, approach=0.160),
    )
