"""Behaviour for voices and animations that are there as a whole."""

import numpy as np
from numpy.typing import NDArray

from avatar.animation import Animation
from avatar.audio import SAMPLE_RATE, Sound
from avatar.behaviour.behaviour import ALIVE, Behaviour
from avatar.behaviour.performance import Performance
from avatar.behaviour.performer import Performer
from avatar.behaviour.voice import TICKS, LoudnessStream, loudness_of_mouth


def perform(voice: Sound | None, duration: float, *, behaviour: Behaviour = ALIVE, seed: int = 0) -> Performance:
    """Everything that a face does in a time, as movements.

    Args:
        voice: what it says, at 16 kHz; None for a face that listens.
        duration: seconds, 0 or more.
        behaviour: which layers, and how; all of them by default.
        seed: another seed, other movements; 0 or more.

    Raises:
        ValueError: the voice has another rate, or duration or seed are negative.
    """
    if not 0.0 <= duration < np.inf:
        raise ValueError(f"duration must be seconds, 0 or more, got {duration}")
    if voice is not None and voice.sample_rate != SAMPLE_RATE:
        raise ValueError(
            f"voice must be at {SAMPLE_RATE} Hz, got {voice.sample_rate}; use voice.resample({SAMPLE_RATE})"
        )
    loudness = np.zeros(0) if voice is None else LoudnessStream().push(voice.samples)
    return _perform(loudness, duration, behaviour, seed)


def add_behaviour(
    animation: Animation, voice: Sound | None = None, *, behaviour: Behaviour = ALIVE, seed: int = 0
) -> Animation:
    """Let a face live: blinks, gaze, head motion, brows and breath.

    The same seed gives the same movements at any frame rate. A longer animation begins as a shorter one does, but
    for the shorter one's last `lookahead` seconds, in which nothing is known of what follows.

    Args:
        animation: in ARKit.
        voice: what it says, at 16 kHz, from frame 0 on; by default the mouth's motion says when it speaks.
        behaviour: which layers, and how; all of them by default.
        seed: another seed, other movements; 0 or more.

    Returns:
        The same animation with behaviour added, see `Performance.add`.

    Raises:
        KeyError: the space lacks controls of the layers.
        ValueError: the voice has another rate, or the seed is negative.
    """
    if voice is not None:
        return perform(voice, animation.duration, behaviour=behaviour, seed=seed).add(animation)
    return _perform(loudness_of_mouth(animation), animation.duration, behaviour, seed).add(animation)


def _perform(loudness: NDArray[np.float64], duration: float, behaviour: Behaviour, seed: int) -> Performance:
    performer = Performer(behaviour, seed=seed, live=False)
    performer.hear_loudness(loudness[: int((duration + behaviour.lookahead) * TICKS)])
    performer.end()
    performer.decide(duration)
    return performer.performance
