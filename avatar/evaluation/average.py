"""Numbers that add up over recordings."""

from dataclasses import dataclass, fields
from typing import Any, Self, cast

import numpy as np
from numpy.typing import ArrayLike


class Pooled:
    """A dataclass of numbers, or of others like it, that adds up field by field."""

    __slots__ = ()

    def __add__(self, other: Self) -> Self:
        names = [field.name for field in fields(cast(Any, self))]
        return type(self)(*(getattr(self, name) + getattr(other, name) for name in names))


@dataclass(frozen=True, slots=True)
class Average(Pooled):
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

    @property
    def value(self) -> float:
        """The mean; NaN of nothing."""
        return self.total / self.count if self.count else float("nan")
