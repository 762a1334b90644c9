"""Turn a voice into a whisper: its vocal tract stays, its glottis hisses."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from avatar.datasets.synthesis import SAMPLE_RATE

FRAME = 512
"""Samples of an analysed frame, 32 ms."""

HOP = 128
"""Samples between frames, 8 ms."""

ORDER = 18
"""Poles of the vocal tract: about one pair a kilohertz, and two for the rest."""

VOICING_LOSS = 14.0
"""Decibels that a voiced sound loses by losing its voice; a hiss was none and loses nothing."""

PITCH_SECONDS = (0.0025, 0.0133)
"""Range of the period of a voice, 75 to 400 Hz."""


def whisper(samples: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Speak the same without voice.

    Linear prediction (Makhoul, 1975, "Linear prediction: a tutorial review") splits each frame into a resonance and an
    excitation; the latter is replaced by noise. Nothing moves in time.

    Args:
        samples: [N] float32 at 16 kHz.
        rng: of the noise.

    Returns:
        [N] float32.
    """
    # The first difference takes the slope of the glottal pulses away; whispers have none.
    bright = signal.lfilter([1, -0.95], [1], samples)
    window = signal.get_window("hann", FRAME)
    padded = np.pad(bright, (FRAME, 2 * FRAME))
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP] * window
    resonance, voicing = analyse(frames)
    loss = 10 ** (-VOICING_LOSS * voicing / 20)
    noise = np.lib.stride_tricks.sliding_window_view(rng.standard_normal(len(padded)), FRAME)[::HOP] * window
    shaped = np.fft.irfft(np.fft.rfft(noise, 2 * FRAME) * resonance * loss[:, None])
    whispered = np.zeros(len(padded) + 2 * FRAME)
    for number, frame in enumerate(shaped):
        whispered[number * HOP : number * HOP + 2 * FRAME] += frame
    # All frames are windows of one noise, so that they add up by their height.
    overlap = np.sum(window) / HOP
    return np.asarray(whispered[FRAME : FRAME + len(samples)] / overlap, np.float32)


def analyse(frames: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Resonance and voicing of frames.

    Args:
        frames: [T, FRAME], windowed.

    Returns:
        Gain of the vocal tract over frequency for noise of unit power [T, FRAME + 1], and how voiced each frame is
        [T], 0..1.
    """
    spectrum = np.fft.rfft(frames, 2 * FRAME)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[:, :FRAME] / FRAME
    energy = correlation[:, 0]
    lags = np.abs(np.arange(ORDER)[:, None] - np.arange(ORDER)[None, :])
    # A little white noise keeps silence solvable.
    matrix = correlation[:, lags] + (1e-5 * energy + 1e-12)[:, None, None] * np.eye(ORDER)
    predictor = np.linalg.solve(matrix, correlation[:, 1 : ORDER + 1, None])[..., 0]
    residual = np.maximum(energy - np.sum(predictor * correlation[:, 1 : ORDER + 1], axis=1), 0)
    inverse = np.concatenate([np.ones((len(frames), 1)), -predictor], axis=1)
    window_power = float(np.mean(signal.get_window("hann", FRAME) ** 2))
    gain = np.sqrt(residual / window_power)
    resonance = gain[:, None] / np.abs(np.fft.rfft(inverse, 2 * FRAME))
    first, last = (round(seconds * SAMPLE_RATE) for seconds in PITCH_SECONDS)
    # The window fades the correlation of long lags; undone, a steady voice reaches one.
    fade = np.correlate(signal.get_window("hann", FRAME), signal.get_window("hann", FRAME), "full")[FRAME - 1 :]
    periodic = (correlation[:, first:last] / (fade[first:last] / fade[0])).max(axis=1) / np.maximum(energy, 1e-12)
    voicing = np.clip((periodic - 0.35) / 0.4, 0, 1)
    return resonance, voicing
