"""Curves as JSON for Unity: shapes from 0 to 100 and angles in degrees, as Unity shows both.

`examples/unity/AvatarCurves.cs` makes an animation clip of it in Unity's editor.
"""

import os
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from avatar.animation import Animation
from avatar.controls import ARKIT, Control, ControlSpace
from avatar.export.conversion import in_space
from avatar.export.json_files import frame_rate, matrix, named_curves, read_json, rounded, write_json
from avatar.export.options import ExportOptions

_UNITS = {"weight": ("percent", 100.0), "signed weight": ("percent", 100.0), "radian": ("degree", float(np.degrees(1)))}


def write(animation: Animation, path: str, options: ExportOptions) -> None:
    """Write one entry a curve, values with six decimals of a percent or degree."""
    animation = in_space(animation, ARKIT, f"write {path}")
    curves = [
        {"name": control.name, "unit": _unit(control)[0], "values": rounded(curve * _unit(control)[1])}
        for control, curve in zip(animation.space.controls, animation.weights.T.astype(np.float64), strict=True)
    ]
    write_json({"space": animation.space.name, "fps": animation.fps, "frames": len(animation), "curves": curves}, path)


def read(path: str | os.PathLike[str]) -> Animation:
    """Read what `write` wrote.

    Raises:
        OSError: there is no such file, or it may not be read.
        ValueError: not such a file, or its counts, names or values are wrong.
    """
    document = read_json(path, "curves for Unity", ("space", "fps", "frames", "curves"))
    curves, frames = document["curves"], document["frames"]
    if not isinstance(curves, list) or not all(isinstance(c, dict) and {"name", "values"} <= set(c) for c in curves):
        raise ValueError(f"{path} is not curves for Unity: each of its curves must have a name and values")
    if not isinstance(frames, int) or frames < 1:
        raise ValueError(f"{path}: frames must be a whole number above 0, got {frames!r:.40}")
    names = [curve["name"] for curve in curves]
    for curve in curves:
        if not isinstance(curve["values"], list) or len(curve["values"]) != frames:
            count = len(curve["values"]) if isinstance(curve["values"], list) else "no list"
            raise ValueError(f"{path}: the curve {curve['name']!r} must hold {frames} values, got {count}")
    values = matrix([curve["values"] for curve in curves], frames, path).T.astype(np.float64)
    shown = named_curves(ARKIT, names, values, frame_rate(document["fps"], path), path)
    return replace(shown, weights=(shown.weights / _factors(ARKIT)).astype(np.float32))


def _unit(control: Control) -> tuple[str, float]:
    return _UNITS[control.unit]


def _factors(space: ControlSpace) -> NDArray[np.float64]:
    return np.array([_unit(control)[1] for control in space.controls])
