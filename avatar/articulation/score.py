"""From phones to what is asked of the mouth when: rows of targets, and the contacts' plateaus."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from avatar.articulation.contacts import Plateaus
from avatar.articulation.dominance import Spans
from avatar.articulation.gestures import GESTURES, REDUCED, SCHWA, Gesture
from avatar.articulation.phones import BILABIAL, LABIODENTAL, SILENCE, Phone

Array = NDArray[np.float64]

CONTACT = 0.040
"""Shortest full contact in seconds: two frames at 50 a second, however fast the speech."""

PAUSE = 0.2
"""Pauses from this many seconds on close the mouth; shorter ones only relax it."""

NUCLEUS = 0.7
"""Share of a diphthong that its first vowel lasts: the glide comes late (Gay 1968)."""

FULL, PASSING = 0.09, 0.04
"""Durations in seconds from which on a vowel is spoken in full, and down to which nothing but a schwa is left of it."""

_TOLERANCE = 2e-3  # aligners round their times

# The lips are free while the tongue makes these, so they close early for a following P B M (the "n" of "ten boys").
_LIPS_FREE = frozenset({"T", "D", "N", "K", "G", "NG"})


@dataclass(frozen=True, slots=True)
class Score:
    """Everything that the phones ask for.

    Args:
        spans: times of N gestures (a diphthong makes two).
        gestures: [N] what each asks.
        lips: plateaus of the lips on each other (P B M).
        teeth: plateaus of the lower lip at the upper teeth (F V).
        rest: plateaus of the closed, relaxed mouth (pauses).
    """

    spans: Spans
    gestures: tuple[Gesture, ...]
    lips: Plateaus
    teeth: Plateaus
    rest: Plateaus

    def columns(self, names: tuple[str, ...]) -> Array:
        """Values [N, K] of K parameters of the gestures, by name."""
        return np.array([[getattr(gesture, name) for name in names] for gesture in self.gestures], np.float64)


def write_score(phones: Sequence[Phone], duration: float) -> Score:
    """Lay out gestures and contacts in time.

    Args:
        phones: in order of time; stretches that none covers are silence.
        duration: seconds; silence is added up to here.

    Raises:
        ValueError: two phones overlap.
    """
    line = _with_silences(phones, duration)
    starts: list[float] = []
    ends: list[float] = []
    gestures: list[Gesture] = []
    for phone in line:
        parts = _gestures(phone)
        bounds = [phone.start, phone.end]
        if len(parts) == 2:
            bounds.insert(1, phone.start + NUCLEUS * phone.duration)
        starts.extend(bounds[:-1])
        ends.extend(bounds[1:])
        gestures.extend(parts)
    return Score(
        Spans(np.array(starts), np.array(ends)),
        tuple(gestures),
        _plateaus([_lip_contact(line, i) for i, phone in enumerate(line) if phone.symbol in BILABIAL]),
        _plateaus([_teeth_contact(line, i) for i, phone in enumerate(line) if phone.symbol in LABIODENTAL]),
        _plateaus([_rest(line, i) for i, phone in enumerate(line) if _is_pause(phone)]),
    )


def _gestures(phone: Phone) -> tuple[Gesture, ...]:
    """A phone's gestures; weak vowels lose their own shape as they get shorter (Lindblom 1963)."""
    parts = GESTURES[phone.symbol]
    if phone.symbol not in REDUCED or phone.duration >= FULL:
        return parts
    own = max(phone.duration - PASSING, 0.0) / (FULL - PASSING)
    return tuple(
        Gesture(*(own * getattr(part, each.name) + (1 - own) * getattr(SCHWA, each.name) for each in fields(Gesture)))
        for part in parts
    )


def _with_silences(phones: Sequence[Phone], duration: float) -> list[Phone]:
    """The phones without gaps from 0 to `duration`, neighbouring silences joined."""
    line: list[Phone] = []
    now = 0.0
    for phone in phones:
        if phone.start < now - _TOLERANCE:
            raise ValueError(
                f"phones must follow each other in time, got {phone.symbol!r} at {phone.start:.3f} s before the end "
                f"of the one before at {now:.3f} s; sort them and cut overlaps"
            )
        if phone.start > now + _TOLERANCE:
            _append(line, SILENCE, now, phone.start)
            now = phone.start
        if phone.end > now:
            _append(line, phone.symbol, now, phone.end)
            now = phone.end
    if duration > now + _TOLERANCE or not line:
        _append(line, SILENCE, now, duration)
    return line


def _append(line: list[Phone], symbol: str, start: float, end: float) -> None:
    if line and symbol == line[-1].symbol == SILENCE:
        start = line.pop().start
    line.append(Phone(symbol, start, end))


def _is_pause(phone: Phone) -> bool:
    return phone.symbol == SILENCE and phone.duration >= PAUSE


def _held(start: float, end: float) -> tuple[float, float]:
    """A stretch about the same middle that lasts at least `CONTACT`."""
    middle, half = (start + end) / 2, max(end - start, CONTACT) / 2
    return middle - half, middle + half


def _teeth_contact(line: Sequence[Phone], index: int) -> tuple[float, float]:
    """When the lip is at the teeth for an F or V: nearly throughout, because it is what makes the noise.

    Beside a P B M the lip needs part of the time to get from one place to the other.
    """
    phone = line[index]
    follows = index > 0 and line[index - 1].symbol in BILABIAL
    precedes = index + 1 < len(line) and line[index + 1].symbol in BILABIAL
    return _held(
        phone.start + (0.4 if follows else 0.15) * phone.duration,
        phone.end - (0.4 if precedes else 0.15) * phone.duration,
    )


def _lip_contact(line: Sequence[Phone], index: int) -> tuple[float, float]:
    """When the lips are together for a P B M.

    They meet a little before the sound stops, and for P and B they part before the segment ends, because the burst
    (and the breath of a P) belongs to it.
    """
    phone = line[index]
    before = line[index - 1].symbol if index else SILENCE
    parting = phone.end - min({"P": 0.3, "B": 0.15, "M": 0.05}[phone.symbol] * phone.duration, 0.06)
    if before in LABIODENTAL:
        return _held(phone.start + 0.1 * phone.duration, parting)
    early = min(0.045, line[index - 1].duration / 2) if before in _LIPS_FREE else 0.015
    start, end = _held(phone.start, parting)
    return min(start, phone.start - early), end


def _rest(line: Sequence[Phone], index: int) -> tuple[float, float]:
    """When the mouth is at rest in a pause: soon after the speech before, until shortly before the speech after."""
    pause = line[index]
    settle = 0.12 if index else 0.0
    prepare = 0.13 if index + 1 < len(line) else 0.0
    squeeze = min(1.0, (pause.duration - CONTACT) / max(settle + prepare, 1e-9))
    return pause.start + settle * squeeze, pause.end - prepare * squeeze


def _plateaus(stretches: Sequence[tuple[float, float]]) -> Plateaus:
    array = np.array(stretches, np.float64).reshape(-1, 2)
    return Plateaus.merged(array[:, 0], array[:, 1])
