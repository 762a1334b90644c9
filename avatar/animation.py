"""Curves over time: the one thing that everything here makes, moves, wears or judges."""

import os
import tokenize
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from avatar.controls import Control, ControlSpace
from avatar.files import replacing

MOST_FPS = 1000.0
"""Frames per second that are made: far above any screen's; a slip of the finger beyond would fill the memory."""

_ENTRIES = ("space", "names", "units", "ranges", "curves", "fps", "audio")

_DAMAGE = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,  # a bare .npy array has no entries
    EOFError,
    MemoryError,  # a damaged header asks for an absurd size
    NotImplementedError,
    RuntimeError,
    SyntaxError,
    tokenize.TokenError,  # numpy reads a header as Python literals
    zipfile.BadZipFile,
    zlib.error,
)
"""What reading a broken or foreign .npz can raise, beside OSError."""


def check_fps(fps: float, name: str = "fps") -> None:
    """Refuse frame rates at which no animation is made.

    Args:
        fps: frames per second.
        name: what the user calls it.

    Raises:
        ValueError: fps is not within 0 (exclusive) and `MOST_FPS`.
    """
    if not 0 < fps <= MOST_FPS:
        raise ValueError(f"{name} must be a number above 0 and at most {MOST_FPS:g}, got {fps}")


def between_frames(
    weights: NDArray[np.float32], position: NDArray[np.float64], *, first: int = 0
) -> NDArray[np.float32]:
    """Values at instants between frames, on the straight line from the frame before to the frame after.

    Args:
        weights: frames [T, C].
        position: instants [N] in frames, within first..first + T - 1.
        first: number of the first frame.

    Returns:
        [N, C].
    """
    left = position.astype(np.int64)
    blend = (position - left).astype(np.float32)[:, None]
    left -= first
    right = np.minimum(left + 1, len(weights) - 1)
    between: NDArray[np.float32] = weights[left] + blend * (weights[right] - weights[left])
    return between


