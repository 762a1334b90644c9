"""Chance in the shapes that people's timing has."""

from bisect import bisect_right
from itertools import accumulate
from math import inf

import numpy as np


class Chance:
    """Draws of one layer: the same seed and layer, the same draws.

    Args:
        seed: 0 or more.
        layer: the layer's name, so that switching one off changes no other.

    Raises:
        ValueError: the seed is negative.
    """

    def __init__(self, seed: int, layer: str) -> None:
        if seed < 0:
            raise ValueError(f"seed must be 0 or more, got {seed}")
        self._generator = np.random.default_rng([seed, *layer.encode()])

    def waiting(self, mean: float, deviation: float) -> float:
        """A waiting time with a mean and standard deviation, both above 0 (gamma distribution)."""
        shape = (mean / deviation) ** 2
        return float(self._generator.gamma(shape, mean / shape))

    def around(self, mean: float, deviation: float, *, least: float = -inf) -> float:
        """A normal draw, within 2.5 deviations and not under `least`."""
        draw = min(max(self._generator.standard_normal(), -2.5), 2.5)
        return max(mean + deviation * draw, least)

    def happens(self, probability: float) -> bool:
        """Whether something of that probability happens."""
        return self.share() < probability

    def share(self) -> float:
        """Anything in 0..1, evenly."""
        return float(self._generator.random())

    def one_of(self, weights: tuple[float, ...]) -> int:
        """An index, as often as its weight says."""
        return bisect_right(list(accumulate(weights)), self.share() * sum(weights))
