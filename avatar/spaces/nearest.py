"""Which weights of given poses come nearest to a target: bounded least squares for all frames at once."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def nearest_weights(
    poses: Array,
    targets: Array,
    project: Callable[[Array], Array],
    *,
    cost: Array | None = None,
    saturation: float | None = None,
    iterations: int = 2000,
    tolerance: float = 1e-7,
) -> Array:
    """Minimise |x poses - target|^2 + cost x for each target, with x kept where `project` puts it.

    Accelerated projected gradient steps (Beck and Teboulle 2009, FISTA), started anew where they overshoot
    (O'Donoghue and Candes 2015).

    Args:
        poses: [K, D], what each weight adds.
        targets: [T, D].
        project: takes [T, K] to the nearest allowed weights.
        cost: [T, K], what each weight costs at 1; nothing when left out.
        saturation: where a target is at least this, more than it is no error: the target was cut off there.
        iterations: at most so many steps.
        tolerance: steps end when no weight moves by more.

    Returns:
        Weights [T, K].
    """
    step = 1.0 / float(np.linalg.norm(poses, 2)) ** 2
    saturated = np.zeros(targets.shape, bool) if saturation is None else targets >= saturation
    downhill = 0.0 if cost is None else cost / 2
    weights = ahead = project(np.zeros((len(targets), len(poses))))
    momentum = 1.0
    for _ in range(iterations):
        residual = targets - ahead @ poses
        residual = np.where(saturated, residual.clip(min=0), residual)
        moved = project(ahead + step * (residual @ poses.T - downhill))
        if ((ahead - moved) * (moved - weights)).sum() > 0:
            momentum = 1.0
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = moved + (momentum - 1) / following * (moved - weights)
        change = np.abs(moved - weights).max(initial=0.0)
        weights, momentum = moved, following
        if change < tolerance:
            break
    return weights


def within_unit_box(weights: Array) -> Array:
    """The nearest weights with each in 0..1."""
    return np.asarray(weights.clip(0.0, 1.0))


def within_unit_sum(weights: Array) -> Array:
    """The nearest weights [T, K] that are not negative and add up to at most 1.

    Source:
        Duchi, Shalev-Shwartz, Singer and Chandra (2008). Efficient projections onto the l1-ball.
    """
    positive = weights.clip(min=0.0)
    over = positive.sum(1) > 1
    if over.any():
        falling = -np.sort(-weights[over], axis=1)
        counts = np.arange(1, weights.shape[1] + 1)
        excess = (np.cumsum(falling, 1) - 1) / counts
        kept = (falling > excess).sum(1)
        positive[over] = (weights[over] - excess[np.arange(len(kept)), kept - 1][:, None]).clip(min=0.0)
    return np.asarray(positive)
