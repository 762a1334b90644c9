"""Reads the animation of morph targets out of a GLB or glTF file, by the targets' names.

A file of ours gives back head and eyes too. In others nobody can tell which node is the head, so that only shapes move.
"""

import logging
import os
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from avatar.animation import MOST_FPS, Animation
from avatar.controls import ARKIT, ControlSpace
from avatar.export.head import shipped_head
from avatar.rigs.importing.gltf_file import GltfFile
from avatar.rigs.importing.names import match_names
from avatar.spaces import SPACES

log = logging.getLogger(__name__)

Array = NDArray[Any]

_OURS = "avatar "
"""What the generator of our files begins with."""
_TURNED = ("head", "leftEye", "rightEye")
"""Our joints; the controls that turn them begin alike."""
_FALLBACK_FPS = 60.0
"""Frames per second where keys are unevenly spaced."""
_SAME = 1e-5
"""Seconds; instants that are nearer to each other are one."""
_LONGEST = 24 * 3600.0
"""Seconds; damaged times beyond would fill the memory."""


def read(path: str | os.PathLike[str]) -> Animation:
    """Read the first animation that moves morph targets.

    The space is the one of `avatar.spaces.SPACES` that knows most of the names; those of ARKit are found in other
    spellings too, as `avatar rig import` finds them.

    Args:
        path: the .glb or .gltf file.

    Raises:
        OSError: there is no such file, or it may not be read.
        ValueError: the file is damaged, nothing in it moves by name, or no space knows the names.
    """
    file = GltfFile.read(Path(path))
    try:
        for animation in file.document.get("animations", []):
            tracks = _weight_tracks(file, animation)
            if tracks:
                return _animation(file, animation, tracks)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"{path} is damaged: its JSON is not glTF ({type(error).__name__}: {error})") from None
    raise ValueError(f"{path} has no animation of morph targets; export it with its animation")


class _Track:
    """Keys of one channel: seconds [K], values [K, W] and how they are joined."""

    def __init__(self, file: GltfFile, sampler: dict[str, Any], width: int, what: str) -> None:
        self.times = file.accessor(sampler["input"]).astype(np.float64)
        self.kind = sampler.get("interpolation", "LINEAR")
        if self.kind not in ("LINEAR", "STEP", "CUBICSPLINE"):
            raise ValueError(
                f"{file.path}: the interpolation of {what} must be one that glTF has, got {self.kind!r:.40}"
            )
        values = file.accessor(sampler["output"]).astype(np.float64).reshape(-1)
        each = width * (3 if self.kind == "CUBICSPLINE" else 1)
        if self.times.ndim != 1 or not len(self.times) or len(values) != len(self.times) * each:
            raise ValueError(
                f"{file.path}: {what} must have {each} values for each of its {len(self.times)} keys, got {len(values)}"
            )
        if not (np.isfinite(values).all() and np.isfinite(self.times).all()):
            raise ValueError(f"{file.path}: {what} holds values that are not finite")
        if (np.diff(self.times) <= 0).any() or self.times[0] < 0 or self.times[-1] > _LONGEST:
            raise ValueError(f"{file.path}: the times of {what} must rise from 0 and end within a day")
        self.values = values.reshape(len(self.times), -1, width)

    def at(self, instants: Array) -> Array:
        """Values [T, W] at instants; before the first and after the last key they hold."""
        clamped = np.clip(instants, self.times[0], self.times[-1])
        # Times are 32-bit: instants that are meant to be a key's get its very values.
        after = np.clip(np.searchsorted(self.times, clamped), 1, max(len(self.times) - 1, 1))
        for key in (self.times[after - 1], self.times[np.minimum(after, len(self.times) - 1)]):
            clamped = np.where(np.abs(clamped - key) < _SAME, key, clamped)
        right = np.clip(np.searchsorted(self.times, clamped, side="right"), 1, max(len(self.times) - 1, 1))
        left = right - 1
        right = np.minimum(right, len(self.times) - 1)
        span = self.times[right] - self.times[left]
        share = np.where(span > 0, (clamped - self.times[left]) / np.where(span > 0, span, 1), 0)[:, None]
        if self.kind == "CUBICSPLINE":
            # Hermite's cubic, as the glTF 2.0 specification writes it in its appendix C.
            start, leaving = self.values[left, 1], self.values[left, 2] * span[:, None]
            end, arriving = self.values[right, 1], self.values[right, 0] * span[:, None]
            s2, s3 = share**2, share**3
            from_start: Array = (2 * s3 - 3 * s2 + 1) * start + (s3 - 2 * s2 + share) * leaving
            smooth: Array = from_start + (3 * s2 - 2 * s3) * end + (s3 - s2) * arriving
            return smooth
        if self.kind == "STEP":
            share = np.floor(share)
        start, end = self.values[left, 0], self.values[right, 0]
        straight: Array = start + share * (end - start)
        return straight


def _weight_tracks(file: GltfFile, animation: dict[str, Any]) -> list[tuple[list[str], _Track]]:
    """Names of the targets and keys of each mesh that an animation moves."""
    found = []
    for channel in animation["channels"]:
        target = channel["target"]
        if target.get("path") != "weights" or "node" not in target:
            continue
        node = file.item("nodes", target["node"])
        title = repr(node.get("name", "unnamed"))[:60]
        names = _target_names(file, file.item("meshes", node.get("mesh")), title)
        found.append((names, _Track(file, _sampler(file, animation, channel), len(names), f"the weights of {title}")))
    return found


def _sampler(file: GltfFile, animation: dict[str, Any], channel: dict[str, Any]) -> dict[str, Any]:
    samplers, index = animation["samplers"], channel["sampler"]
    if not isinstance(index, int) or not 0 <= index < len(samplers):
        raise ValueError(f"{file.path} is damaged: it refers to sampler {index!r:.40} of {len(samplers)}")
    found: dict[str, Any] = samplers[index]
    return found


