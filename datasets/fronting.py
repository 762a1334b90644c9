"""Say "goose" further forward in the mouth, as many speakers of English do and synthesizers do not.

Younger speakers of British, American and Australian English raise the second formant of this vowel far above that of
older recordings (Hawkins and Midgley 2005, "Formant frequencies of RP monophthongs in four age groups of speakers"),
while their lips stay rounded (Harrington, Kleber and Reubold 2011, on articulation). Who has only heard it at the back
takes it for a spread vowel.
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
"""Hz within which the second formant of this vowel is looked for."""

FRONTED = frozenset({"UW"})


def front(samples: NDArray[np.float32], phones: Iterable[Phone], target: float) -> NDArray[np.float32]:
    """Raise the second formant of every UW.

    The pole pair of that formant, found by linear prediction (Makhoul 1975), is exchanged for one at the target; the
    rest of the sound, its level and all times stay.

    Args:
        samples: [N] float32 at 16 kHz.
        phones: what is said when.
        target: where the formant goes, in Hz; vowels that have it as high already are left alone.

    Returns:
        [N] float32.
    """
    result = samples.astype(np.float64)
    for phone in phones:
        if phone.symbol in FRONTED:
            _front_one(samples, result, phone, target)
    return result.astype(np.float32)


def _front_one(samples: NDArray[np.float32], result: NDArray[np.float64], phone: Phone, target: float) -> None:
    """Add to `result` what the vowel's samples change."""
    window = signal.get_window("hann", FRAME)
    middles = np.arange((phone.start - RAMP) * SAMPLE_RATE, (phone.end + RAMP) * SAMPLE_RATE, HOP)
    starts = np.round(middles).astype(int) - FRAME // 2
    starts = starts[(starts >= 0) & (starts + 2 * FRAME <= len(samples))]
    frames = [samples[start : start + FRAME] * window for start in starts]
    found = [second_formant(frame) for frame in frames]
    known = [pole for pole in found if pole is not None]
    if len(known) < 3 or 2 * len(known) < len(found):
        return
    typical = complex(np.median(np.real(known)), np.median(np.imag(known)))
    seconds = (starts + FRAME // 2) / SAMPLE_RATE
    outside = np.maximum(np.maximum(phone.start - seconds, seconds - phone.end), 0)
    amount = 0.5 + 0.5 * np.cos(np.pi * np.clip(outside / RAMP, 0, 1))
    for start, frame, pole, share in zip(starts, frames, found, amount, strict=True):
        pole = typical if pole is None else pole
        here = np.angle(pole) * SAMPLE_RATE / (2 * np.pi)
        moved = abs(pole) * np.exp(2j * np.pi * (here + share * max(target - here, 0)) / SAMPLE_RATE)
        padded = np.pad(frame, (0, FRAME))
        changed = signal.lfilter(_pair(pole), _pair(moved), padded)
        changed *= np.sqrt(np.sum(padded**2) / max(np.sum(changed**2), 1e-12))
        # Hann windows at a quarter of their length add up to two.
        result[start : start + 2 * FRAME] += (changed - padded) / 2


def _pair(pole: complex) -> list[float]:
    return [1.0, -2 * pole.real, abs(pole) ** 2]


def second_formant(frame: NDArray[np.float64]) -> complex | None:
    """The pole of the second formant of a windowed frame [FRAME]; None where none can be told."""
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
    return complex(formants[1][1])
