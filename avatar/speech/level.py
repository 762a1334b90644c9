"""How loud speech is while it is still going on: `speech_level` of what was heard so far."""

import math
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from avatar.speech.mel import QUIETEST_LEVEL

Array = NDArray[np.float64]

USUAL = 0.5
"""Level that speech is taken to have before any is heard: that of a voice at -26 dB full scale."""

LOWEST = USUAL - 2.0
"""Before somebody speaks there is only the room: it is not amplified to the level of speech."""

DOUBT = 30.0
"""Frames of sound that weigh as much as the expectation."""

MEMORY = 2000.0
"""Frames of sound after which 1/e of their weight is left: 20 s."""

EVERY = 10
"""Frames between two measurements."""

_BINS = 0.05 * np.arange(250) + QUIETEST_LEVEL


class Level(Protocol):
    """Gives each mel frame the level that it is brought to the reference from."""

    def follow(self, energy: NDArray[np.float32]) -> NDArray[np.float32]:
        """Levels [n] of the next n frames, from their energies [n]."""
        ...


class FixedLevel:
    """One level for all frames: that of a whole recording, which is known."""

    def __init__(self, level: float) -> None:
        self.level = level

    def follow(self, energy: NDArray[np.float32]) -> NDArray[np.float32]:
        """See `Level`."""
        return np.full(len(energy), self.level, np.float32)


class RunningLevel:
    """The level of the last half minute, measured every tenth of a second; a frame's level depends on no later one.

    The gated mean of `speech_level` is taken over a fading histogram; little sound counts little against what is usual.
    """

    def __init__(self) -> None:
        self._weights = np.zeros(len(_BINS))
        self._power = 10.0**_BINS
        self._level = USUAL
        self._seen = 0

    def follow(self, energy: NDArray[np.float32]) -> NDArray[np.float32]:
        """See `Level`; how the frames are cut into calls makes no difference."""
        levels = np.empty(len(energy), np.float32)
        place = 0
        while place < len(energy):
            stop = min(len(energy), place + EVERY - self._seen % EVERY)
            for value in energy[place:stop]:
                self._add(float(value))
            levels[place:stop] = self._level
            self._seen += stop - place
            if self._seen % EVERY == 0:
                self._level = self._measured()
            place = stop
        return levels

    def _add(self, energy: float) -> None:
        if energy <= 10.0**QUIETEST_LEVEL:
            return
        self._weights *= 1 - 1 / MEMORY
        place = round((math.log10(energy) - QUIETEST_LEVEL) / 0.05)
        self._weights[min(place, len(_BINS) - 1)] += 1.0

    def _measured(self) -> float:
        weights = self._weights
        total = weights.sum()
        if total == 0:
            return self._level
        loudest = self._power[np.searchsorted(np.cumsum(weights), 0.99 * total)]
        power = np.minimum(self._power, loudest)
        kept = power >= (weights @ power) / total / 10
        heard = weights[kept].sum()
        level = math.log10((weights[kept] @ power[kept]) / heard)
        return max(float((DOUBT * USUAL + heard * level) / (DOUBT + heard)), LOWEST)
