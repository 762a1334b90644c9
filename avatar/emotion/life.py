"""What keeps a held emotion alive: it waxes and wanes by itself, and strengthens with the speech that it goes with.

Both are made of sums and products of single frames, so that a piece of a clip has the very bits of the whole.
"""

import numpy as np
from numpy.typing import NDArray

from avatar.emotion.action_units import ACTION_UNITS

Floats = NDArray[np.float64]

WAVES = ((1.9, 0.08), (0.7, 0.03))
"""Seconds between the turning points of each wave, and its size as a share of the contraction. Ours."""

EMPHASIS = 0.3
"""Share by which brows and eyes contract more on the widest syllables."""

_RISE, _FALL, _USUAL = 0.06, 0.25, 2.0  # seconds
_WIDE = 4.0  # mm beyond the usual opening that count as the full emphasis
_KNOTS = 512


class Variation:
    """Slow changes of each action unit around what is asked, by a seed.

    Args:
        seed: 0 or more.

    Raises:
        ValueError: the seed is negative.
    """

    def __init__(self, seed: int) -> None:
        if seed < 0:
            raise ValueError(f"seed must be 0 or more, got {seed}")
        generator = np.random.default_rng([seed, *b"emotion"])
        self._knots = generator.uniform(-1.0, 1.0, (len(WAVES), _KNOTS, len(ACTION_UNITS)))

    def at(self, times: Floats) -> Floats:
        """Factors [T, A] around 1 at instants [T]; they come again after some minutes."""
        factor = np.ones((len(times), len(ACTION_UNITS)))
        for (period, size), knots in zip(WAVES, self._knots, strict=True):
            place = times / period
            left = np.floor(place)
            share = place - left
            blend = (share * share * (3.0 - 2.0 * share))[:, None]
            first = left.astype(np.int64) % _KNOTS
            before, after = knots[first], knots[(first + 1) % _KNOTS]
            factor += size * (before + blend * (after - before))
        return factor


class Emphasis:
    """Hears from the mouth where speech is stressed: where it opens wider than it usually does of late.

    Causal: what comes later does not matter.

    Args:
        fps: frames per second of the openings.
    """

    def __init__(self, fps: float) -> None:
        self._rise, self._fall, self._usual = (1.0 - np.exp(-1.0 / (fps * each)) for each in (_RISE, _FALL, _USUAL))
        self._mean = self._level = 0.0

    def push(self, opening: Floats) -> Floats:
        """Take in openings [T] in mm; give the emphasis [T] 0..1."""
        given = np.empty(len(opening))
        for frame, now in enumerate(np.maximum(opening, 0.0).tolist()):
            beyond = min(max(now - 1.3 * self._mean, 0.0) / _WIDE, 1.0)
            self._mean += self._usual * (now - self._mean)
            self._level += (self._rise if beyond > self._level else self._fall) * (beyond - self._level)
            given[frame] = self._level
        return given
