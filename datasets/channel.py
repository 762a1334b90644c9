"""What rooms, microphones and lines do to a sound without moving anything in time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft, signal

from avatar.datasets.synthesis import SAMPLE_RATE

Samples = NDArray[np.float32]

TELEPHONE = (300.0, 3400.0)
"""The band of a telephone in Hz (ITU-T G.712)."""

NARROW = 3800.0
"""Highest frequency in Hz that a recording of 8 kHz keeps."""


def tilt(samples: Samples, decibels: float) -> Samples:
    """Slope the spectrum: the octave at 4 kHz rises by half of `decibels` and that at 125 Hz falls by half."""
    length = fft.next_fast_len(len(samples), real=True)
    spectrum = fft.rfft(samples, length)
    frequency = fft.rfftfreq(length, 1 / SAMPLE_RATE)
    octaves = np.clip(np.log2(np.maximum(frequency, 1) / np.sqrt(125 * 4000)) / 5, -0.6, 0.6)
    sloped = fft.irfft(spectrum * 10 ** (octaves * decibels / 20), length)[: len(samples)]
    return np.asarray(sloped, np.float32)


def reverberate(samples: Samples, seconds: float, rng: np.random.Generator, *, wet: float | None = None) -> Samples:
    """Speak in a room; the direct sound comes first and keeps its time.

    Args:
        samples: [N].
        seconds: in which the room's sound falls by 60 dB.
        rng: of the room's echoes.
        wet: level of the room over the direct sound, a factor; None is 0.1 to 0.9 by chance.
    """
    length = round(seconds * SAMPLE_RATE)
    time = np.arange(length) / SAMPLE_RATE
    tail = rng.standard_normal(length) * 10 ** (-3 * time / seconds)
    gap = round(rng.uniform(0.002, 0.02) * SAMPLE_RATE)
    tail[:gap] = 0
    level = rng.uniform(0.1, 0.9) if wet is None else wet
    tail *= level / max(float(np.sqrt(np.sum(tail**2))), 1e-9)
    tail[0] = 1
    heard = signal.fftconvolve(samples, tail.astype(np.float32))[: len(samples)]
    return np.asarray(heard, np.float32)


def add_noise(samples: Samples, noise: Samples, decibels: float) -> Samples:
    """Add noise so that speech lies so many decibels above it.

    Args:
        samples: [N].
        noise: [N].
        decibels: level of the whole speech, pauses included, over that of the noise.
    """
    speech_power, noise_power = float(np.mean(samples**2)), float(np.mean(noise**2))
    if speech_power == 0 or noise_power == 0:
        return samples
    factor = np.sqrt(speech_power / noise_power / 10 ** (decibels / 10))
    return (samples + noise * np.float32(factor)).astype(np.float32)


def band(samples: Samples, low: float | None, high: float) -> Samples:
    """Keep the frequencies from `low` (None is 0) to `high` in Hz, without delay."""
    if low is None:
        sections = signal.butter(6, high, "lowpass", fs=SAMPLE_RATE, output="sos")
    else:
        sections = signal.butter(6, (low, high), "bandpass", fs=SAMPLE_RATE, output="sos")
    # As far as the filter wants to be led in, where there is as much sound.
    lead = min(3 * (2 * len(sections) + 1), len(samples) - 1)
    return np.asarray(signal.sosfiltfilt(sections, samples, padlen=lead), np.float32)


def overdrive(samples: Samples, factor: float) -> Samples:
    """Record so loud that the peak would lie at `factor` times full scale, where it is cut off."""
    peak = max(float(np.abs(samples).max()), 1e-6)
    return np.asarray(np.clip(samples * np.float32(factor / peak), -1, 1), np.float32)
