"""What a face does by itself, live and offline."""

import sys
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from avatar.animation import Animation
from avatar.audio import SAMPLE_RATE, Sound
from avatar.behaviours.blinks import BlinkLayer, Blinks
from avatar.behaviours.breath import Breath, BreathLayer
from avatar.behaviours.brows import BrowLayer, Brows
from avatar.behaviours.gaze import Gaze, GazeLayer, saccade_duration
from avatar.behaviours.head import NodLayer, Nods, Posture, PostureLayer
from avatar.behaviours.layer import Layer
from avatar.behaviours.moments import Listener, Moment
from avatar.behaviours.motion import needed_pulses, needed_steps
from avatar.behaviours.performance import Performance
from avatar.behaviours.voice import TICKS, LoudnessStream, loudness_of_mouth

LONGEST_LOOKAHEAD = 1.0
"""Seconds."""

_SLACK = 1e-9
"""Seconds by which instants may differ in how they were computed."""


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """Which layers a face has, and how each behaves; None switches one off.

    Args:
        blinks: blinks.
        gaze: saccades, looks at the viewer and away, following a point.
        posture: how the head is held, and shifts.
        nods: nods on stressed syllables.
        brows: brows that rise with the strongest of them.
        breath: breath.
        lookahead: seconds 0..1 of voice after an instant that behaviour may respond to at that instant. With 0.16 nods
            meet the syllables that they belong to; with less they come later by the difference.

    Raises:
        ValueError: lookahead is out of range.
    """

    blinks: Blinks | None = field(default_factory=Blinks)
    gaze: Gaze | None = field(default_factory=Gaze)
    posture: Posture | None = field(default_factory=Posture)
    nods: Nods | None = field(default_factory=Nods)
    brows: Brows | None = field(default_factory=Brows)
    breath: Breath | None = field(default_factory=Breath)
    lookahead: float = 0.16

    def __post_init__(self) -> None:
        if not 0.0 <= self.lookahead <= LONGEST_LOOKAHEAD:
            raise ValueError(f"lookahead must be within 0 and {LONGEST_LOOKAHEAD:g} s, got {self.lookahead}")

    def within(self, lookahead: float) -> "Behaviour":
        """The same, looking ahead no farther than a stream of frames that itself waits for `lookahead` seconds.

        A stream's frames come up to 40 ms before all the sound of their look-ahead has made whole steps of 20 ms.
        """
        return replace(self, lookahead=min(self.lookahead, max(lookahead - 0.04, 0.0)))


ALIVE = Behaviour()
"""All layers, as people are on average."""


