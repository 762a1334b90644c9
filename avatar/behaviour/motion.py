"""The two movements that behaviour is written in: going somewhere and staying, and going there and back.

Both are functions of time alone, exact at any frame rate, and made of sums and products, so that a piece of a curve has
the very bits of the whole.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from avatar.easing import minimum_jerk

Floats = NDArray[np.float64]
Ease = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Step:
    """A movement to somewhere, where it stays until the next.

    Args:
        start: seconds.
        duration: seconds, above 0.
        target: where it goes, in the track's units.

    Raises:
        ValueError: the duration is not above 0, or a number is not finite.
    """

    start: float
    duration: float
    target: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.duration > 0:
            raise ValueError(f"duration of a step must be above 0 s, got {self.duration}")
        _check_finite(self.start, self.duration, *self.target)

    @property
    def end(self) -> float:
        """When it has arrived, in seconds."""
        return self.start + self.duration


@dataclass(frozen=True)
class Pulse:
    """A movement there and back.

    Args:
        start: seconds.
        rise: seconds that it goes there, above 0.
        hold: seconds that it stays, 0 or more.
        fall: seconds that it goes back, above 0.
        size: how far it goes, in the track's units.

    Raises:
        ValueError: a duration is out of range, or a number is not finite.
    """

    start: float
    rise: float
    hold: float
    fall: float
    size: tuple[float, ...]

    def __post_init__(self) -> None:
        if not (self.rise > 0 and self.hold >= 0 and self.fall > 0):
            raise ValueError(
                "a pulse needs rise above 0, hold 0 or more and fall above 0 s, "
                f"got {self.rise}, {self.hold}, {self.fall}"
            )
        _check_finite(self.start, self.rise, self.hold, self.fall, *self.size)

    @property
    def end(self) -> float:
        """When it is over, in seconds."""
        return self.start + self.rise + self.hold + self.fall


def _check_finite(*numbers: float) -> None:
    if not all(map(isfinite, numbers)):
        raise ValueError(f"numbers of a movement must be finite, got {numbers}")


def parabolic_speed(share: Floats) -> Floats:
    """0 to 1, with a speed that is a parabola: its peak is 1.5 times its mean."""
    return share * share * (3.0 - 2.0 * share)


def early_speed(share: Floats) -> Floats:
    """0 to 1, fastest at a third of the time, then arriving more and more slowly."""
    square = share * share
    return square * (6.0 - 8.0 * share + 3.0 * square)


def step_curve(times: Floats, steps: Sequence[Step], *, home: tuple[float, ...], ease: Ease = minimum_jerk) -> Floats:
    """Where steps lead; one that begins before another has ended bends it smoothly (Flash and Henis 1991).

    Args:
        times: [T] seconds, rising.
        steps: by rising start.
        home: [D] where it all begins.
        ease: 0..1 over a step.

    Returns:
        [T, D].
    """
    targets = np.array([home, *(step.target for step in steps)])
    curve: Floats = targets[np.searchsorted([step.start for step in steps], times, side="right")]
    for index, step in enumerate(steps):
        first, last = np.searchsorted(times, (step.start, step.end))
        if last > first:
            left = 1.0 - ease((times[first:last] - step.start) / step.duration)
            # Started ones count as if they had arrived: what is still missing is taken off.
            curve[first:last] -= left[:, None] * (targets[index + 1] - targets[index])
    return curve


def pulse_curve(
    times: Floats, pulses: Sequence[Pulse], *, width: int, rise: Ease = minimum_jerk, fall: Ease = minimum_jerk
) -> Floats:
    """What pulses add up to.

    Args:
        times: [T] seconds, rising.
        pulses: in any order.
        width: D.
        rise: 0..1 on the way there.
        fall: 0..1 on the way back.

    Returns:
        [T, D].
    """
    curve = np.zeros((len(times), width))
    for pulse in pulses:
        first, last = np.searchsorted(times, (pulse.start, pulse.end))
        if last > first:
            since = times[first:last] - pulse.start
            there = rise(np.minimum(since / pulse.rise, 1.0))
            back = fall(np.clip((since - pulse.rise - pulse.hold) / pulse.fall, 0.0, 1.0))
            curve[first:last] += (there - back)[:, None] * np.array(pulse.size)
    return curve


def needed_steps(steps: list[Step], time: float) -> list[Step]:
    """The steps that still matter from `time` on, and the one before them, which says where they begin."""
    first = next((index for index, step in enumerate(steps) if step.end > time), len(steps))
    return steps[max(first - 1, 0) :]


def needed_pulses(pulses: list[Pulse], time: float) -> list[Pulse]:
    """The pulses that still matter from `time` on."""
    return [pulse for pulse in pulses if pulse.end > time]
