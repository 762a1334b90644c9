"""How alike two curves run, with and without a shift in time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

MAXIMUM_LAG = 0.080
"""Seconds by which a curve may be shifted to find its best correlation."""

_GRID = 100.0  # comparisons per second, so that curves of different frame rates meet


@dataclass(frozen=True, slots=True)
class Agreement:
    """Correlation of a curve with a reference.

    Args:
        r0: Pearson correlation as they are.
        r: the best within +-80 ms.
        lag: seconds by which the curve is late where it is best.
    """

    r0: float
    r: float
    lag: float


def pearson(a: ArrayLike, b: ArrayLike) -> float:
    """Pearson correlation of two curves [T]; 0 where one is constant."""
    x, y = (np.asarray(curve, np.float64) for curve in (a, b))
    x, y = x - x.mean(), y - y.mean()
    scale = np.sqrt((x @ x) * (y @ y))
    return float(x @ y / scale) if scale > 1e-12 else 0.0


def agreement(
    curve: ArrayLike,
    reference: ArrayLike,
    *,
    fps: float,
    reference_times: ArrayLike | None = None,
) -> Agreement:
    """Correlate a curve with a reference at every lag within +-80 ms.

    Args:
        curve: [T] at `fps`, frame t at t / fps.
        reference: [R] values.
        fps: of the curve, and of the reference unless its times are given.
        reference_times: [R] seconds of the reference's values, ascending.

    Raises:
        ValueError: the two share less than 0.3 seconds.
    """
    ours, theirs = np.asarray(curve, np.float64), np.asarray(reference, np.float64)
    times = np.arange(len(ours)) / fps
    their_times = np.arange(len(theirs)) / fps if reference_times is None else np.asarray(reference_times, np.float64)
    grid = _common_grid(times, their_times)
    target = np.interp(grid, their_times, theirs)
    steps = round(MAXIMUM_LAG * _GRID)
    lags = np.arange(-steps, steps + 1) / _GRID
    values = np.array([pearson(np.interp(grid + lag, times, ours), target) for lag in lags])
    # Of equally good lags, the nearest to none.
    best = int(np.lexsort((np.abs(lags), -np.round(values, 9)))[0])
    return Agreement(float(values[steps]), float(values[best]), float(lags[best]))


def _common_grid(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    start = max(a[0], b[0]) + MAXIMUM_LAG if len(a) and len(b) else 0.0
    end = min(a[-1], b[-1]) - MAXIMUM_LAG if len(a) and len(b) else 0.0
    if end - start + 2 * MAXIMUM_LAG < 0.3:
        raise ValueError(
            f"curve and reference must share at least 0.3 s, got {max(end - start + 2 * MAXIMUM_LAG, 0):.2f} s; "
            "leave shorter recordings out"
        )
    return np.arange(start, end, 1 / _GRID)
