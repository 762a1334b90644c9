"""How emotions hold the head: hints for whoever moves it.

People lower the head in sadness and raise it in contempt (Mignault and Chaudhuri 2003), draw it back from what
surprises, frightens or disgusts them, and come forward in anger (Darwin 1872). The angles are ours, in the range that
head motion in emotional speech has (Busso et al. 2007).
"""

from collections.abc import Mapping
from dataclasses import replace
from math import ceil

import numpy as np

from avatar.behaviour import Behaviour, Path
from avatar.emotion.emotions import EMOTIONS
from avatar.emotion.steering import SLOWEST
from avatar.emotion.track import EmotionTrack

HEAD: Mapping[str, tuple[float, float, float]] = {
    "happy": (0.0, -1.5, 2.0),
    "sad": (0.0, 6.0, 2.5),
    "angry": (0.0, 4.0, 0.0),
    "surprised": (0.0, -3.0, 0.0),
    "afraid": (2.0, -3.5, 0.0),
    "disgusted": (4.0, -2.0, 2.0),
    "contempt": (3.0, -4.0, 3.0),
    "calm": (0.0, 0.5, 1.0),
}
"""Yaw, pitch and roll in degrees at full intensity, as in `ARKIT_ROTATIONS`."""

RATE, MOST = 60, 600
"""How many angles a second of a change has, and about the most that one change has, however long it takes."""


def head_home(track: EmotionTrack) -> Path:
    """Where a track's emotions hold the head, for `avatar.behaviour.Posture(home=...)`: it goes as they come and go.

    Args:
        track: which emotions, when.

    Returns:
        Yaw, pitch and roll in radians over time.
    """
    instants = {0}
    for key in track.keys:
        if key.time > 0.0:
            first = int(key.time * RATE)
            last = ceil((key.time + (key.transition or SLOWEST)) * RATE)
            instants |= {*range(first, last, max((last - first) // MOST, 1)), last}
    times = [instant / RATE for instant in sorted(instants)]
    intensities = track.at(times)
    angles = np.zeros((len(times), 3))
    for column, emotion in enumerate(EMOTIONS):  # one by one: a piece of a track has the bits of the whole
        angles += intensities[:, [column]] * np.radians(HEAD[emotion])
    return Path(tuple(times), tuple(map(tuple, angles.tolist())))


def in_mood(behaviour: Behaviour, track: EmotionTrack) -> Behaviour:
    """The same behaviour with the head held as a track's emotions do; a home that was chosen stays."""
    posture = behaviour.posture
    if posture is None or any(map(any, posture.home.values)):
        return behaviour
    return replace(behaviour, posture=replace(posture, home=head_home(track)))
