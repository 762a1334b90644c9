"""Behaviour while a voice comes in."""

import sys
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from avatar.animation import Animation
from avatar.behaviour.behaviour import ALIVE, Behaviour
from avatar.behaviour.blinks import BlinkLayer
from avatar.behaviour.breath import BreathLayer
from avatar.behaviour.brows import BrowLayer
from avatar.behaviour.gaze import GazeLayer, saccade_duration
from avatar.behaviour.head import NodLayer, Posture, PostureLayer
from avatar.behaviour.layer import Layer
from avatar.behaviour.moments import Listener, Moment
from avatar.behaviour.motion import needed_pulses, needed_steps
from avatar.behaviour.path import Path
from avatar.behaviour.performance import Performance
from avatar.behaviour.voice import LoudnessStream

_SLACK = 1e-9
"""Seconds by which instants may differ in how they were computed."""


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

        Raises:
            ValueError: they are not one channel.
        """
        if np.ndim(samples) != 1:
            raise ValueError(f"samples must be [n], one channel, got {list(np.shape(samples))}; average the channels")
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
            ValueError: it is no point, or the behaviour has no gaze.
        """
        if not self._gaze:
            raise ValueError("look_at needs eyes that behave; give the behaviour a Gaze()")
        if len(point) != 3 or not np.isfinite(point).all() or not any(point):
            raise ValueError(f"look_at needs a point (x, y, z) in metres other than that between the ears, got {point}")
        here = self._paths.focus(np.array([self._now]))[0]
        angle = float(np.arccos(np.clip(here @ point / np.linalg.norm(here) / np.linalg.norm(point), -1.0, 1.0)))
        duration = saccade_duration(angle)
        focus = self._paths.focus.turned(self._now, (point[0], point[1], point[2]), duration=duration)
        self._paths = replace(self._paths, focus=focus)

    def hold_head(self, home: Path) -> None:
        """Let the head move around other angles, in place of `Posture.home`, from the next frame on.

        Args:
            home: yaw, pitch and roll in radians, by seconds from the first frame on; no jump where it goes on from
                where the head's home is at the next frame.

        Raises:
            ValueError: it is not of three angles, or the behaviour has no posture.
        """
        if not self._posture:
            raise ValueError("hold_head needs a head that behaves; give the behaviour a Posture()")
        Posture(home=home)  # refuses what is none
        self._paths = replace(self._paths, home=home)

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
        self._paths = replace(self._paths, focus=self._paths.focus.since(time), home=self._paths.home.since(time))
