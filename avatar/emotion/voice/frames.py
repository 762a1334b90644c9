"""What a voice is like in each hundredth of a second.

The descriptors are some of the extended Geneva minimalistic set: Eyben et al. (2016), "The Geneva Minimalistic Acoustic
Parameter Set (GeMAPS) for Voice Research and Affective Computing".
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from avatar.audio import SAMPLE_RATE
from avatar.emotion.voice.pitch import LAGS, Floats, cheapest_path, periodicities

RATE = 100
"""Frames per second."""

WINDOW = 768
"""Samples of a frame: 48 ms, three periods of the lowest pitch."""

FLOOR = -100.0
"""dB of silence."""

_HOP = SAMPLE_RATE // RATE
_BINS = 2048  # of the Fourier transform; enough for the longest lag without wrapping round
_BLOCK = 1000  # frames at once, so that memory does not grow with the recording
_REACH = 0.1  # seconds around voiced frames that count as speech
_DEPTH = 30.0  # dB under loud speech where speech ends


@dataclass(frozen=True, eq=False)
class Frames:
    """Low-level descriptors, frame t around t / `RATE` seconds.

    Args:
        level: [T] dB under full scale.
        pitch: [T] Hz, 0 where there is no voice.
        periodicity: [T] 0..1, the autocorrelation at the pitch's period; 0 where there is no voice.
        alpha_ratio: [T] dB of 50 to 1000 Hz over 1 to 5 kHz.
        hammarberg: [T] dB of the strongest peak up to 2 kHz over that from 2 to 5 kHz.
    """

    level: Floats
    pitch: Floats
    periodicity: Floats
    alpha_ratio: Floats
    hammarberg: Floats

    def __len__(self) -> int:
        return len(self.level)

    @property
    def voiced(self) -> NDArray[np.bool_]:
        """Which frames have a pitch [T]."""
        return self.pitch > 0.0

    @property
    def speech(self) -> NDArray[np.bool_]:
        """Which frames are spoken [T]: not much quieter than the loud ones, and near a voice."""
        if not self.voiced.any():
            return self.voiced
        near = np.convolve(self.voiced, np.ones(2 * round(_REACH * RATE) + 1), "same") > 0
        return near & (self.level > np.percentile(self.level[self.voiced], 90) - _DEPTH)


def analyse(samples: NDArray[np.float32]) -> Frames:
    """Describe a voice.

    Args:
        samples: [N] at 16 kHz, -1..1.

    Returns:
        N // 160 + 1 frames.
    """
    half = WINDOW // 2
    padded = np.pad(np.asarray(samples, np.float64), (half, half))
    views = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::_HOP]
    blocks = [_describe(views[first : first + _BLOCK]) for first in range(0, len(views), _BLOCK)]
    power, frequencies, strengths, alpha, hammarberg = (np.concatenate(column) for column in zip(*blocks, strict=True))
    loud = max(float(np.percentile(power, 95)), 1e-10)
    pitch, periodicity = cheapest_path(frequencies, strengths, np.sqrt(power / loud))
    return Frames(10.0 * np.log10(np.maximum(power, 10.0 ** (FLOOR / 10))), pitch, periodicity, alpha, hammarberg)


@cache
def _window() -> tuple[Floats, Floats]:
    """The window, and its autocorrelation from lag 0 on."""
    window = np.hanning(WINDOW + 2)[1:-1]
    return window, _correlate(np.abs(np.fft.rfft(window, _BINS)) ** 2)


def _describe(rows: Floats) -> tuple[Floats, ...]:
    """Power [T], candidates of the pitch and their strengths [T, K], alpha ratio and Hammarberg index [T] of frames."""
    window, own = _window()
    frames = (rows - rows.mean(1, keepdims=True)) * window
    spectrum = np.abs(np.fft.rfft(frames, _BINS)) ** 2
    found = periodicities(_correlate(spectrum), own)
    spectrum += 1e-12
    low, high = _band(spectrum, 50, 1000).sum(1), _band(spectrum, 1000, 5000).sum(1)
    deep, bright = _band(spectrum, 0, 2000).max(1), _band(spectrum, 2000, 5000).max(1)
    power = (frames**2).sum(1) / (window**2).sum()
    return power, *found, 10.0 * np.log10(low / high), 10.0 * np.log10(deep / bright)


def _correlate(spectrum: Floats) -> Floats:
    """Autocorrelation [..., LAGS] of power spectra [..., bins]."""
    return np.fft.irfft(spectrum)[..., :LAGS]


def _band(spectrum: Floats, low: float, high: float) -> Floats:
    first, last = round(low * _BINS / SAMPLE_RATE), round(high * _BINS / SAMPLE_RATE)
    return spectrum[:, first:last]
