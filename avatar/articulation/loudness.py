"""How loud speech is from sound to sound: what a mouth opens with beyond what its phones ask.

Where the sound is louder the lips are further apart: from moment to moment in everyday speech (Grant and Seitz 2000,
Chandrasekaran et al. 2009), in stressed syllables (Summers 1987, de Jong 1995) and in loud voices, which still close
their lips for P B M as firmly (Schulman 1989). How much a decibel does is ours.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter1d

Array = NDArray[np.float64]

WIDER = 0.15
"""Millimetres that a decibel adds to the opening."""

JAW = 0.7
"""The jaw's part of that."""

LEAST, MOST = -15.0, 12.0
"""Loudness is kept within these decibels: faint sounds are made with any mouth, and shouts do not tear it apart."""

_RATE = 200  # power is summed in steps of 5 ms
_SOUND = 0.02  # standard deviation in seconds of the window over which power is averaged
_SPEECH = 25.0  # dB under the loudest syllables that still count as speech
_QUIETEST = 1e-10  # power of what is no sound at all


def loudness(samples: ArrayLike, sample_rate: int, *, fps: float, frames: int | None = None) -> Array:
    """The level of clean speech around each frame, relative to the recording's own speech.

    Power is averaged over a sound. Normal is the median over the parts within 25 dB of the loudest syllables:
    neither gain nor pauses matter. Take a whole recording, not a cut, so that normal is the speaker's.

    Args:
        samples: [N] mono, -1..1.
        sample_rate: in Hz.
        fps: frames a second; frame t is the instant t / fps.
        frames: how many to return; by default round(N / sample_rate * fps).

    Returns:
        [T] dB, 0 is normal, kept within -15..12; all 0 where there is no sound.

    Raises:
        ValueError: samples are not mono or not finite, or a rate is not positive.
    """
    sound = np.asarray(samples)
    if sound.ndim != 1:
        raise ValueError(f"samples must be [N] mono, got {list(sound.shape)}; average the channels")
    if not (0 < sample_rate < np.inf and 0 < fps < np.inf):
        raise ValueError(f"sample_rate and fps must be numbers above 0, got {sample_rate} and {fps}")
    if not np.isfinite(sound).all():
        raise ValueError("samples must be finite, got some that are not; mend the recording")
    count = round(len(sound) / sample_rate * fps) if frames is None else frames
    if count < 0:
        raise ValueError(f"frames must be 0 or more, got {frames}")
    starts = np.unique(np.arange(0, len(sound), sample_rate / _RATE).astype(int))
    if not len(starts) or not count:
        return np.zeros(count)
    power = np.add.reduceat(np.square(sound, dtype=np.float64), starts) / np.diff(np.append(starts, len(sound)))
    level = 10 * np.log10(gaussian_filter1d(power, _SOUND * _RATE, mode="nearest") + _QUIETEST)
    loudest = np.quantile(level, 0.98)
    if loudest <= 10 * np.log10(2 * _QUIETEST):
        return np.zeros(count)
    normal = np.median(level[level > loudest - _SPEECH])
    middles = (np.arange(len(level)) + 0.5) / _RATE
    return np.asarray(np.clip(np.interp(np.arange(count) / fps, middles, level - normal), LEAST, MOST))


def widening(level: ArrayLike) -> Array:
    """By how many millimetres a level [T] in dB widens the opening; negative under normal."""
    return WIDER * np.clip(np.asarray(level, np.float64), LEAST, MOST)
