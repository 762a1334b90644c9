"""How loudly each syllable is spoken: what a mouth opens with beyond what its phones ask.

Loud voices amplify the movements of normal speech, the jaw's most of all, and close their lips for P B M as firmly
(Schulman 1989); 10 dB more change lips and jaw moderately (Huber and Chandrasekaran 2006). Stressed syllables are
louder, and the jaw goes lower in them (Summers 1987, de Jong 1995). How much a decibel does is ours.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter1d

Array = NDArray[np.float64]

DOUBLING = 20.0
"""Decibels that double opening and jaw: wide when somebody shouts, gentle within a sentence."""

MOST = 12.0
"""Loudness is kept within this many decibels of normal."""

_RATE = 200  # power is summed in steps of 5 ms
_SYLLABLE = 0.06  # standard deviation in seconds of the window over which power is averaged
_SPEECH = 25.0  # dB under the loudest syllables that still count as speech
_QUIETEST = 1e-10  # power of what is no sound at all


def loudness(samples: ArrayLike, sample_rate: int, *, fps: float, frames: int | None = None) -> Array:
    """The level of clean speech around each frame, relative to the recording's own speech.

    Power is averaged over a syllable. Normal is the median over the parts within 25 dB of the loudest syllables:
    neither gain nor pauses matter. Take a whole recording, not a cut, so that normal is the speaker's.

    Args:
        samples: [N] mono, -1..1.
        sample_rate: in Hz.
        fps: frames a second; frame t is the instant t / fps.
        frames: how many to return; by default round(N / sample_rate * fps).

    Returns:
        [T] dB, 0 is normal, kept within -12..12; all 0 where there is no sound.

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
    level = 10 * np.log10(gaussian_filter1d(power, _SYLLABLE * _RATE, mode="nearest") + _QUIETEST)
    loudest = np.quantile(level, 0.98)
    if loudest <= 10 * np.log10(2 * _QUIETEST):
        return np.zeros(count)
    normal = np.median(level[level > loudest - _SPEECH])
    middles = (np.arange(len(level)) + 0.5) / _RATE
    return np.asarray(np.clip(np.interp(np.arange(count) / fps, middles, level - normal), -MOST, MOST))


def opening_factor(level: ArrayLike) -> Array:
    """By how much a level [T] in dB widens opening and jaw: twice for `DOUBLING`."""
    return np.asarray(2.0 ** (np.clip(np.asarray(level, np.float64), -MOST, MOST) / DOUBLING))
