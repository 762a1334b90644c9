"""Values over time that a user sets: where to look, how to hold the head."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from avatar.behaviour.motion import Floats
from avatar.easing import minimum_jerk


@dataclass(frozen=True)
class Path:
    """Values at some instants, and between them on the way from one to the next; before and after them they hold.

    Args:
        times: [K] seconds, rising, at least one.
        values: [K][D], all of one length D.
        eased: whether it rests at each instant (minimum jerk) instead of going straight on.

    Raises:
        ValueError: no instants, or they do not rise, or the values do not fit or are not finite.

    Example:
        >>> Path((0.0, 1.0), ((0.0,), (2.0,)))(np.array([0.25, 3.0])).tolist()
        [[0.5], [2.0]]
    """

    times: tuple[float, ...]
    values: tuple[tuple[float, ...], ...]
    eased: bool = False

    def __post_init__(self) -> None:
        times = tuple(map(float, self.times))
        values = tuple(tuple(map(float, value)) for value in self.values)
        if not times or len(times) != len(values) or len({len(value) for value in values}) != 1:
            raise ValueError(
                f"a path needs as many values as times, at least one, all of one length, "
                f"got {len(times)} times and {len(values)} values"
            )
        if not (np.isfinite(times).all() and np.isfinite(values).all() and (np.diff(times) > 0).all()):
            raise ValueError("times and values of a path must be finite, and the times rising")
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "values", values)

    @classmethod
    def still(cls, *value: float) -> "Path":
        """The same value all the time."""
        return cls((0.0,), (value,))

    def __call__(self, times: Floats) -> Floats:
        """The values [T, D] at instants [T]."""
        knots, values = self._knots
        left = np.maximum(np.searchsorted(knots, times, side="right") - 1, 0)
        right = np.minimum(left + 1, len(knots) - 1)
        span = np.maximum(knots[right] - knots[left], 1e-9)
        share = np.clip((times - knots[left]) / span, 0.0, 1.0)
        share = minimum_jerk(share) if self.eased else share
        blend: Floats = values[left] + share[:, None] * (values[right] - values[left])
        return blend

    def turned(self, time: float, value: tuple[float, ...], *, duration: float) -> "Path":
        """This path until `time`; then in `duration` seconds, above 0, to another value, which holds."""
        here = tuple(self(np.array([time]))[0].tolist())
        kept = [(at, each) for at, each in zip(self.times, self.values, strict=True) if at < time]
        times, values = zip(*kept, (time, here), (time + duration, value), strict=True)
        return Path(times, values, self.eased)

    def since(self, time: float) -> "Path":
        """From `time` on the same path to the bit, without instants before if they are at least half of all."""
        # Leaving some out costs a copy of the others, which must not happen at every frame.
        over = max(bisect_right(self.times, time) - 1, 0)
        return Path(self.times[over:], self.values[over:], self.eased) if 2 * over >= len(self.times) else self

    @cached_property
    def _knots(self) -> tuple[Floats, Floats]:
        return np.array(self.times), np.array(self.values)
