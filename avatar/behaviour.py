"""What a face does by itself while it speaks."""

import numpy as np
from numpy.typing import NDArray

from avatar.animation import Animation

CLOSING, CLOSED, OPENING = 0.10, 0.05, 0.15
"""Seconds that the parts of a blink take: lids fall faster than they rise."""

SHORTEST_PAUSE, LONGEST_PAUSE = 2.0, 6.0
"""Seconds from one blink to the next."""


def add_blinks(animation: Animation, *, seed: int = 0) -> Animation:
    """Let the eyes blink every few seconds.

    The instants depend on the seed alone, not on length or frame rate; a blink that the end would cut off is left out.

    Args:
        animation: in a space with eyeBlinkLeft and eyeBlinkRight.
        seed: another seed, other instants.

    Returns:
        The same animation with the lids closed at least as far as the blinks say.

    Raises:
        KeyError: the space has no such controls.
    """
    lids = blink_curve(animation.times, blink_times(animation.duration, seed=seed))
    names = ("eyeBlinkLeft", "eyeBlinkRight")
    return animation.with_curves({name: np.maximum(animation[name], lids) for name in names})


def blink_times(duration: float, *, seed: int = 0) -> NDArray[np.float64]:
    """When blinks begin, in seconds [N]; all of them end before `duration`."""
    chance = np.random.default_rng(seed)
    times: list[float] = []
    # The clip starts somewhere between two blinks.
    start = chance.uniform(0.5, LONGEST_PAUSE)
    while start + CLOSING + CLOSED + OPENING < duration:
        times.append(start)
        start += chance.uniform(SHORTEST_PAUSE, LONGEST_PAUSE)
    return np.array(times)


def blink_curve(times: NDArray[np.float64], starts: NDArray[np.float64]) -> NDArray[np.float32]:
    """How far the lids are closed, 0..1, at each of `times` [T] when blinks begin at `starts` [N]."""
    last = np.searchsorted(starts, times, side="right") - 1
    since = np.where(last >= 0, times - np.append(starts, 0.0)[last], np.inf)
    falling = _ease(since / CLOSING)
    rising = _ease((since - CLOSING - CLOSED) / OPENING)
    return (falling - rising).astype(np.float32)


def _ease(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """0 to 1 with rest at both ends (smoothstep)."""
    share = np.clip(share, 0, 1)
    return share * share * (3 - 2 * share)
