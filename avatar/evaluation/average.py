"""Numbers that add up over recordings."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class Average:
    """A mean that remembers its count, so that recordings pool by `+`. A share is the mean of yes (1) and no (0).

    Args:
        total: sum of the values.
        count: how many they were.

    >>> (Average.of([1.0, 0.0]) + Average.of([1.0])).value
    0.6666666666666666
    """

    total: float = 0.0
    count: int = 0

    @classmethod
    def of(cls, values: ArrayLike) -> "Average":
        """The average of some values (none are allowed)."""
        array = np.asarray(values, np.float64)
        return cls(float(array.sum()), array.size)

    def __add__(self, other: "Average") -> "Average":
        return Average(self.total + other.total, self.count + other.count)

    @property
    def value(self) -> float:
        """The mean; NaN of nothing."""
        return self.total / self.count if self.count else float("nan")
