"""Curves over time: the one thing that everything here makes, moves, wears or judges."""

import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from avatar.controls import Control, ControlSpace
from avatar.files import replacing


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
        arrays = {name: np.asarray(values, np.float32).reshape(-1) for name, values in curves.items()}
        lengths = {name: len(values) for name, values in arrays.items()}
        if len(set(lengths.values())) != 1:
            raise ValueError(f"curves must all have one length, got {lengths or 'no curves'}")
        weights = np.tile(space.neutral, (next(iter(lengths.values())), 1))
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

    def resample(self, fps: float) -> "Animation":
        """The same motion at another frame rate, linearly interpolated between frames.

        Going down, the curves are averaged over one new frame first, so that nothing aliases; a closure shorter than
        a frame gets shallower, as it does in a camera.

        Args:
            fps: new frames per second, above 0.
        """
        if not (np.isfinite(fps) and fps > 0):
            raise ValueError(f"fps must be a number above 0, got {fps}")
        if fps == self.fps or len(self) == 0:
            return replace(self, fps=fps)
        count = max(1, round(self.duration * fps))
        times = np.arange(count) / fps
        weights = self.weights.astype(np.float64)
        if fps < self.fps:
            # Exact mean of the piecewise-linear curve over a window of one new frame, through its integral.
            padded = np.concatenate([weights[:1], weights, weights[-1:]])
            grid = (np.arange(len(padded)) - 1) / self.fps
            integral = np.concatenate(
                [np.zeros((1, weights.shape[1])), np.cumsum((padded[1:] + padded[:-1]) / 2, axis=0)]
            )
            low, high = (np.clip(times + side / (2 * fps), grid[0], grid[-1]) for side in (-1, 1))
            area = _integral_at(high, grid, padded, integral) - _integral_at(low, grid, padded, integral)
            values = area / np.maximum((high - low) * self.fps, 1e-12)[:, None]
        else:
            position = np.clip(times * self.fps, 0, len(self) - 1)
            left = np.minimum(position.astype(int), max(len(self) - 2, 0))
            right = np.minimum(left + 1, len(self) - 1)
            blend = (position - left)[:, None]
            values = weights[left] * (1 - blend) + weights[right] * blend
        return replace(self, weights=values.astype(np.float32), fps=fps)

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
            ValueError: they do not match.
        """
        self._check_alike(other)
        if len(self) != len(other):
            raise ValueError(f"mix needs animations of one length, got {len(self)} and {len(other)} frames")
        share = np.asarray(amount, np.float32)
        if share.shape not in ((), (len(self),)):
            raise ValueError(f"amount must be one number or [{len(self)}], got {list(share.shape)}")
        share = share.reshape(-1, 1)
        return replace(self, weights=(1 - share) * self.weights + share * other.weights)

    def out_of_range(self) -> dict[str, tuple[float, float]]:
        """Controls that leave their range, by name: their smallest and largest value."""
        low, high = self.weights.min(0, initial=np.inf), self.weights.max(0, initial=-np.inf)
        return {
            control.name: (float(low[i]), float(high[i]))
            for i, control in enumerate(self.space.controls)
            if len(self) and (low[i] < control.minimum - 1e-6 or high[i] > control.maximum + 1e-6)
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
            FileNotFoundError: there is no such file.
            ValueError: not an animation file.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                data = {name: file[name] for name in ("space", "names", "units", "ranges", "curves", "fps", "audio")}
        except FileNotFoundError:
            raise FileNotFoundError(f"no such animation file: {path}") from None
        except (KeyError, ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise ValueError(f"{path} is not an animation .npz: {error}") from error
        controls = tuple(
            Control(str(name), str(unit), *map(float, limits))  # type: ignore[arg-type]
            for name, unit, limits in zip(data["names"], data["units"], data["ranges"], strict=True)
        )
        audio = str(data["audio"])
        return cls(
            ControlSpace(str(data["space"]), controls),
            data["curves"],
            float(data["fps"]),
            Path(audio) if audio else None,
        )

    def _check_alike(self, other: "Animation") -> None:
        if self.space != other.space:
            raise ValueError(f"the animations have different control spaces: {self.space.name}, {other.space.name}")
        if self.fps != other.fps:
            raise ValueError(f"the animations have {self.fps} and {other.fps} fps; resample one first")


def _integral_at(
    times: NDArray[np.float64], grid: NDArray[np.float64], values: NDArray[np.float64], integral: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Integral of a piecewise-linear curve [G, C] on an even grid up to each time [N], in grid steps."""
    position = (times - grid[0]) / (grid[1] - grid[0])
    left = np.clip(position.astype(int), 0, len(grid) - 2)
    part = (position - left)[:, None]
    slope = values[left + 1] - values[left]
    return np.asarray(integral[left] + part * values[left] + part**2 / 2 * slope)
