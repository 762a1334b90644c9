"""Coarticulation by dominance: neighbouring targets blend by how strongly each is held (Cohen and Massaro 1993).

Each target i has a dominance D_i(t): its strength during the middle of its segment, falling off exponentially before
and after. A parameter is the dominance-weighted mean of the targets, so a held target spreads over neighbours that do
not care (rounding starts before the sound), and targets that follow each other fast undershoot.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

REACH = 0.33
"""Seconds over which a target is felt before and after its segment; there its dominance has faded to nothing."""

EDGE = 0.1
"""Longest part in seconds, at each end of a segment, over which its dominance already falls: a quarter at most."""


@dataclass(frozen=True, slots=True)
class Spans:
    """Targets with times, one row each, in order of time.

    Args:
        start: [N] seconds.
        end: [N] seconds.
    """

    start: Array
    end: Array


def blend(
    spans: Spans, targets: Array, strengths: Array, *, before: float, after: float, count: int, rate: float
) -> Array:
    """Blend targets into one curve per parameter.

    Args:
        spans: N targets' times.
        targets: [N, K] value of each of K parameters that share their strengths.
        strengths: [N] how strongly each target is held, above 0.
        before: seconds in which a target's dominance falls to 1/e before the middle of its segment, which is at least
            half of it.
        after: the same after it.
        count: frames to return.
        rate: frames a second; frame t is the instant t / rate.

    Returns:
        [count, K] blended values. Frames out of reach of every target are 0.
    """
    edge = np.minimum((spans.end - spans.start) / 4, EDGE)
    first = np.clip(np.ceil((spans.start - REACH) * rate).astype(int), 0, count)
    last = np.clip(np.floor((spans.end + REACH) * rate).astype(int) + 1, 0, count)
    lengths = np.maximum(last - first, 0)
    row = np.repeat(np.arange(len(lengths)), lengths)
    frame = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths) + first[row]
    time = frame / rate
    lead = np.maximum(spans.start[row] + edge[row] - time, 0.0) / before
    lag = np.maximum(time - (spans.end[row] - edge[row]), 0.0) / after
    # What is left at the reach's end is taken off everywhere, so that no target ends with a jump.
    left = np.where(lead > 0, np.exp(-REACH / before), np.exp(-REACH / after))
    dominance = strengths[row] * np.maximum(np.exp(-(lead + lag)) - left, 0.0)
    total = np.bincount(frame, dominance, count)
    sums = [np.bincount(frame, dominance * column[row], count) for column in targets.T]
    return np.asarray(np.stack(sums, axis=1) / np.where(total > 0, total, 1.0)[:, None])
