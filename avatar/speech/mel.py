"""Whisper's log-mel spectrogram, with a loudness reference per recording instead of one per window.

Whisper clamps each window at 8 decades under its own maximum, so that the same second of sound looks different in two
windows. Here one level is measured over the whole recording and every window is shifted by it: windows agree exactly.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from avatar.speech.rows import linear

SAMPLE_RATE = 16_000
"""Samples per second that the speech model hears."""

HOP = 160
"""Samples between two mel frames: 100 mel frames a second."""

FFT = 400
"""Samples of one analysis window (25 ms)."""

BINS = 80
"""Mel bands."""

MARGIN = FFT // 2
"""Samples before the first and after the last frame's instant that the spectrogram needs."""

QUIETEST_LEVEL = -5.0
"""Recordings quieter than this level (about -80 dB full scale) are not amplified further: they are silence."""

REFERENCE_LEVEL = 1.0
"""The level (log10 of mel power) that speech is brought to: what Whisper saw for normally recorded speech."""

FLOOR = -5.0
"""Log10 mel power, after levelling, under which everything is silence."""


def mel_filters(bins: int = BINS, fft: int = FFT, sample_rate: int = SAMPLE_RATE) -> Tensor:
    """Triangular filters on Slaney's mel scale, each of unit area, as Whisper and librosa use them.

    Args:
        bins: number of mel bands.
        fft: FFT length in samples.
        sample_rate: samples per second.

    Returns:
        [bins, fft // 2 + 1] float32.
    """
    # Linear up to 1 kHz (66.7 Hz a mel), then 27 mels for every factor of 6.4.
    top = 15 + np.log(sample_rate / 2 / 1000) / (np.log(6.4) / 27)
    mels = np.linspace(0, top, bins + 2)
    corners = np.where(mels < 15, mels * 200 / 3, 1000 * np.exp((mels - 15) * np.log(6.4) / 27))
    frequencies = np.linspace(0, sample_rate / 2, fft // 2 + 1)
    left, centre, right = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    rising, falling = (frequencies - left) / (centre - left), (right - frequencies) / (right - centre)
    filters = np.maximum(0, np.minimum(rising, falling)) * 2 / (right - left)
    return torch.tensor(filters, dtype=torch.float32)


class LogMel(nn.Module):
    """Samples to levelled log-mel frames. Differentiable in the samples."""

    filters: Tensor
    window: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("filters", mel_filters(), persistent=False)
        self.register_buffer("window", torch.hann_window(FFT), persistent=False)

    def power(self, samples: Tensor) -> Tensor:
        """Mel power spectrogram.

        Args:
            samples: [B, 2 * MARGIN + HOP * (T - 1)] or longer, 16 kHz; frame 0 is centred on sample MARGIN.

        Returns:
            [B, 80, T], not negative.
        """
        return self.band_power(samples.unfold(-1, FFT, HOP)).mT

    def band_power(self, windows: Tensor) -> Tensor:
        """Power in each mel band: windows [..., FFT] of samples to [..., 80], each by itself."""
        spectrum = torch.fft.rfft(windows * self.window)
        return linear(spectrum.real.square() + spectrum.imag.square(), self.filters)

    def forward(self, samples: Tensor, level: Tensor) -> Tensor:
        """Levelled log-mel frames, scaled as Whisper scales them.

        Args:
            samples: [B, N], 16 kHz, as for `power`.
            level: [B], from `speech_level` on the whole recording.

        Returns:
            [B, 80, T]: silence is (FLOOR + 4) / 4, loud speech about 1.3.
        """
        return scaled(self.power(samples), level[:, None, None])


def scaled(power: Tensor, level: Tensor) -> Tensor:
    """Mel power as the trunk reads it: its logarithm, brought from a level to the reference; any matching shapes."""
    log = power.clamp(min=1e-12).log10() + (REFERENCE_LEVEL - level)
    return (log.clamp(min=FLOOR) + 4) / 4


def frame_energy(power: Tensor) -> Tensor:
    """Energy of each frame: mel power [B, 80, T] summed over bands, [B, T]."""
    return power.sum(1)


def speech_level(energy: NDArray[np.float32]) -> float:
    """Loudness of the speech in a recording, as log10 of mel power: a gated mean, after ITU-R BS.1770-4.

    Pauses fall under the gate, so a long silence does not pull the level down; the loudest hundredth of the frames
    counts only as much as the 99th percentile, so a click does not push it up.

    Args:
        energy: [T] energy of every frame of the recording, from `frame_energy`.

    Returns:
        The level, at least `QUIETEST_LEVEL`.
    """
    values = energy[energy > 10.0**QUIETEST_LEVEL].astype(np.float64)
    if len(values) == 0:
        return QUIETEST_LEVEL
    values = np.minimum(values, np.quantile(values, 0.99))
    # The relative gate: frames 10 dB under the mean are pauses.
    return float(np.log10(values[values >= values.mean() / 10].mean()))
