"""Which emotions a face is asked for, when."""

import os
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, pairwise
from math import inf, isfinite
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from avatar.behaviour.motion import Step, step_curve
from avatar.emotion.dimensions import from_dimensions
from avatar.emotion.emotions import EMOTIONS, mixture, parse_mixture

ONSET: Mapping[str, float] = {
    "happy": 0.5,
    "sad": 0.9,
    "angry": 0.5,
    "surprised": 0.3,
    "afraid": 0.4,
    "disgusted": 0.5,
    "contempt": 0.6,
    "calm": 1.0,
}
"""Seconds from neutral to the apex. Spontaneous smiles take about half a second (Schmidt, Cohn and Tian 2003); surprise
comes fastest, sadness slowly (Ekman 2003). Beyond smiles the numbers are ours."""

OFFSET = 1.6
"""How much longer than its onset an emotion's offset takes: faces relax more slowly than they contract."""

FILES = (".json", ".csv", ".yml", ".yaml")


@dataclass(frozen=True)
class EmotionKey:
    """From an instant on, a mixture of emotions.

    Args:
        time: when the face begins to change, seconds; what is asked for at 0 or before is there from the first frame.
        mixture: intensities 0..1 by emotion; empty is neutral.
        transition: seconds of the change; by default each emotion's own onset and offset.

    Raises:
        ValueError: an unknown emotion, or a number out of range.
    """

    time: float
    mixture: Mapping[str, float] = field(default_factory=dict)
    transition: float | None = None

    def __post_init__(self) -> None:
        if not isfinite(self.time):
            raise ValueError(f"time of an emotion must be a number of seconds, got {self.time}")
        if self.transition is not None and not 0.0 < self.transition < inf:
            raise ValueError(f"transition must be above 0 seconds, got {self.transition}")
        object.__setattr__(self, "mixture", mixture(self.mixture))


