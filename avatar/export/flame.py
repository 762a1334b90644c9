"""FLAME parameters as the arrays that FLAME's own code and its users take: expression, poses, eyelids.

Poses are axis-angle rotations in radians; `global_orient` is the root's, as smplx calls it.
"""

import os
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.animation import Animation
from avatar.controls import ControlSpace
from avatar.export.json_files import frame_rate
from avatar.export.options import ExportOptions
from avatar.files import replacing
from avatar.spaces.flame import EYELIDS, flame_space

_POSES = {
    "global_orient": "root",
    "neck_pose": "neck",
    "jaw_pose": "jaw",
    "leye_pose": "left_eye",
    "reye_pose": "right_eye",
}
"""Names of the arrays, and of the joints that they turn."""


def write(animation: Animation, path: str, options: ExportOptions) -> None:
    """Write an .npz of float32 arrays: expression [T, E], five poses [T, 3], eyelids [T, 2] if any, and fps."""
    space = animation.space
    _check(space, path)
    arrays: dict[str, Any] = {"expression": animation.weights[:, space.indices(_expressions(space))]}
    for array, joint in _POSES.items():
        arrays[array] = animation.weights[:, space.indices(_axes(joint))]
    if EYELIDS[0] in space:
        arrays["eyelids"] = animation.weights[:, space.indices(EYELIDS)]
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays, fps=np.array(animation.fps))


def read(path: str | os.PathLike[str]) -> Animation:
    """Read what `write` wrote, or arrays of the same names; poses that are missing rest.

    Raises:
        OSError: there is no such file, or it may not be read.
        ValueError: not such a file, or arrays of wrong shapes.
    """
    arrays = _arrays(path)
    missing = [name for name in ("expression", "fps") if name not in arrays]
    if missing:
        raise ValueError(f"{path} is not an .npz of FLAME parameters: it lacks {', '.join(missing)}")
    shape = arrays["expression"].shape
    if len(shape) != 2 or not 1 <= shape[1] <= 300 or not shape[0]:
        raise ValueError(f"{path}: expression must be [T, 1..300], got {list(shape)}")
    space = flame_space(shape[1], eyelids="eyelids" in arrays)
    columns = {"expression": _expressions(space), "eyelids": list(EYELIDS)}
    columns |= {array: _axes(joint) for array, joint in _POSES.items()}
    weights = np.tile(space.neutral, (shape[0], 1))
    for name, controls in columns.items():
        if name not in arrays:
            continue
        values = arrays[name]
        if values.shape != (shape[0], len(controls)) or values.dtype.kind != "f":
            got = f"{values.dtype} {list(values.shape)}"
            raise ValueError(f"{path}: {name} must be floats [{shape[0]}, {len(controls)}], got {got}")
        weights[:, space.indices(controls)] = values
    if arrays["fps"].size != 1 or arrays["fps"].dtype.kind not in "fiu":
        raise ValueError(f"{path}: fps must be one number, got {list(arrays['fps'].shape)}")
    try:
        return Animation(space, weights, frame_rate(float(arrays["fps"].item()), path))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _arrays(path: str | os.PathLike[str]) -> dict[str, NDArray[Any]]:
    wanted = ("expression", "eyelids", "fps", *_POSES)
    try:
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as entries:
            return {name: entries[name] for name in wanted if name in entries}
    except (ValueError, TypeError, EOFError, MemoryError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"{path} is not an .npz of FLAME parameters, or is damaged: {error}") from None


def _check(space: ControlSpace, path: str) -> None:
    expressions = len(_expressions(space))
    if not expressions or space != flame_space(expressions, eyelids=EYELIDS[0] in space):
        raise ValueError(
            f"cannot write {path}: it takes the FLAME controls, got {space.name}; "
            "solve for a FLAME model first: avatar retarget CLIP --to flame --rig MODEL"
        )


def _expressions(space: ControlSpace) -> list[str]:
    return [name for name in space.names if name.startswith("exp_")]


def _axes(joint: str) -> list[str]:
    return [f"{joint}_pose_{axis}" for axis in "xyz"]
