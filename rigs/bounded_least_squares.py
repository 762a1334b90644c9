"""Bounded least squares over time, by coordinate descent."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.jit import jit

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Priors:
    """What is known of the unknowns beforehand.

    Args:
        lower: smallest values [C].
        upper: largest values [C].
        rest: values that cost nothing [C].
        sparsity: cost of each unit of distance from rest [C].
        smoothness: cost of the squared change from frame to frame [C].
        rival: the unknown that must rest while this one does not [C]; -1 for none.
        rivalry: cost of the product of both distances from rest [C].
    """

    lower: Floats
    upper: Floats
    rest: Floats
    sparsity: Floats
    smoothness: Floats
    rival: NDArray[np.int64]
    rivalry: Floats


def bounded_least_squares(
    normal: Floats, right: Floats, start: Floats, priors: Priors, *, sweeps: int = 300, tolerance: float = 1e-5
) -> Floats:
    """Minimise, over w_t within bounds,

        sum_t 1/2 w_t' A_t w_t - b_t' w_t + s' |w_t - rest| + 1/2 m' (w_t - w_{t-1})^2 + sum_rivals r |w_a| |w_b|.

    Each unknown in turn takes its best value given the others, which has a closed form; without rivals the cost is
    convex and this converges to its minimum. Rivals make it choose one of two.

    Args:
        normal: normal matrices A_t [T, C, C], positive definite.
        right: right sides b_t [T, C].
        start: first values [T, C].
        priors: bounds and costs.
        sweeps: most passes over all frames.
        tolerance: a pass that changes nothing by more ends it.

    Returns:
        w [T, C].

    Source:
        Tseng (2001). Convergence of a block coordinate descent method for nondifferentiable minimization.
    """
    values = np.clip(start, priors.lower, priors.upper).astype(np.float64)
    _descend(
        np.ascontiguousarray(normal, np.float64),
        np.ascontiguousarray(right, np.float64),
        values,
        priors.lower,
        priors.upper,
        priors.rest,
        priors.sparsity,
        priors.smoothness,
        priors.rival,
        priors.rivalry,
        sweeps,
        tolerance,
    )
    return values


@jit
def _descend(  # type: ignore[no-untyped-def]
    normal, right, values, lower, upper, rest, sparsity, smoothness, rival, rivalry, sweeps, tolerance
):
    frames, count = values.shape
    for sweep in range(sweeps):
        change = 0.0
        for step in range(frames):
            # Forwards and backwards in turn: what one end knows reaches the other in one pass.
            t = step if sweep % 2 == 0 else frames - 1 - step
            for _ in range(4):
                for c in range(count):
                    pull, stiffness = right[t, c], normal[t, c, c]
                    for other in range(count):
                        pull -= normal[t, c, other] * values[t, other]
                    pull += stiffness * values[t, c]
                    if t > 0:
                        pull += smoothness[c] * values[t - 1, c]
                        stiffness += smoothness[c]
                    if t < frames - 1:
                        pull += smoothness[c] * values[t + 1, c]
                        stiffness += smoothness[c]
                    price = sparsity[c]
                    if rival[c] >= 0:
                        price += rivalry[c] * abs(values[t, rival[c]] - rest[rival[c]])
                    away = pull - stiffness * rest[c]
                    away = max(away - price, 0.0) + min(away + price, 0.0)
                    value = min(max(rest[c] + away / stiffness, lower[c]), upper[c])
                    change = max(change, abs(value - values[t, c]))
                    values[t, c] = value
        if change < tolerance:
            break
