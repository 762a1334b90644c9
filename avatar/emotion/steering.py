"""A track that is steered while a live face follows it."""

from dataclasses import replace
from itertools import takewhile

from avatar.emotion.track import OFFSET, ONSET, EmotionKey, EmotionTrack

SLOWEST = OFFSET * max(ONSET.values())
"""Seconds that the longest change takes of those that ask for no transition."""


def turned(track: EmotionTrack, time: float, to: EmotionTrack, *, transition: float | None = None) -> EmotionTrack:
    """A track until `time`, then another, which begins there.

    Args:
        track: what is felt so far.
        time: seconds, 0 or more; what `track` asks for from then on is dropped.
        to: what is felt then, its times counted from `time` on.
        transition: seconds of the change; by default that of `to`, or else each emotion's own onset and offset.

    Raises:
        ValueError: the transition is not above 0.
    """
    kept = [key for key in track.keys if key.time < time]
    begun = [EmotionKey(0.0), *(key for key in to.keys if key.time <= 0.0)]
    first = EmotionKey(time, begun[-1].mixture, begun[-1].transition if transition is None else transition)
    later = (replace(key, time=time + key.time) for key in to.keys if key.time > 0.0)
    return EmotionTrack((*kept, first, *later))


def since(track: EmotionTrack, time: float) -> EmotionTrack:
    """From `time` on the same track to the bit, without keys that led to others before."""
    over = list(takewhile(lambda key: key.time + (key.transition or SLOWEST) <= time, track.keys))
    if len(over) < 2:
        return track
    begin = EmotionKey(min(over[-1].time, 0.0), over[-1].mixture)
    return EmotionTrack((begin, *track.keys[len(over) :]))
