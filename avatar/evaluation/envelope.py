"""The trivial baseline: a mouth that opens with the loudness."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

_WINDOW = 0.040  # seconds
_FLOOR = 60.0  # dB under the loudest frame that count as silence


def loudness_envelope(
    samples: ArrayLike, *, sample_rate: int, fps: float, scale: Literal["linear", "log"] = "linear"
) -> NDArray[np.float64]:
    """The loudness of a recording around each frame.

    Args:
        samples: [N] mono, -1..1.
        sample_rate: in Hz.
        fps: frames per second; frame t is the instant t / fps.
        scale: "linear" gives the RMS of 40 ms; "log" gives it in dB over a floor 60 dB below the loudest.

    Returns:
        [T] with T = round(N / sample_rate * fps).
    """
    sound = np.asarray(samples, np.float64)
    energy = np.concatenate([[0.0], np.cumsum(sound**2)])
    count = round(len(sound) / sample_rate * fps)
    centre = np.arange(count) / fps * sample_rate
    half = _WINDOW / 2 * sample_rate
    low = np.clip(np.round(centre - half).astype(int), 0, len(sound))
    high = np.clip(np.round(centre + half).astype(int), 0, len(sound))
    rms = np.sqrt(np.maximum(energy[high] - energy[low], 0) / np.maximum(high - low, 1))
    if scale == "linear":
        return np.asarray(rms)
    peak = rms.max(initial=0.0)
    if peak <= 0:
        return np.zeros(count)
    return np.asarray(np.maximum(20 * np.log10(np.maximum(rms / peak, 1e-12)) + _FLOOR, 0.0))
