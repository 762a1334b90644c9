"""All that a face does beside speaking, as movements that can be looked at, edited, saved and worn."""

import os
from dataclasses import asdict, dataclass, field

import numpy as np

from avatar.animation import Animation
from avatar.behaviour.eyes import Curves, look_shapes
from avatar.behaviour.gaze import VIEWER
from avatar.behaviour.motion import Floats, Pulse, Step, early_speed, parabolic_speed, pulse_curve, step_curve
from avatar.behaviour.path import Path
from avatar.behaviour.track_file import read_tracks, write_tracks

_HEAD = ("headYaw", "headPitch", "headRoll")
_NOWHERE = (0.0, 0.0, 0.0)


@dataclass(frozen=True, kw_only=True)
class Performance:
    """Tracks of movements; times in seconds. None is a layer that is off and leaves its controls alone.

    Edit one with `dataclasses.replace`, or save it, edit the JSON and load it.

    Args:
        blinks: pulses of both lids' closing (1,).
        gaze: steps of (yaw, pitch) beside the focus, radians: yaw to the face's left, pitch down.
        posture: steps of (yaw, pitch, roll) beside the home, radians.
        nods: pulses of (yaw, pitch, roll), radians.
        brows: pulses of (browInnerUp, browOuterUp of both sides).
        breath: pulses of the head's pitch (radians,).
        focus: the point that is looked at, metres from between the ears of the resting head.
        home: yaw, pitch and roll that the head moves around, radians.

    Example:
        >>> nodding = Performance(nods=(Pulse(1.0, 0.2, 0.0, 0.4, (0.0, 0.05, 0.0)),))
    """

    blinks: tuple[Pulse, ...] | None = None
    gaze: tuple[Step, ...] | None = None
    posture: tuple[Step, ...] | None = None
    nods: tuple[Pulse, ...] | None = None
    brows: tuple[Pulse, ...] | None = None
    breath: tuple[Pulse, ...] | None = None
    focus: Path = field(default_factory=lambda: Path.still(*VIEWER))
    home: Path = field(default_factory=lambda: Path.still(*_NOWHERE))

    def add(self, animation: Animation, *, first: int = 0) -> Animation:
        """The same animation with these movements.

        Lids close at least as far as blinks say; head and brows are added to what they do already; where there is
        `gaze`, it has the eyes to itself: the eyeLook shapes are set and the eyes' own yaw and pitch are 0.

        Args:
            animation: in ARKit's names; only the controls of layers that are on are needed.
            first: number of its first frame, where it goes on after another.

        Raises:
            KeyError: the space lacks a control that is needed.
        """
        times = np.arange(first, first + len(animation)) / animation.fps
        curves: Curves = {}
        if self.blinks is not None:
            lids = pulse_curve(times, self.blinks, width=1, rise=parabolic_speed, fall=early_speed)[:, 0]
            for name in ("eyeBlinkLeft", "eyeBlinkRight"):
                curves[name] = np.maximum(animation[name], np.clip(lids, 0.0, 1.0))
        curves |= self._brow_curves(animation, times) | self._head_curves(animation, times)
        if self.gaze is not None:
            head = np.stack([np.asarray(curves.get(name, animation[name]), np.float64) for name in _HEAD], 1)
            away = step_curve(times, self.gaze, home=(0.0, 0.0), ease=parabolic_speed)
            curves |= look_shapes(self.focus(times), away, head)
            curves |= {
                f"{side}Eye{axis}": np.zeros(len(times)) for side in ("left", "right") for axis in ("Yaw", "Pitch")
            }
        return animation.with_curves(curves)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it as JSON to be edited: one list of movements a track."""
        write_tracks(path, asdict(self))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Performance":
        """Read what `save` wrote.

        Raises:
            OSError: there is no such file, or it may not be read.
            ValueError: it is no such file, or a movement in it is not possible; the message says which.
        """
        return cls(**read_tracks(path))

    def _brow_curves(self, animation: Animation, times: Floats) -> Curves:
        if self.brows is None:
            return {}
        inner, outer = pulse_curve(times, self.brows, width=2).T
        raised = {"browInnerUp": inner, "browOuterUpLeft": outer, "browOuterUpRight": outer}
        return {name: np.clip(animation[name] + rise, 0.0, 1.0) for name, rise in raised.items()}

    def _head_curves(self, animation: Animation, times: Floats) -> Curves:
        turns = []
        if self.posture is not None:
            turns.append(self.home(times) + step_curve(times, self.posture, home=_NOWHERE))
        if self.nods is not None:
            turns.append(pulse_curve(times, self.nods, width=3))
        if self.breath is not None:
            turns.append(pulse_curve(times, self.breath, width=1) * np.array([0.0, 1.0, 0.0]))
        if not turns:
            return {}
        total = sum(turns[1:], turns[0])
        return {name: animation[name] + total[:, axis] for axis, name in enumerate(_HEAD)}
