"""Damage a clean recording in one known way, to measure what still gets through."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from avatar.datasets.beds import babble, music, pink, white
from avatar.datasets.channel import NARROW, TELEPHONE, add_noise, band, overdrive, reverberate

Samples = NDArray[np.float32]

DEFAULT_DECIBELS = 10.0
"""Level of speech over what is added, where nothing else is asked for."""

REVERBERATION_SECONDS = 0.8
"""Time in which the room's sound falls by 60 dB: a hard, empty room."""

QUIET_DECIBELS = -40.0
"""Gain of a recording that was made far too quiet."""

OVERDRIVE = 4.0
"""Times full scale that the peak of a clipped recording would have had."""

_STEP = 1 / 32768


def _noise(samples: Samples, rng: np.random.Generator) -> Samples:
    return pink(white(len(samples), rng))


def _babble(samples: Samples, rng: np.random.Generator) -> Samples:
    return babble(samples, len(samples), rng)


def _music(samples: Samples, rng: np.random.Generator) -> Samples:
    return music(len(samples), rng)


def _reverb(samples: Samples, rng: np.random.Generator) -> Samples:
    return reverberate(samples, REVERBERATION_SECONDS, rng, wet=1.0)


def _telephone(samples: Samples, rng: np.random.Generator) -> Samples:
    return band(samples, *TELEPHONE)


def _eight_kilohertz(samples: Samples, rng: np.random.Generator) -> Samples:
    return band(samples, None, NARROW)


def _quiet(samples: Samples, rng: np.random.Generator) -> Samples:
    # Sixteen bits are then few, and their steps are part of the damage.
    return (np.round(samples * 10 ** (QUIET_DECIBELS / 20) / _STEP) * _STEP).astype(np.float32)


def _clipped(samples: Samples, rng: np.random.Generator) -> Samples:
    return overdrive(samples, OVERDRIVE)


BEDS: dict[str, Callable[[Samples, np.random.Generator], Samples]] = {
    "noise": _noise,
    "babble": _babble,
    "music": _music,
}
"""Kinds of damage that are added at a level: pink noise, people who talk, music."""

CHANGES: dict[str, Callable[[Samples, np.random.Generator], Samples]] = {
    "reverb": _reverb,
    "telephone": _telephone,
    "8kHz": _eight_kilohertz,
    "quiet": _quiet,
    "clipped": _clipped,
}
"""Kinds of damage that change the sound itself."""


def degrade(samples: Samples, kind: str, rng: np.random.Generator, *, snr: float | None = None) -> Samples:
    """Damage a recording; nothing in it moves in time.

    Args:
        samples: [N] float32 at 16 kHz, -1..1.
        kind: one of `BEDS` or `CHANGES`.
        rng: the same state gives the same damage.
        snr: level in dB of the speech, pauses included, over the bed; None is `DEFAULT_DECIBELS`.

    Returns:
        [N] float32, -1..1.

    Raises:
        ValueError: if the kind is unknown, or if it takes no snr and one is given, or snr is not finite.

    >>> import numpy as np
    >>> tone = np.sin(np.arange(16000)).astype(np.float32)
    >>> degrade(tone, "music", np.random.default_rng(0), snr=5).shape
    (16000,)
    """
    if kind not in (*BEDS, *CHANGES):
        raise ValueError(f"kind must be one of {', '.join([*BEDS, *CHANGES])}, got {kind!r}")
    if snr is not None and kind in CHANGES:
        raise ValueError(f"snr must be None for {kind!r}, got {snr}; only {', '.join(BEDS)} are added at a level")
    if snr is not None and not isfinite(snr):
        raise ValueError(f"snr must be finite decibels, got {snr}")
    if not len(samples):
        return samples
    if kind in BEDS:
        level = DEFAULT_DECIBELS if snr is None else snr
        mixed = add_noise(samples, BEDS[kind](samples, rng), level)
        peak = float(np.abs(mixed).max(initial=1.0))
        # Turned down rather than clipped: that would be a second damage.
        return (mixed / np.float32(peak)).astype(np.float32)
    return np.clip(CHANGES[kind](samples, rng), -1, 1).astype(np.float32)