@dataclass(frozen=True)
class EmotionTrack:
    """Emotions over time: each key holds until the next, with eased transitions between them.

    Args:
        keys: at least one, by rising time.

    Raises:
        ValueError: no keys, or their times do not rise.

    Example:
        >>> track = EmotionTrack.parse("happy:0.7")
        >>> float(track.at([0.0])[0, EMOTIONS.index("happy")])
        0.7
    """

    keys: tuple[EmotionKey, ...]

    def __post_init__(self) -> None:
        keys = tuple(self.keys)
        if not keys:
            raise ValueError("an emotion track needs at least one key, got none; neutral is one too")
        for before, after in pairwise(keys):
            if not after.time > before.time:
                raise ValueError(f"times of an emotion track must rise, got {after.time} s after {before.time} s")
        object.__setattr__(self, "keys", keys)

    @classmethod
    def still(cls, values: Mapping[str, float]) -> "EmotionTrack":
        """The same mixture all the time."""
        return cls((EmotionKey(0.0, values),))

    @classmethod
    def parse(cls, text: str) -> "EmotionTrack":
        """Read one mixture that holds all the time: "happy:0.7", "happy:0.5+surprised:0.3", "neutral".

        Raises:
            ValueError: an unknown emotion (the message lists those known), or not written so.
        """
        return cls.still(parse_mixture(text))

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> "EmotionTrack":
        """Read a track from JSON, CSV, or Audio2Face's YAML or JSON with time codes; see docs/emotion.md.

        Raises:
            OSError: there is no such file, or it may not be read.
            ValueError: it holds no emotions with times; the message says where.
            ImportError: YAML without pyyaml.
        """
        from avatar.emotion.track_files import read_keys

        return cls(read_keys(path))

    @classmethod
    def of(cls, asked: "EmotionTrack | str | os.PathLike[str] | Mapping[str, float]") -> "EmotionTrack":
        """A track from whatever a user asks with: a track, intensities by name, a text, or a file.

        A text that ends like a track's file is one; any other is read by `parse`.

        Raises:
            OSError, ValueError, ImportError: see `read` and `parse`.
        """
        if isinstance(asked, EmotionTrack):
            return asked
        if isinstance(asked, Mapping):
            return cls.still(asked)
        if str(asked).casefold() == "auto":
            raise ValueError(
                "emotion auto is heard in a whole recording; here there is none: name an emotion or a track"
            )
        if isinstance(asked, os.PathLike) or Path(asked).suffix.lower() in FILES:
            return cls.read(asked)
        return cls.parse(asked)

    @classmethod
    def from_dimensions(cls, times: Iterable[float], places: ArrayLike) -> "EmotionTrack":
        """A track of places in valence, arousal and dominance.

        Args:
            times: [K] seconds, rising.
            places: [K, 3], -1..1.

        Raises:
            ValueError: the numbers do not fit, or are out of range.
        """
        rows = np.atleast_2d(np.asarray(places, np.float64))
        return cls(tuple(EmotionKey(time, from_dimensions(row)) for time, row in zip(times, rows, strict=True)))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it as JSON to be edited; `read` reads it."""
        from avatar.emotion.track_files import write_keys

        write_keys(path, self.keys)

    def at(self, times: ArrayLike) -> NDArray[np.float64]:
        """Intensities at instants.

        Each emotion rises and falls on minimum-jerk courses; a change that begins before another is over bends it
        smoothly. What it is at an instant depends on keys up to then only.

        Args:
            times: [T] seconds, rising.

        Returns:
            [T, E] in 0..1, in the order of `EMOTIONS`.
        """
        instants = np.asarray(times, np.float64)
        curves = np.zeros((len(instants), len(EMOTIONS)))
        for column, course in enumerate(self._courses):
            # Changes that begin before others are over may add up to a little more than is asked for.
            curves[:, column] = np.clip(course.at(instants), 0.0, 1.0)
        return curves

    @cached_property
    def _courses(self) -> "tuple[_Course, ...]":
        """Of each emotion: a live face asks for the track at every frame."""
        # The last key at or before 0 is how the face begins.
        begun = sum(key.time <= 0.0 for key in self.keys)
        first = EmotionKey(0.0, self.keys[begun - 1].mixture if begun else {})
        changes = tuple(pairwise((first, *self.keys[begun:])))
        durations = [_durations(before, key) for before, key in changes]
        courses = []
        for emotion in EMOTIONS:
            steps = tuple(
                Step(key.time, duration[emotion], (key.mixture.get(emotion, 0.0),))
                for (_, key), duration in zip(changes, durations, strict=True)
                if emotion in duration
            )
            courses.append(_Course.of(first.mixture.get(emotion, 0.0), steps))
        return tuple(courses)


def _durations(before: EmotionKey, key: EmotionKey) -> dict[str, float]:
    """Seconds that each emotion takes that changes with a key.

    What gives way to another emotion has fallen when that one has risen. Were it slower, the two would add up to more
    than is asked for, and lips that speak would move faster than with either.
    """
    changed = {
        emotion: there - here
        for emotion in EMOTIONS
        if (there := key.mixture.get(emotion, 0.0)) != (here := before.mixture.get(emotion, 0.0))
    }
    if key.transition is not None:
        return dict.fromkeys(changed, key.transition)
    rise = max((ONSET[emotion] for emotion, change in changed.items() if change > 0.0), default=inf)
    return {
        emotion: ONSET[emotion] if change > 0.0 else min(OFFSET * ONSET[emotion], rise)
        for emotion, change in changed.items()
    }


@dataclass(frozen=True, slots=True, eq=False)
class _Course:
    """How one emotion rises and falls.

    Args:
        home: intensity at the beginning.
        steps: [S] by rising start.
        starts: [S] when they begin, in seconds.
        over: [S] when each of them and of those before it has ended, in seconds.
    """

    home: float
    steps: tuple[Step, ...]
    starts: tuple[float, ...]
    over: tuple[float, ...]

    @classmethod
    def of(cls, home: float, steps: tuple[Step, ...]) -> "_Course":
        """Steps from an intensity on."""
        over = accumulate((step.end for step in steps), max)
        return cls(home, steps, tuple(step.start for step in steps), tuple(over))

    def at(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """Intensities [T] at instants [T], rising; only steps that are under way then are looked at."""
        if not len(times):
            return np.zeros(0)
        first, last = bisect_right(self.over, times[0]), bisect_right(self.starts, times[-1])
        home = self.steps[first - 1].target if first else (self.home,)
        return step_curve(times, self.steps[first:last], home=home)[:, 0]
