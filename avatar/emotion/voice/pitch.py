"""The pitch of a voice over time.

Boersma (1993), "Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise ratio of a sampled
sound": autocorrelation, freed of what the window does to it, gives each frame some candidates; the cheapest path
through them is the pitch.
"""

import numpy as np
from numpy.typing import NDArray

from avatar.audio import SAMPLE_RATE

Floats = NDArray[np.float64]

LOWEST, HIGHEST = 60.0, 600.0
"""Hz; shouts reach 500."""

CANDIDATES = 5

LAGS = int(SAMPLE_RATE / LOWEST) + 3
"""How many lags are looked at, in samples from 0 on."""

_UNVOICED = 0.45  # autocorrelation under which a frame has no pitch
_SILENT = 0.03  # of the loud frames' amplitude; below it frames lose their pitch
_OCTAVE = 0.02  # prefers the higher of two that fit alike, for each octave
_JUMP = 0.35  # cost of a jump, for each octave
_SWITCH = 0.14  # cost of going from voiced to unvoiced, or back


def periodicities(correlation: Floats, window_correlation: Floats) -> tuple[Floats, Floats]:
    """The likeliest periods of frames.

    Args:
        correlation: [T, LAGS] autocorrelation of windowed frames.
        window_correlation: [LAGS] the window's own.

    Returns:
        frequencies [T, CANDIDATES] in Hz, and how periodic frames are at them [T, CANDIDATES], 0..1, both 0 where there
        are fewer.
    """
    first, last = int(SAMPLE_RATE / HIGHEST), LAGS - 2
    energy = np.maximum(correlation[:, :1], 1e-20)
    likeness = (correlation / energy) / (window_correlation / window_correlation[0])
    middle, before, after = (
        likeness[:, first:last],
        likeness[:, first - 1 : last - 1],
        likeness[:, first + 1 : last + 1],
    )
    peaks = np.where((middle >= before) & (middle > after) & (middle > 0.2), middle, 0.0)
    # A period's multiples fit as well as itself: of alike ones the shortest.
    merits = np.where(peaks > 0.0, peaks - _OCTAVE * np.log2(np.arange(first, last)), -np.inf)
    best = np.argpartition(-merits, CANDIDATES, axis=1)[:, :CANDIDATES]
    heights = np.take_along_axis(peaks, best, 1)
    left, right = np.take_along_axis(before, best, 1), np.take_along_axis(after, best, 1)
    # A parabola through three lags finds the top between them.
    bend = np.minimum(left - 2.0 * heights + right, -1e-12)
    shift = np.clip(0.5 * (left - right) / bend, -0.5, 0.5)
    top = heights - 0.25 * (left - right) * shift
    found = heights > 0.0
    return np.where(found, SAMPLE_RATE / (best + first + shift), 0.0), np.where(found, np.clip(top, 0.0, 1.0), 0.0)


def cheapest_path(frequencies: Floats, strengths: Floats, loudness: Floats) -> tuple[Floats, Floats]:
    """The pitch that costs least, by Viterbi's algorithm.

    Args:
        frequencies: [T, K] Hz, 0 where there is none.
        strengths: [T, K] how periodic, 0..1.
        loudness: [T] amplitude, 1 for loud frames.

    Returns:
        pitch [T] in Hz, 0 where there is none; and how periodic frames are at it [T].
    """
    count, width = frequencies.shape
    octaves = np.where(frequencies > 0.0, np.log2(np.maximum(frequencies, 1.0)), 0.0)
    gains = np.where(frequencies > 0.0, strengths + _OCTAVE * (octaves - np.log2(LOWEST)), -np.inf)
    unvoiced = _UNVOICED + np.maximum(0.0, 2.0 - loudness / (_SILENT / (1.0 + _UNVOICED)))
    gains = np.column_stack([gains, unvoiced])
    voiced = np.column_stack([frequencies > 0.0, np.zeros(count, bool)])
    octaves = np.column_stack([octaves, np.zeros(count)])
    came_from = np.zeros((count, width + 1), np.intp)
    score = gains[0]
    for frame in range(1, count):
        both = voiced[frame - 1][:, None] & voiced[frame]
        switch = voiced[frame - 1][:, None] != voiced[frame]
        cost = both * (_JUMP * np.abs(octaves[frame - 1][:, None] - octaves[frame])) + switch * _SWITCH
        total = score[:, None] - cost
        came_from[frame] = total.argmax(0)
        score = total[came_from[frame], np.arange(width + 1)] + gains[frame]
    path = np.zeros(count, np.intp)
    path[-1] = score.argmax()
    for frame in range(count - 1, 0, -1):
        path[frame - 1] = came_from[frame, path[frame]]
    rows, last = np.arange(count), np.zeros((count, 1))
    return np.hstack([frequencies, last])[rows, path], np.hstack([strengths, last])[rows, path]
