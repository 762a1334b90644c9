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

from avatar.animation import Animation
from avatar.controls import ARKIT, ControlSpace
from avatar.export.gltf_tracks import Track, frame_rate_of, sampler_of, yaw_pitch_roll_of
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


def _weight_tracks(file: GltfFile, animation: dict[str, Any]) -> list[tuple[list[str], Track]]:
    """Names of the targets and keys of each mesh that an animation moves."""
    found = []
    for channel in animation["channels"]:
        target = channel["target"]
        if target.get("path") != "weights" or "node" not in target:
            continue
        node = file.item("nodes", target["node"])
        title = repr(node.get("name", "unnamed"))[:60]
        names = _target_names(file, file.item("meshes", node.get("mesh")), title)
        found.append((names, Track(file, sampler_of(file, animation, channel), len(names), f"the weights of {title}")))
    return found


def _target_names(file: GltfFile, mesh: dict[str, Any], title: str) -> list[str]:
    counts = {len(primitive.get("targets", [])) for primitive in mesh["primitives"]}
    names = (mesh.get("extras") or {}).get("targetNames")
    if not isinstance(names, list) or not names:
        raise ValueError(f"{file.path}: the morph targets of {title} have no names (mesh.extras.targetNames)")
    if counts != {len(names)}:
        raise ValueError(f"{file.path}: {title} has {sorted(counts)} morph targets but {len(names)} names for them")
    return [str(name) for name in names]


def _animation(file: GltfFile, animation: dict[str, Any], tracks: list[tuple[list[str], Track]]) -> Animation:
    fps, frames = frame_rate_of([track.times for _, track in tracks])
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


def _with_turns(file: GltfFile, animation: dict[str, Any], out: Animation, instants: Array) -> Animation:
    """Head's and eyes' own angles: of the joints' turns, less what the eyeLook shapes turn the eyes by."""
    angles: dict[str, Array] = {}
    for channel in animation["channels"]:
        target = channel["target"]
        name = file.item("nodes", target.get("node")).get("name")
        if target.get("path") != "rotation" or name not in _TURNED:
            continue
        track = Track(file, sampler_of(file, animation, channel), 4, f"the rotation of {name!r}")
        for axis, values in zip(("Yaw", "Pitch", "Roll"), yaw_pitch_roll_of(track.at(instants)).T, strict=True):
            angles[f"{name}{axis}"] = values
    by_shapes = shipped_head().gaze.angles(torch.from_numpy(out.weights.copy())).numpy()
    for side, eye in enumerate(("leftEye", "rightEye")):
        for place, axis in enumerate(("Yaw", "Pitch", "Roll")):
            if f"{eye}{axis}" in angles:
                angles[f"{eye}{axis}"] = angles[f"{eye}{axis}"] - by_shapes[:, side, place]
    return out.with_curves(angles)
