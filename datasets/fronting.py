"""Say "goose", and the end of "goat", further forward in the mouth, as many speakers of English and no synthesizers do.

Younger speakers of British, American and Australian English raise the second formant of these vowels far above that of
older recordings (Hawkins and Midgley 2005, "Formant frequencies of RP monophthongs in four age groups of speakers"),
some until it nearly meets the third, while their lips stay rounded (Harrington, Kleber and Reubold 2011, on
articulation). Who has only heard them at the back takes them for spread vowels.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy import signal
from scipy.linalg import solve_toeplitz

from avatar.articulation.phones import Phone
from avatar.datasets.synthesis import SAMPLE_RATE
from avatar.datasets.whisper import FRAME, HOP, ORDER

RAMP = 0.03
"""Seconds before and after the vowel over which the formant moves, as neighbouring sounds move with their vowel."""

LOWEST, WIDEST = 200.0, 600.0
"""Hz: lower resonances and those of greater bandwidth are no formants."""

BACK = (600.0, 2100.0)
"""Hz within which the second formant of these vowels is looked for."""

APART = 200.0
"""Hz that a third formant lies above the second at least."""

FRONTED = {"UW": 0.0, "OW": 0.5}
"""Where in the vowel the tongue moves forward, as a share of its duration."""


def front(samples: NDArray[np.float32], phones: Iterable[Phone], share: float) -> NDArray[np.float32]:
    """Raise the second formant of every UW and of every OW's end.

    The pole pair of that formant, found by linear prediction (Makhoul 1975), is exchanged for one nearer to the third;
    the rest of the sound, its level and all times stay.

    Args:
        samples: [N] float32 at 16 kHz.
        phones: what is said when.
        share: where the second formant goes, as a share of the vowel's third, whatever the voice's size: a back vowel
            has 0.4, IY 0.85. Vowels that have it as high already are left alone.

    Returns:
        [N] float32.
    """
    result = samples.astype(np.float64)
    for phone in phones:
        if phone.symbol in FRONTED:
            start = phone.start + FRONTED[phone.symbol] * phone.duration
            _front_one(samples, result, start, phone.end, share)
    return result.astype(np.float32)


def _front_one(
    samples: NDArray[np.float32], result: NDArray[np.float64], start: float, end: float, share: float
) -> None:
    """Add to `result` what changes from `start` to `end`, in seconds."""
    window = signal.get_window("hann", FRAME)
    middles = np.arange((start - RAMP) * SAMPLE_RATE, (end + RAMP) * SAMPLE_RATE, HOP)
    starts = np.round(middles).astype(int) - FRAME // 2
    starts = starts[(starts >= 0) & (starts + 2 * FRAME <= len(samples))]
    frames = [samples[at : at + FRAME] * window for at in starts]
    found = [upper_formants(frame) for frame in frames]
    known = [formants for formants in found if formants is not None]
    if len(known) < 3 or 2 * len(known) < len(found):
        return
    poles = [pole for pole, _ in known]
    typical = complex(np.median(np.real(poles)), np.median(np.imag(poles)))
    target = share * float(np.median([third for _, third in known]))
    seconds = (starts + FRAME // 2) / SAMPLE_RATE
    outside = np.maximum(np.maximum(start - seconds, seconds - end), 0)
    amount = 0.5 + 0.5 * np.cos(np.pi * np.clip(outside / RAMP, 0, 1))
    for at, frame, formants, part in zip(starts, frames, found, amount, strict=True):
        pole = typical if formants is None else formants[0]
        here = np.angle(pole) * SAMPLE_RATE / (2 * np.pi)
        moved = abs(pole) * np.exp(2j * np.pi * (here + part * max(target - here, 0)) / SAMPLE_RATE)
        padded = np.pad(frame, (0, FRAME))
        changed = signal.lfilter(_pair(pole), _pair(moved), padded)
        changed *= np.sqrt(np.sum(padded**2) / max(np.sum(changed**2), 1e-12))
        # Hann windows at a quarter of their length add up to two.
        result[at : at + 2 * FRAME] += (changed - padded) / 2


def _pair(pole: complex) -> list[float]:
    return [1.0, -2 * pole.real, abs(pole) ** 2]


def upper_formants(frame: NDArray[np.float64]) -> tuple[complex, float] | None:
    """The pole of the second formant of a windowed frame [FRAME], and the third in Hz; None where unclear."""
    bright = np.append(frame[0], frame[1:] - 0.95 * frame[:-1])
    correlation = np.correlate(bright, bright, "full")[FRAME - 1 : FRAME + ORDER]
    if correlation[0] < 1e-9:
        return None
    correlation[0] *= 1 + 1e-5
    poles = np.roots(np.append(1, -solve_toeplitz(correlation[:-1], correlation[1:])))
    hertz, bandwidth = (
        np.angle(poles) * SAMPLE_RATE / (2 * np.pi),
        -np.log(np.maximum(np.abs(poles), 1e-9)) * SAMPLE_RATE / np.pi,
    )
    formants = sorted(
        ((at, pole) for at, width, pole in zip(hertz, bandwidth, poles, strict=True) if at > LOWEST and width < WIDEST),
        key=lambda formant: formant[0],
    )
    if len(formants) < 2 or not BACK[0] < formants[1][0] < BACK[1]:
        return None
    second, pole = formants[1]
    third = next((at for at, _ in formants[2:] if at > second + APART), None)
    return None if third is None else (complex(pole), float(third))
