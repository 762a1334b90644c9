"""Samples of any rate, in pieces of any size, as the samples that a speech model hears."""

import numpy as np
import soxr
from numpy.typing import ArrayLike, NDArray

from avatar.audio import SAMPLE_RATE, Sound, check_finite, check_peak, to_mono


class SoundStream:
    """Mixes to one channel and resamples while sound arrives, to the very samples that the whole would give.

    Args:
        sample_rate: samples per second of what arrives.
        target_rate: samples per second of what comes out.

    Raises:
        ValueError: a rate is not a whole number above 0.
    """

    def __init__(self, sample_rate: int, *, target_rate: int = SAMPLE_RATE) -> None:
        self.sample_rate = Sound(np.zeros(0, np.float32), sample_rate).sample_rate
        self.taken = 0
        """Samples that arrived, of one channel."""
        self._resampler = None
        if self.sample_rate != target_rate:
            self._resampler = soxr.ResampleStream(self.sample_rate, target_rate, 1, dtype="float32")

    @property
    def seconds(self) -> float:
        """Length of what arrived."""
        return self.taken / self.sample_rate

    def push(self, samples: ArrayLike) -> NDArray[np.float32]:
        """Take in samples; nothing is taken in where they are refused.

        Args:
            samples: [n] or [channels, n], n at least 0: float in -1..1, or integers that span their type.

        Returns:
            Resampled samples [m] that are final.

        Raises:
            ValueError: they are not samples, not finite, or far outside -1..1.
        """
        mono = to_mono(np.asarray(samples))
        check_finite(mono, self.sample_rate, start=self.seconds)
        if len(mono):
            check_peak(float(max(mono.max(), -mono.min())), "samples")
        self.taken += len(mono)
        return self._resample(mono)

    def flush(self) -> NDArray[np.float32]:
        """The rest [m]."""
        return self._resample(np.zeros(0, np.float32), last=True)

    def _resample(self, mono: NDArray[np.float32], *, last: bool = False) -> NDArray[np.float32]:
        if self._resampler is None:
            return mono
        resampled: NDArray[np.float32] = self._resampler.resample_chunk(mono, last=last)
        return resampled