class Performer:
    """Behaves while a voice comes in, for as long as it goes on.

    What it does at an instant depends on the seed and on the voice until `lookahead` after that instant, and on nothing
    that comes later: neither on how long it goes on nor on the sizes of the pieces.

    Args:
        behaviour: which layers, and how.
        seed: another seed, other movements; 0 or more.
        live: forget movements that are over; otherwise `performance` has them all.

    Raises:
        ValueError: the seed is negative.
    """

    def __init__(self, behaviour: Behaviour = ALIVE, *, seed: int = 0, live: bool = True) -> None:
        self._gaze = GazeLayer(behaviour.gaze, seed=seed) if behaviour.gaze else None
        self._blinks = BlinkLayer(behaviour.blinks, seed=seed) if behaviour.blinks else None
        self._posture = PostureLayer(behaviour.posture, seed=seed) if behaviour.posture else None
        self._nods = NodLayer(behaviour.nods, seed=seed) if behaviour.nods else None
        self._brows = BrowLayer(behaviour.brows, seed=seed) if behaviour.brows else None
        self._breath = BreathLayer(behaviour.breath, seed=seed) if behaviour.breath else None
        followers = (self._blinks, self._posture, self._nods, self._brows, self._breath)
        self._followers: list[Layer] = [layer for layer in followers if layer is not None]
        self._paths = Performance()
        if behaviour.gaze:
            self._paths = replace(self._paths, focus=behaviour.gaze.focus)
        if behaviour.posture:
            self._paths = replace(self._paths, home=behaviour.posture.home)
        self._loudness = LoudnessStream()
        self._listener = Listener(behaviour.lookahead)
        self._live = live
        self.frames = 0
        """How many frames were given so far."""
        self._now = 0.0
        self._ended = False

    @property
    def known(self) -> float:
        """Seconds up to which it is decided what the face does."""
        return np.inf if self._ended else self._listener.known

    def frames_known(self, fps: float) -> int:
        """How many frames, from 0 s on, are decided at `fps` frames a second; after `end` a huge number."""
        if self._ended:
            return sys.maxsize
        return max(int((self.known + _SLACK) * fps) + 1, 0) if self.known >= -_SLACK else 0

    def hear(self, samples: NDArray[np.float32]) -> None:
        """Take in the voice.

        Args:
            samples: [n] at 16 kHz, -1..1.
        """
        self.hear_loudness(self._loudness.push(samples))

    def hear_loudness(self, loudness: NDArray[np.float64]) -> None:
        """Take in the voice as its loudness [n], dB under full scale, 50 times a second."""
        for moment in self._listener.hear(loudness.tolist()):
            self.decide(moment.time)
            self._tell(moment)

    def end(self) -> None:
        """Say that no voice will come any more."""
        self._ended = True

    def look_at(self, *point: float) -> None:
        """Turn the eyes to a point (x, y, z), metres from between the ears of the resting head, from the next frame on.

        Raises:
            ValueError: it is no point.
        """
        if len(point) != 3 or not np.isfinite(point).all():
            raise ValueError(f"look_at needs a point (x, y, z) in metres, got {point}")
        here = self._paths.focus(np.array([self._now]))[0]
        angle = float(np.arccos(np.clip(here @ point / np.linalg.norm(here) / np.linalg.norm(point), -1.0, 1.0)))
        duration = saccade_duration(angle)
        focus = self._paths.focus.turned(self._now, (point[0], point[1], point[2]), duration=duration)
        self._paths = replace(self._paths, focus=focus)

    def add(self, animation: Animation) -> Animation:
        """The next frames of an animation, with behaviour added; the first call's begin at 0 s.

        Args:
            animation: in ARKit; it ends before `known`.

        Raises:
            KeyError: the space lacks controls of the layers.
            ValueError: it goes on beyond what was heard.
        """
        if not len(animation):
            return animation
        last = (self.frames + len(animation) - 1) / animation.fps
        if last > self.known + _SLACK:
            raise ValueError(
                f"animation must end before {self.known:.3f} s, up to where the voice was heard less the look-ahead, "
                f"got {last:.3f} s; hear more, or end()"
            )
        self.decide(last)
        added = self.performance.add(animation, first=self.frames)
        self.frames += len(animation)
        self._now = self.frames / animation.fps
        if self._live:
            self._forget(last)
        return added

    @property
    def performance(self) -> Performance:
        """What was decided; where it is live, what is not over yet."""
        return replace(
            self._paths,
            blinks=tuple(self._blinks.pulses) if self._blinks else None,
            gaze=tuple(self._gaze.steps) if self._gaze else None,
            posture=tuple(self._posture.steps) if self._posture else None,
            nods=tuple(self._nods.pulses) if self._nods else None,
            brows=tuple(self._brows.pulses) if self._brows else None,
            breath=tuple(self._breath.pulses) if self._breath else None,
        )

    def _tell(self, moment: Moment) -> None:
        if self._gaze:
            self._gaze.hear(moment)
            self._pass_looks_on()
        for layer in self._followers:
            layer.hear(moment)

    def decide(self, until: float) -> None:
        """Decide all movements that begin before `until` seconds, which is before `known`."""
        while self._gaze:
            self._gaze.advance(until)
            if not self._pass_looks_on():
                break
        for layer in self._followers:
            layer.advance(until)

    def _pass_looks_on(self) -> bool:
        """Let the other layers see where the eyes went: lids blink on far looks, the head follows them."""
        looks = self._gaze.looks if self._gaze else []
        for look in looks:
            for layer in self._followers:
                layer.advance(look.time)
                layer.hear(look)
        any_look = bool(looks)
        looks.clear()
        return any_look

    def _forget(self, time: float) -> None:
        for layer in (self._blinks, self._nods, self._brows, self._breath):
            if layer:
                layer.pulses = needed_pulses(layer.pulses, time)
        for mover in (self._gaze, self._posture):
            if mover:
                mover.steps = needed_steps(mover.steps, time)


def perform(voice: Sound | None, duration: float, *, behaviour: Behaviour = ALIVE, seed: int = 0) -> Performance:
    """Everything that a face does in a time, as movements.

    Args:
        voice: what it says, at 16 kHz; None for a face that listens.
        duration: seconds.
        behaviour: which layers, and how; all of them by default.
        seed: another seed, other movements; 0 or more.

    Raises:
        ValueError: the voice has another rate, or the seed is negative.
    """
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
