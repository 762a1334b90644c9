"""How a movement gets from one place to another."""

from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

Course = TypeVar("Course", NDArray[np.float64], "Tensor")


def minimum_jerk(way: Course) -> Course:
    """The smoothest course from 0 to 1, at rest at both ends: 10 s^3 - 15 s^4 + 6 s^5 (Flash and Hogan 1985).

    Args:
        way: share of the time gone, of any shape; clipped to 0..1. Differentiable where it is a tensor.
    """
    s = way.clip(0.0, 1.0)
    course: Course = s**3 * (10 - 15 * s + 6 * s**2)
    return course
