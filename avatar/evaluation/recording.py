"""Recordings of a face that can be measured: curves that drive a rig, or vertices of one."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from avatar.animation import Animation, between_frames, check_fps
from avatar.evaluation.face import Array, Face
from avatar.evaluation.motion import MouthMotion, mouth_motion
from avatar.evaluation.vertex_files import holds_vertices, read_vertices
from avatar.export.head import rig_named, worn
from avatar.export.reading import load_animation
from avatar.rigs import BuiltInHead
from avatar.rigs.control_groups import is_head
from avatar.rigs.rig import BUILT_IN, Rig
from avatar.threads import one_thread

_PIECE = 128  # frames at once

face_of: Callable[[Any], Face] = cache(Face.of)
"""`Face.of` a rig, found once."""


class Recording(Protocol):
    """A face over time; frame t is the instant t / fps.

    Attributes:
        face: where things are on its rig.
        fps: frames a second.
        neutral: the person at rest [V, 3] in mm.
        audio: the sound that it belongs to, as far as the file tells.
    """

    @property
    def face(self) -> Face: ...  # noqa: D102

    @property
    def fps(self) -> float: ...  # noqa: D102

    @property
    def neutral(self) -> Array: ...  # noqa: D102

    @property
    def audio(self) -> Path | None: ...  # noqa: D102

    def __len__(self) -> int: ...

    def pieces(self) -> Iterator[Array]:
        """Vertices [B, V, 3] in mm, some frames after others, the head held still."""
        ...

    def motion(self) -> MouthMotion:
        """The mouth in mm."""
        ...

    def resample(self, fps: float) -> "Recording":
        """The same at another frame rate, straight between frames."""
        ...

    def first(self, frames: int) -> "Recording":
        """Only the first frames."""
        ...


@dataclass(frozen=True, eq=False)
class Driven:
    """Curves on a rig at neutral identity.

    Args:
        animation: in the rig's space.
        rig: that it drives.
        face: of the rig.
    """

    animation: Animation
    rig: Rig
    face: Face

    @property
    def fps(self) -> float:
        """Frames a second."""
        return self.animation.fps

    @property
    def neutral(self) -> Array:
        """The rig at rest [V, 3] in mm."""
        return self.face.rest

    @property
    def audio(self) -> Path | None:
        """The sound that the curves were made from, if it is still there."""
        sound = self.animation.audio
        return sound if sound is not None and sound.is_file() else None

    def __len__(self) -> int:
        return len(self.animation)

    def pieces(self) -> Iterator[Array]:
        """Vertices [B, V, 3] in mm."""
        space = self.rig.space
        weights = self.animation.weights.copy()
        head = [column for column, name in enumerate(space.names) if is_head(name)]
        weights[:, head] = space.neutral[head]
        for begin in range(0, len(weights), _PIECE):
            with one_thread(), torch.no_grad():
                vertices = self.rig(torch.from_numpy(weights[begin : begin + _PIECE]))
            yield 1000.0 * vertices.cpu().double().numpy()

    def motion(self) -> MouthMotion:
        """The mouth in mm."""
        if isinstance(self.rig, BuiltInHead):
            return mouth_motion(self.animation, self.rig)
        return self.face.motion(self.pieces(), fps=self.fps)

    def resample(self, fps: float) -> "Driven":
        """At another frame rate."""
        return replace(self, animation=self.animation.resample(fps))

    def first(self, frames: int) -> "Driven":
        """Only the first frames."""
        return replace(self, animation=replace(self.animation, weights=self.animation.weights[:frames]))


@dataclass(frozen=True, eq=False)
class Captured:
    """Moving vertices.

    Args:
        vertices: [T, V, 3] in any unit; may lie on the disk.
        scale: millimetres of that unit.
        frame_rate: of the vertices.
        fps: at which they are read.
        count: of frames at that rate.
        neutral: the person at rest [V, 3] in mm.
        face: of the rig whose topology they have.
    """

    vertices: NDArray[np.floating]
    scale: float
    frame_rate: float
    fps: float
    count: int
    neutral: Array
    face: Face
    audio: Path | None = None

    def __len__(self) -> int:
        return self.count

    def pieces(self) -> Iterator[Array]:
        """Vertices [B, V, 3] in mm."""
        for begin in range(0, self.count, _PIECE):
            frames = np.arange(begin, min(begin + _PIECE, self.count))
            position = np.minimum(frames * self.frame_rate / self.fps, len(self.vertices) - 1)
            first, last = int(position[0]), int(np.ceil(position[-1]))
            block = np.asarray(self.vertices[first : last + 1], np.float32)
            _check_finite(block, first)
            flat = between_frames(block.reshape(len(block), -1), position, first=first)
            yield self.face.held(self.scale * flat.reshape(len(frames), -1, 3).astype(np.float64), self.neutral)

    def motion(self) -> MouthMotion:
        """The mouth in mm."""
        return self.face.motion(self.pieces(), fps=self.fps, neutral=self.neutral)

    def resample(self, fps: float) -> "Captured":
        """At another frame rate."""
        check_fps(fps)
        return replace(self, fps=fps, count=max(1, round(len(self.vertices) / self.frame_rate * fps)))

    def first(self, frames: int) -> "Captured":
        """Only the first frames."""
        return replace(self, count=min(frames, self.count))


@dataclass(frozen=True)
class Reader:
    """How files become recordings.

    Args:
        rig: the name or file of the rig that curves drive, and whose topology vertices have.
        vertex_fps: frame rate of files of vertices that do not say theirs.
        unit: metres of the unit of files of vertices.
    """

    rig: str = BUILT_IN
    vertex_fps: float | None = None
    unit: float = 1.0

    def __call__(self, path: str | os.PathLike[str]) -> Recording:
        """Read a file.

        Raises:
            OSError: there is no such file, or it may not be read.
            ValueError: no curves or vertices for the rig, or a frame rate is missing.
        """
        rig = rig_named(self.rig)
        face = face_of(rig)
        if not holds_vertices(path):
            animation = load_animation(path)
            try:
                return Driven(worn(animation, rig, f"measure {path} on {self.rig}"), rig, face)
            except ValueError as error:
                raise ValueError(f"{error}; or name the rig that they were made for with --rig") from None
        file = read_vertices(path)
        fps = file.fps or self.vertex_fps
        if fps is None:
            raise ValueError(f"{path} does not say its frame rate; give it, for example --vertex-fps 30")
        if file.vertices.shape[1] != len(face.rest):
            raise ValueError(
                f"{path} must have the {len(face.rest)} vertices of the rig {self.rig}, "
                f"got {file.vertices.shape[1]}; give its own with --rig"
            )
        scale = 1000.0 * self.unit
        neutral = face.rest if file.neutral is None else scale * np.asarray(file.neutral, np.float64)
        _check_size(scale * np.asarray(file.vertices[0], np.float64), face.rest, path)
        return Captured(file.vertices, scale, fps, fps, len(file.vertices), neutral, face)


def _check_finite(vertices: NDArray[np.float32], first: int) -> None:
    frames = np.flatnonzero(~np.isfinite(vertices).all((1, 2)))
    if len(frames):
        raise ValueError(f"vertices must be finite, got some in frame {first + frames[0]} that are not; mend the file")


def _check_size(vertices: Array, rest: Array, path: str | os.PathLike[str]) -> None:
    if not np.isfinite(vertices).all():
        raise ValueError(f"{path}: vertices must be finite, got some in the first frame that are not")
    times = float(np.ptp(vertices, axis=0).max() / np.ptp(rest, axis=0).max())
    if not 0.5 < times < 2.0:
        raise ValueError(
            f"{path}: the head must be about as large as the rig's, got {times:.3g} times its size; "
            "give the metres of its unit, for example --unit 0.001 for millimetres"
        )
