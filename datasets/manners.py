"""Ways to speak other than plainly: shouted and whispered, made out of plain speech so that all phone times stay.

Shouting raises pitch and first formant, slows down and flattens the spectrum (Traunmüller and Eriksson, 2000, "Acoustic
effects of variation in vocal effort by men, women, and children"). Whispering has noise from the open glottis where
plain speech has pulses, and less of its energy in the low frequencies (Jovičić, 1998, "Formant feature differences
between whispered and voiced sustained vowels").
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.datasets.channel import tilt
from avatar.datasets.whisper import whisper

Samples = NDArray[np.float32]

SHOUT_TILT = 12.0
"""Decibels by which shouting lifts the high frequencies over the low ones."""


@dataclass(frozen=True, slots=True)
class Manner:
    """A way to speak.

    Args:
        process: changes samples [N] at 16 kHz, but not when anything happens.
        speed: factor on the speed asked of the synthesizer.
        pitch: factor on the pitch asked of the synthesizer.
        liveliness: factor on the range of the pitch.
    """

    process: Callable[[Samples, np.random.Generator], Samples]
    speed: float = 1.0
    pitch: float = 1.0
    liveliness: float = 1.0


def _plain(samples: Samples, rng: np.random.Generator) -> Samples:
    return samples


def shout(samples: Samples, rng: np.random.Generator) -> Samples:
    """Flatten the spectrum [N] and even out the level, as a strained voice does."""
    bright = tilt(samples, SHOUT_TILT)
    scale = 3 * max(float(np.sqrt(np.mean(bright**2))), 1e-6)
    return np.asarray(0.8 * np.tanh(bright / np.float32(scale)), np.float32)


MANNERS = {
    "plain": Manner(_plain),
    "shouted": Manner(shout, speed=0.85, pitch=1.5, liveliness=2.0),
    "whispered": Manner(whisper, speed=0.95),
}
"""All manners by name."""
