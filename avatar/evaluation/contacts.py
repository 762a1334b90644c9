"""Whether the mouth does what phones demand: closures made, none where it should be open, rest in pauses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.articulation.phones import BILABIAL, LABIODENTAL, OPEN_VOWELS, SILENCE, Phone
from avatar.evaluation.average import Average, Pooled
from avatar.evaluation.motion import MouthMotion

CLOSED = 1.0
"""Opening in mm under which the lips count as closed."""

AT_TEETH = 2.0
"""Distance in mm under which the lower lip counts as being at the upper teeth."""

OPEN = 2.0
"""An open vowel whose largest opening in mm stays under this is a false closure."""

PAUSE = 0.2
"""Silences longer than this many seconds are judged."""

MARGIN = 0.08
"""Seconds at both ends of a pause in which the mouth may still settle or already prepare."""

MOVING = 3.0
"""Speed of the opening in mm a second above which a silent frame moves."""


_NOTHING = Average()


@dataclass(frozen=True, slots=True)
class Demands(Pooled):
    """How far demands were met. Shares are 0..1, openings in mm.

    Args:
        closure: share of p b m whose smallest opening is under 1.0 mm.
        at_teeth: share of f v that bring the lower lip within 2.0 mm of the upper teeth.
        false_closure: share of open vowels whose largest opening stays under 2.0 mm.
        pause_opening: mean opening over whole pauses.
        silence_opening: mean opening in pauses without 80 ms at both ends.
        silence_moving: share of those frames in which the opening changes faster than 3 mm a second.
    """

    closure: Average = _NOTHING
    at_teeth: Average = _NOTHING
    false_closure: Average = _NOTHING
    pause_opening: Average = _NOTHING
    silence_opening: Average = _NOTHING
    silence_moving: Average = _NOTHING


def demands(motion: MouthMotion, phones: Sequence[Phone]) -> Demands:
    """Judge mouth motion against the phones that were spoken.

    A curve is read between frames by straight lines, so that a phone shorter than a frame still has a value.

    Args:
        motion: measured mouth; a rig without teeth has NaN there, and f v are left out.
        phones: what was said when; parts beyond the motion's end are left out.
    """
    end = motion.times[-1] if len(motion.times) else 0.0
    inside = [phone for phone in phones if phone.start < end]

    def extremes(
        symbols: frozenset[str], curve: NDArray[np.float64], pick: Callable[[NDArray[np.float64]], float]
    ) -> NDArray[np.float64]:
        return np.array(
            [
                pick(_read(motion, curve, phone.start, min(phone.end, end)))
                for phone in inside
                if phone.symbol in symbols
            ],
            np.float64,
        )

    closest = extremes(BILABIAL, motion.opening, np.min)
    nearest = extremes(LABIODENTAL, motion.lower_lip_to_teeth, np.min)
    widest = extremes(OPEN_VOWELS, motion.opening, np.max)
    pauses = [phone for phone in inside if phone.symbol == SILENCE and phone.duration > PAUSE]
    whole = _frames(motion, pauses, 0.0)
    still = _frames(motion, pauses, MARGIN)
    speed = np.abs(np.gradient(motion.opening)) * motion.fps if len(motion.opening) > 1 else np.zeros(1)
    return Demands(
        closure=Average.of(closest < CLOSED),
        at_teeth=Average.of(nearest[np.isfinite(nearest)] < AT_TEETH),
        false_closure=Average.of(widest < OPEN),
        pause_opening=Average.of(motion.opening[whole]),
        silence_opening=Average.of(motion.opening[still]),
        silence_moving=Average.of(speed[still] > MOVING),
    )


def _read(motion: MouthMotion, curve: NDArray[np.float64], start: float, end: float) -> NDArray[np.float64]:
    frames = motion.times[(motion.times > start) & (motion.times < end)]
    return np.asarray(np.interp(np.concatenate([[start], frames, [end]]), motion.times, curve))


def _frames(motion: MouthMotion, pauses: Sequence[Phone], margin: float) -> NDArray[np.bool_]:
    """The frames [T] within the pauses, without `margin` seconds at both ends."""
    times, inside = motion.times, np.zeros(len(motion.times), bool)
    for pause in pauses:
        inside |= (times >= pause.start + margin) & (times < pause.end - margin)
    return inside
