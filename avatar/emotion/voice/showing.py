"""From what is heard to what a face shows: little when unsure, nothing that flickers."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from avatar.emotion.dimensions import DIMENSIONS, PLACES
from avatar.emotion.emotions import EMOTIONS
from avatar.emotion.track import ONSET, EmotionKey, EmotionTrack
from avatar.emotion.voice.hear import Heard
from avatar.emotion.voice.pitch import Floats

UNSURE, SURE = 0.35, 0.8
"""Probabilities at which an emotion begins to show, and from which it shows all that its arousal says."""

QUIET = 0.4
"""Share that certainty alone shows, whatever the arousal; the rest is the arousal's."""

MOST = 0.8
"""Intensity of what is surest and most aroused: what is only heard is never shown at full strength."""

SHOWN = 0.1
"""Intensity under which nothing is shown."""

CHANGE = 0.15
"""Intensity by which a change is worth a key."""

SHORTEST = 0.8
"""Seconds that a key lasts."""

_AROUSAL = DIMENSIONS.index("arousal")


def intensities(heard: Heard) -> Floats:
    """How strongly each emotion should show [T, E] in 0..1, in the order of `EMOTIONS`.

    Certainty times arousal: an emotion's probability between `UNSURE` and `SURE`, times how far the voice is aroused
    the emotion's way. At most one is above 0, since `UNSURE` or more is hardly left for two.
    """
    shown = np.zeros((len(heard), len(EMOTIONS)))
    for column, emotion in enumerate(EMOTIONS):
        sure = np.clip((heard.probability(emotion) - UNSURE) / (SURE - UNSURE), 0.0, 1.0)
        aroused = np.clip(heard.arousal / PLACES[emotion][_AROUSAL], 0.0, 1.0)
        shown[:, column] = MOST * sure * (QUIET + (1.0 - QUIET) * aroused)
    return np.where(shown >= SHOWN, shown, 0.0)


def track_of(heard: Heard, *, strength: float = 1.0) -> EmotionTrack:
    """Keys where what should show changes by enough, for long enough.

    Args:
        heard: by `hear`.
        strength: factor on intensities, 0..2.

    Raises:
        ValueError: the strength is out of range.
    """
    if not 0.0 <= strength <= 2.0:
        raise ValueError(f"strength must be within 0..2, got {strength}")
    wanted = np.clip(strength * intensities(heard), 0.0, 1.0)
    cuts = _cuts(wanted, heard.times)
    keys = [EmotionKey(0.0, _mixture(wanted[cuts[0] : cuts[1]]))]
    for first, last in pairwise(cuts[1:]):
        mixture = _mixture(wanted[first:last])
        if _alike(mixture, keys[-1].mixture):
            continue
        # Half of the change lies before the instant, as the windows that heard it do.
        lead = max((ONSET[name] for name in mixture), default=0.0) / 2.0
        keys.append(EmotionKey(round(max(float(heard.times[first]) - lead, keys[-1].time + SHORTEST / 2), 2), mixture))
    return EmotionTrack(tuple(keys))


def _cuts(wanted: Floats, times: Floats) -> list[int]:
    """Where it becomes something else [C], from 0 to the number of instants."""
    cuts = [0]
    for index in range(1, len(wanted)):
        long_enough = times[index] - times[cuts[-1]] >= SHORTEST and times[-1] - times[index] >= SHORTEST
        if long_enough and np.abs(wanted[index] - wanted[cuts[-1] : index].mean(0)).max() >= CHANGE:
            cuts.append(index)
    return [*cuts, len(wanted)]


def _mixture(rows: Floats) -> dict[str, float]:
    """The mean of rows [n, E], rounded to what people like to edit."""
    return {
        name: round(float(value), 2) for name, value in zip(EMOTIONS, rows.mean(0), strict=True) if value >= SHOWN / 2
    }


def _alike(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    return all(abs(one.get(name, 0.0) - other.get(name, 0.0)) < CHANGE / 2 for name in {*one, *other})