def _target_names(file: GltfFile, mesh: dict[str, Any], title: str) -> list[str]:
    counts = {len(primitive.get("targets", [])) for primitive in mesh["primitives"]}
    names = (mesh.get("extras") or {}).get("targetNames")
    if not isinstance(names, list) or not names:
        raise ValueError(f"{file.path}: the morph targets of {title} have no names (mesh.extras.targetNames)")
    if counts != {len(names)}:
        raise ValueError(f"{file.path}: {title} has {sorted(counts)} morph targets but {len(names)} names for them")
    return [str(name) for name in names]


def _animation(file: GltfFile, animation: dict[str, Any], tracks: list[tuple[list[str], _Track]]) -> Animation:
    fps, frames = _frames(file, [track.times for _, track in tracks])
    instants = np.arange(frames) / fps
    # Meshes of one face share their targets; the first that has a name speaks for all.
    shapes: dict[str, Array] = {}
    for names, track in tracks:
        for name, curve in zip(names, track.at(instants).T, strict=True):
            shapes.setdefault(name, curve)
    space, controls = _controls(file, list(shapes))
    curves: dict[str, Array] = {}
    for shape, moved in controls.items():
        for control in moved:  # two halves of one control are as much of it as the stronger one
            curves[control] = np.maximum(curves[control], shapes[shape]) if control in curves else shapes[shape]
    out = Animation.from_curves(space, curves, fps)
    ours = str(file.document["asset"].get("generator", "")).startswith(_OURS)
    return _with_turns(file, animation, out, instants) if ours and space == ARKIT else out


def _controls(file: GltfFile, names: list[str]) -> tuple[ControlSpace, dict[str, tuple[str, ...]]]:
    """The space that knows most of the names, and the controls that each of them moves."""
    try:
        known = {key: space.spellings(names) for key, space in SPACES.items()}
        best = max(known, key=lambda key: len(known[key]))
        space = SPACES[best]
        found: dict[str, tuple[str, ...]] = {shape: (control,) for shape, control in known[best].items()}
        if space == ARKIT or not found:
            space, matches = ARKIT, match_names(names, ARKIT)
            found = {match.shape: match.controls for match in matches if match.controls}
            guessed = [f"{match.shape} as {match.controls[0]}" for match in matches if match.how == "guessed"]
            if guessed:
                log.warning("%s: took %s", file.path, ", ".join(guessed))
    except ValueError as error:
        raise ValueError(f"{file.path}: {error}") from None
    if not found:
        spaces = ", ".join(space.name for space in SPACES.values())
        raise ValueError(f"{file.path}: no morph target has a name of {spaces}: {', '.join(names[:5])}")
    unknown = [name for name in names if name not in found]
    if unknown:
        log.warning("%s: left out what %s does not know: %s", file.path, space.name, ", ".join(unknown))
    return space, found


def _frames(file: GltfFile, times: list[Array]) -> tuple[float, int]:
    """Frames per second, and how many frames there are."""
    longest = max(times, key=len)
    if len(longest) == 1:
        return _FALLBACK_FPS, 1
    fps = (len(longest) - 1) / (longest[-1] - longest[0])
    fps = next((round(fps * d) / d for d in (1, 1001) if abs(round(fps * d) / d - fps) < 1e-3), fps)
    even = np.abs(longest - longest[0] - np.arange(len(longest)) / fps).max() < 1e-4 + 1e-6 * longest[-1]
    if not even or fps > MOST_FPS or longest[0] != 0:
        fps = _FALLBACK_FPS
    return float(fps), round(max(float(each[-1]) for each in times) * fps) + 1


def _with_turns(file: GltfFile, animation: dict[str, Any], out: Animation, instants: Array) -> Animation:
    """Head's and eyes' own angles: of the joints' turns, less what the eyeLook shapes turn the eyes by."""
    angles: dict[str, Array] = {}
    for channel in animation["channels"]:
        target = channel["target"]
        name = file.item("nodes", target.get("node")).get("name")
        if target.get("path") != "rotation" or name not in _TURNED:
            continue
        track = _Track(file, _sampler(file, animation, channel), 4, f"the rotation of {name!r}")
        for axis, values in zip(("Yaw", "Pitch", "Roll"), _yaw_pitch_roll(track.at(instants)).T, strict=True):
            angles[f"{name}{axis}"] = values
    by_shapes = shipped_head().gaze.angles(torch.from_numpy(out.weights.copy())).numpy()
    for side, eye in enumerate(("leftEye", "rightEye")):
        for place, axis in enumerate(("Yaw", "Pitch", "Roll")):
            if f"{eye}{axis}" in angles:
                angles[f"{eye}{axis}"] = angles[f"{eye}{axis}"] - by_shapes[:, side, place]
    return out.with_curves(angles)


def _yaw_pitch_roll(quaternions: Array) -> Array:
    """Angles [T, 3] of R = Ry(yaw) Rx(pitch) Rz(roll) from quaternions (x, y, z, w) [T, 4]."""
    lengths = np.linalg.norm(quaternions, axis=1, keepdims=True)
    x, y, z, w = (quaternions / np.maximum(lengths, 1e-12)).T
    yaw = np.arctan2(2 * (x * z + w * y), 1 - 2 * (x * x + y * y))
    pitch = np.arcsin(np.clip(2 * (w * x - y * z), -1, 1))
    roll = np.arctan2(2 * (x * y + w * z), 1 - 2 * (x * x + z * z))
    return np.stack([yaw, pitch, roll], axis=1)
