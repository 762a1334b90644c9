"""What the mouth does over time, in articulatory terms: millimetres and shares, before any rig's shapes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from avatar.articulation.contacts import contact
from avatar.articulation.dominance import blend
from avatar.articulation.score import Score

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tracks:
    """Articulatory parameters at the frames, [T] each.

    Args:
        opening: distance of the inner lips in mm, as far as no contact closes them.
        jaw: part of it that the jaw makes, in mm.
        spread: widening of the mouth in mm.
        rounding: 0..1.
        eversion: 0..1.
        lips: 0..1 contact of the lips (P B M).
        teeth: 0..1 contact of the lower lip with the upper teeth (F V).
        rest: 0..1 rest in a pause.
    """

    opening: Array
    jaw: Array
    spread: Array
    rounding: Array
    eversion: Array
    lips: Array
    teeth: Array
    rest: Array


def play(score: Score, count: int, fps: float) -> Tracks:
    """Perform a score at `count` frames, frame t at t / fps.

    Time constants: the jaw, being heavy, moves more slowly than the lips; lip shape is prepared well ahead of its
    sound and let go faster (anticipation beats carry-over).
    """
    # Filters work on a finer grid that contains the frames, so that the result hardly depends on the frame rate.
    steps = max(1, int(np.ceil(200 / fps)))
    rate = fps * steps
    fine = (count - 1) * steps + 1 if count else 0
    rows = score.gestures

    def column(name: str) -> Array:
        return np.array([getattr(gesture, name) for gesture in rows], np.float64)

    def track(names: tuple[str, ...], hold: str, before: float, after: float, sigma: float) -> Array:
        targets = np.stack([column(name) for name in names], axis=1)
        curves = blend(score.spans, targets, column(hold), before=before, after=after, count=fine, rate=rate)
        return np.asarray(gaussian_filter1d(curves, sigma * rate, axis=0, mode="nearest")[::steps].T)

    (opening,) = track(("opening",), "hold_opening", 0.030, 0.030, 0.012)
    (jaw,) = track(("jaw",), "hold_jaw", 0.045, 0.045, 0.022)
    spread, rounding, eversion = track(("spread", "rounding", "eversion"), "hold_lips", 0.075, 0.045, 0.015)
    times = np.arange(count) / fps
    return Tracks(
        opening,
        jaw,
        spread,
        rounding,
        eversion,
        contact(times, score.lips, release=0.065, approach=0.070),
        contact(times, score.teeth, release=0.070, approach=0.075),
        contact(times, score.rest, release=0.150, approach=0.160),
    )