@dataclass(frozen=True, eq=False)
class Animation:
    """Values of a control space at evenly spaced instants; frame t is the instant t / fps.

    Args:
        space: what the columns mean.
        weights: [T, C] float32, each in its control's unit. Copied and made read-only.
        fps: frames per second, above 0.
        audio: the sound that it was made from, if any (a file that still has to be there when it is used).

    Raises:
        ValueError: wrong shape, values that are not finite, or fps not above 0.
    """

    space: ControlSpace
    weights: NDArray[np.float32]
    fps: float
    audio: Path | None = None

    def __post_init__(self) -> None:
        with np.errstate(over="ignore"):  # too large for float32 becomes inf, which is refused below
            weights = np.array(self.weights, np.float32)
        if weights.ndim != 2 or weights.shape[1] != len(self.space):
            raise ValueError(
                f"weights must be [T, {len(self.space)}] for {self.space.name}, got {list(weights.shape)}; "
                "use Animation.from_curves to build one from named curves"
            )
        if not np.isfinite(weights).all():
            frame, column = np.argwhere(~np.isfinite(weights))[0]
            raise ValueError(
                f"weights must be finite, got {weights[frame, column]} in {self.space.names[column]!r} at frame {frame}"
            )
        if not (np.isfinite(self.fps) and self.fps > 0):
            raise ValueError(f"fps must be a number above 0, got {self.fps}")
        weights.flags.writeable = False
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "fps", float(self.fps))

    @classmethod
    def from_curves(
        cls, space: ControlSpace, curves: Mapping[str, ArrayLike], fps: float, *, audio: Path | None = None
    ) -> "Animation":
        """Build an animation from curves keyed by control name; the others stay neutral.

        Args:
            space: the space to fill.
            curves: control name to values [T]; all of one length.
            fps: frames per second.
            audio: the sound it belongs to.

        Raises:
            KeyError: a name is not in the space.
            ValueError: the curves differ in length, or there are none.
        """
        arrays = {name: np.asarray(values, np.float32) for name, values in curves.items()}
        shapes = {name: list(values.shape) for name, values in arrays.items()}
        if not arrays or any(values.ndim != 1 for values in arrays.values()) or len({*map(len, arrays.values())}) != 1:
            raise ValueError(f"curves must be [T], all of one length, got {shapes or 'no curves'}")
        weights = np.tile(space.neutral, (len(next(iter(arrays.values()))), 1))
        for name, values in arrays.items():
            weights[:, space.index(name)] = values
        return cls(space, weights, fps, audio)

    def __len__(self) -> int:
        return len(self.weights)

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        """The curve [T] of one control, by name."""
        return self.weights[:, self.space.index(name)]

    @property
    def duration(self) -> float:
        """Length in seconds: frames / fps."""
        return len(self) / self.fps

    @property
    def times(self) -> NDArray[np.float64]:
        """The instant of each frame [T] in seconds."""
        return np.arange(len(self)) / self.fps

    def with_curves(self, curves: Mapping[str, ArrayLike]) -> "Animation":
        """The same animation with some curves replaced (each [T] or a single value).

        Raises:
            KeyError: a name is not in the space.
            ValueError: a curve has another length.
        """
        weights = self.weights.copy()
        for name, values in curves.items():
            array = np.asarray(values, np.float32)
            if array.shape not in ((), (len(self),)):
                raise ValueError(f"curve {name!r} must be [{len(self)}] or a single value, got {list(array.shape)}")
            weights[:, self.space.index(name)] = array
        return replace(self, weights=weights)

    def slice(self, start: float, end: float | None = None) -> "Animation":
        """The frames with start <= time < end, in seconds; time starts anew at 0.

        The sound is let go, because it would no longer be in step.
        """
        stop = self.duration if end is None else end
        if not 0 <= start <= stop:
            raise ValueError(f"slice needs 0 <= start <= end, got start={start}, end={end}")
        # A tiny tolerance: 0.1 s at 30 fps is frame 3, whatever 0.1 * 30 rounds to.
        first, last = (int(np.ceil(t * self.fps - 1e-6)) for t in (start, stop))
        return replace(self, weights=self.weights[first:last], audio=None)

    def resample(self, fps: float, *, frames: int | None = None) -> "Animation":
        """The same motion at another frame rate: the curves, straight between frames, read at the new instants.

        Nothing is averaged when the rate goes down: a lip closure of one or two frames must stay a closure.

        Args:
            fps: new frames per second, above 0 and at most `MOST_FPS`.
            frames: how many frames to give; by default as many as keep the duration. Past the end the last value holds.

        Raises:
            ValueError: fps is out of range, frames is negative, or frames are asked of an empty animation.
        """
        check_fps(fps)
        count = round(self.duration * fps) if frames is None else frames
        if len(self) and frames is None:
            count = max(1, count)
        if count < 0 or (count > 0 and len(self) == 0):
            raise ValueError(f"frames must be 0 or more, and 0 for an empty animation, got {frames}")
        if count == 0:
            return replace(self, weights=self.weights[:0], fps=fps)
        # Multiplied before it is divided: whole results come out whole, so frames that coincide are copied exactly.
        position = np.minimum(np.arange(count) * self.fps / fps, len(self) - 1)
        return replace(self, weights=between_frames(self.weights, position), fps=fps)

    @staticmethod
    def concatenate(animations: Sequence["Animation"]) -> "Animation":
        """Play animations one after another.

        Raises:
            ValueError: none given, or they differ in space or fps (resample first).
        """
        if not animations:
            raise ValueError("concatenate needs at least one animation, got none")
        first = animations[0]
        for other in animations[1:]:
            first._check_alike(other)
        return Animation(first.space, np.concatenate([a.weights for a in animations]), first.fps)

    def mix(self, other: "Animation", amount: float | ArrayLike = 0.5) -> "Animation":
        """Blend towards another animation: (1 - amount) * self + amount * other.

        Args:
            other: same space, fps and length.
            amount: 0..1, one number or [T].

        Raises:
            ValueError: they do not match, or the amount leaves 0..1.
        """
        self._check_alike(other)
        if len(self) != len(other):
            raise ValueError(f"mix needs animations of one length, got {len(self)} and {len(other)} frames")
        share = np.asarray(amount, np.float32)
        if share.shape not in ((), (len(self),)):
            raise ValueError(f"amount must be one number or [{len(self)}], got {list(share.shape)}")
        if not ((share >= 0) & (share <= 1)).all():
            raise ValueError(f"amount must be within 0..1, got {share.min()}..{share.max()}")
        share = share.reshape(-1, 1)
        return replace(self, weights=(1 - share) * self.weights + share * other.weights)

    def out_of_range(self) -> dict[str, tuple[float, float]]:
        """Controls that leave their range, by name: their smallest and largest value."""
        if len(self) == 0:
            return {}
        extremes = zip(self.space.controls, self.weights.min(0), self.weights.max(0), strict=True)
        return {
            control.name: (float(low), float(high))
            for control, low, high in extremes
            if low < control.minimum - 1e-6 or high > control.maximum + 1e-6
        }

    def clamp(self) -> "Animation":
        """The same animation with every value brought into its control's range."""
        return replace(self, weights=np.clip(self.weights, self.space.minimum, self.space.maximum))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write an .npz with names, units, ranges, values and fps; readable without running anything from it."""
        controls = self.space.controls
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez_compressed(
                file,
                space=np.array(self.space.name),
                names=np.array(self.space.names),
                units=np.array([c.unit for c in controls]),
                ranges=np.array([(c.minimum, c.maximum, c.neutral) for c in controls], np.float64),
                curves=self.weights,
                fps=np.array(self.fps),
                audio=np.array("" if self.audio is None else str(self.audio)),
            )

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Animation":
        """Read what `save` wrote. Nothing in the file is executed.

        Raises:
            OSError: there is no such file, or it may not be read.
            ValueError: not an animation file, or a damaged one.
        """
        try:
            content = Path(path).read_bytes()
        except FileNotFoundError:
            raise FileNotFoundError(f"no such animation file: {path}") from None
        except OSError as error:
            raise type(error)(f"cannot read {path}: {error.strerror or error}") from error
        try:
            # From memory: a damaged archive may send a file to places where the system knows none (an OSError).
            with np.load(BytesIO(content), allow_pickle=False) as entries:
                return cls._from_entries({name: entries[name] for name in _ENTRIES})
        except _DAMAGE as error:
            raise ValueError(f"{path} is not an animation .npz, or is damaged: {error}") from error

    @classmethod
    def _from_entries(cls, entries: Mapping[str, NDArray[Any]]) -> "Animation":
        rows = zip(entries["names"], entries["units"], entries["ranges"], strict=True)
        controls = tuple(Control(str(name), str(unit), *map(float, limits)) for name, unit, limits in rows)  # type: ignore[arg-type]
        audio = str(entries["audio"])
        return cls(
            ControlSpace(str(entries["space"]), controls),
            entries["curves"],
            float(entries["fps"]),
            Path(audio) if audio else None,
        )

    def _check_alike(self, other: "Animation") -> None:
        if self.space != other.space:
            raise ValueError(f"the animations have different control spaces: {self.space.name}, {other.space.name}")
        if self.fps != other.fps:
            raise ValueError(f"the animations have {self.fps} and {other.fps} fps; resample one first")
