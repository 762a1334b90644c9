"""Contacts that must happen: lips together, lip at the teeth, rest. They are timed here, never blended away.

A contact is a plateau in time. Between two plateaus the mouth is free, as far as there is time to get there and back:
each way follows a minimum-jerk course (Flash and Hogan 1985), and in a gap too short for both ways the release is
smaller, not the contact shorter.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.easing import minimum_jerk

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Plateaus:
    """Stretches of full contact.

    Args:
        start: [N] seconds, ascending.
        end: [N] seconds, each at or after its start and before the next start.
    """

    start: Array
    end: Array

    @classmethod
    def merged(cls, start: Array, end: Array) -> "Plateaus":
        """Plateaus from stretches in order of start that may touch or overlap."""
        if len(start) == 0:
            return cls(start, end)
        reached = np.maximum.accumulate(end)
        opens = np.concatenate([[True], start[1:] > reached[:-1]])
        return cls(start[opens], reached[np.concatenate([opens[1:], [True]])])


def contact(times: Array, plateaus: Plateaus, *, release: float, approach: float) -> Array:
    """How far a contact is made at each instant.

    Args:
        times: [T] seconds.
        plateaus: where it is fully made.
        release: seconds from full contact to none.
        approach: seconds from none to full contact.

    Returns:
        [T] 0 (free) .. 1 (contact).
    """
    if len(plateaus.start) == 0:
        return np.zeros_like(times)
    starts = np.append(plateaus.start, np.inf)
    ends = np.insert(plateaus.end, 0, -np.inf)
    following = np.searchsorted(plateaus.start, times, side="right")
    since = np.maximum(times - ends[following], 0.0)
    until = starts[following] - times
    room = np.minimum((since + until) / (release + approach), 1.0)
    # Inside a plateau `since` is 0, and so is the way that has been gone.
    way = np.minimum(since / release, until / approach) / np.maximum(room, 1e-9)
    return np.asarray(1.0 - room * minimum_jerk(way))
