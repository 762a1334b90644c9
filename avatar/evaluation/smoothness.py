"""How much a curve trembles."""

import numpy as np
from numpy.typing import ArrayLike

from avatar.evaluation.average import Average

_RATE = 60.0


def jitter(opening: ArrayLike, *, fps: float) -> Average:
    """Mean absolute third difference of the mouth opening, in mm a frame^3 at 60 frames a second.

    Args:
        opening: [T] mm.
        fps: its frame rate; read at 60 by straight lines.
    """
    values = np.asarray(opening, np.float64)
    times = np.arange(len(values)) / fps
    if len(values) < 4:
        return Average()
    resampled = np.interp(np.arange(0, times[-1] + 1e-9, 1 / _RATE), times, values)
    return Average.of(np.abs(np.diff(resampled, 3)))
