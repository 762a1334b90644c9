"""Moving masses: what muscles ask for arrives through a critically damped spring, faster at its onset than at its end.

Gestures of jaw and lips move like critically damped mass-spring systems (Saltzman and Munhall 1989), the jaw being the
sluggish one (Fletcher and Harrington 1999). Speakers know their own delay and start earlier by it.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import convolve1d

Array = NDArray[np.float64]

_SETTLED = 8.0
"""Time constants after which a push is over: less than half a percent of it is left."""


def through_spring(curves: Array, *, rate: float, time_constant: float) -> Array:
    """Let curves act on a critically damped spring, h(t) = t / tau^2 exp(-t / tau), advanced by its mean delay 2 tau.

    Args:
        curves: [T, K].
        rate: samples a second.
        time_constant: tau in seconds, 1 / the natural frequency in radians a second.

    Returns:
        [T, K] without delay on average; a step overshoots nowhere.
    """
    lead, length = (round(taus * time_constant * rate) for taus in (2.0, _SETTLED))
    time = np.arange(length + 1) / (time_constant * rate)
    push = time * np.exp(-time)
    # `convolve1d` centres its kernel; zeros in front make the instant `lead` the centre.
    kernel = np.concatenate([np.zeros(length - 2 * lead), push / push.sum()])
    return np.asarray(convolve1d(curves, kernel, axis=0, mode="nearest"))
