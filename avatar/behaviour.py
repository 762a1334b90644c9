"""What a face does by itself while it speaks."""

from collections.abc import Iterator
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from avatar.animation import Animation

CLOSING, CLOSED, OPENING = 0.10, 0.05, 0.15
"""Seconds that the parts of a blink take: lids fall faster than they rise."""

SHORTEST_PAUSE, LONGEST_PAUSE = 2.0, 6.0
"""Seconds from one blink to the next."""


class Blinks:
    """The lids of a face, asked for instant by instant for as long as it lives.

    The instants of the blinks depend on the seed alone: neither on how long the face lives, nor on which times are
    asked for together.

    Args:
        seed: another seed, other instants.
    """

    def __init__(self, *, seed: int = 0) -> None:
        self._starts = blink_starts(seed)
        self._last, self._next = -np.inf, next(self._starts)

    def closed(self, times: NDArray[np.float64]) -> NDArray[np.float32]:
        """How far the lids are closed.

        Args:
            times: [T] in seconds, each later than the ones before, those of earlier calls included.

        Returns:
            [T], 0 (open) to 1.
        """
        starts = [self._last]
        while len(times) and self._next <= times[-1]:
            starts.append(self._next)
            self._next = next(self._starts)
        self._last = starts[-1]
        return blink_curve(times, np.array(starts))

    def add(self, animation: Animation, *, first: int = 0) -> Animation:
        """The same animation with the lids closed at least as far as the blinks say.

        Args:
            animation: in a space with eyeBlinkLeft and eyeBlinkRight.
            first: number of its first frame, where it goes on after another.

        Raises:
            KeyError: the space has no such controls.
        """
        lids = self.closed(np.arange(first, first + len(animation)) / animation.fps)
        names = ("eyeBlinkLeft", "eyeBlinkRight")
        return animation.with_curves({name: np.maximum(animation[name], lids) for name in names})


def add_blinks(animation: Animation, *, seed: int = 0) -> Animation:
    """Let the eyes blink every few seconds.

    The instants depend on the seed alone, not on length or frame rate: a longer animation begins as a shorter one does,
    so that the end may come during a blink.

    Args:
        animation: in a space with eyeBlinkLeft and eyeBlinkRight.
        seed: another seed, other instants.

    Returns:
        The same animation with the lids closed at least as far as the blinks say.

    Raises:
        KeyError: the space has no such controls.
    """
    return Blinks(seed=seed).add(animation)


def blink_starts(seed: int = 0) -> Iterator[float]:
    """When blinks begin, in seconds, one after another without end."""
    chance = np.random.default_rng(seed)
    # The clip starts somewhere between two blinks.
    start = chance.uniform(0.5, LONGEST_PAUSE)
    while True:
        yield start
        start += chance.uniform(SHORTEST_PAUSE, LONGEST_PAUSE)


def blink_times(duration: float, *, seed: int = 0) -> NDArray[np.float64]:
    """When the blinks that begin before `duration` do so, in seconds [N]."""
    return np.array(list(takewhile(lambda start: start < duration, blink_starts(seed))))


def blink_curve(times: NDArray[np.float64], starts: NDArray[np.float64]) -> NDArray[np.float32]:
    """How far the lids are closed, 0..1, at each of `times` [T] when blinks begin at `starts` [N].

    No time may come before the first start; minus infinity is a start whose blink is over.
    """
    since = times - starts[np.searchsorted(starts, times, side="right") - 1]
    falling = _ease(since / CLOSING)
    rising = _ease((since - CLOSING - CLOSED) / OPENING)
    return (falling - rising).astype(np.float32)


def _ease(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """0 to 1 with rest at both ends (smoothstep)."""
    share = np.clip(share, 0, 1)
    return share * share * (3 - 2 * share)
