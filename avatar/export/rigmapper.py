"""MetaHuman curves as CSV for Unreal's RigMapper: `curve_name, frame_number, value`, one curve after another.

The file does not say how many frames it holds a second.
"""

import csv
import os
from pathlib import Path

import numpy as np

from avatar.animation import Animation, check_fps
from avatar.export.conversion import in_space
from avatar.export.json_files import named_curves
from avatar.export.options import ExportOptions
from avatar.files import replacing

_HEADER = ("curve_name", "frame_number", "value")
_MOST_FRAMES = 10_000_000


def write(animation: Animation, path: str, options: ExportOptions) -> None:
    """Write every MetaHuman curve, values with six decimals."""
    from avatar.spaces import METAHUMAN

    animation = in_space(animation, METAHUMAN, f"write {path}")
    with replacing(path) as temporary, temporary.open("w", encoding="ascii", newline="\n") as file:
        file.write(", ".join(_HEADER) + "\n")
        for name, curve in zip(animation.space.names, animation.weights.T, strict=True):
            file.writelines(f"{name}, {frame}, {value + 0.0:.6f}\n" for frame, value in enumerate(curve))


def read(path: str | os.PathLike[str], *, fps: float = 60.0) -> Animation:
    """Read such a file into `METAHUMAN`; frames between keys are filled in.

    Args:
        path: the file.
        fps: frames per second, which the file does not say.

    Raises:
        OSError: there is no such file, or it may not be read.
        ValueError: not such a file, or a line of it is damaged.
    """
    from avatar.spaces import METAHUMAN

    check_fps(fps)
    keys = _keys(path)
    last = max(max(curve) for curve in keys.values())
    frames = np.arange(last + 1)
    columns = []
    for curve in keys.values():
        at = sorted(curve)
        columns.append(np.interp(frames, at, [curve[frame] for frame in at]))
    return named_curves(METAHUMAN, list(keys), np.stack(columns, axis=1), fps, path)


def _keys(path: str | os.PathLike[str]) -> dict[str, dict[int, float]]:
    """Values by frame of each curve."""
    keys: dict[str, dict[int, float]] = {}
    try:
        with Path(path).open(newline="", encoding="utf-8-sig") as file:
            rows = csv.reader(file, skipinitialspace=True)
            header = [name.strip().lower() for name in next(rows, [])]
            if tuple(header) != _HEADER:
                raise ValueError(f"its first line must be {', '.join(_HEADER)}")
            for row in rows:
                if row:
                    _add_key(keys, row, rows.line_num)
    except (UnicodeDecodeError, csv.Error, ValueError) as error:
        raise ValueError(f"{path} is not a RigMapper CSV, or is damaged: {error}") from None
    if not keys:
        raise ValueError(f"{path} holds no frames, only a header")
    return keys


def _add_key(keys: dict[str, dict[int, float]], row: list[str], line: int) -> None:
    if len(row) != 3:
        raise ValueError(f"line {line} must hold 3 values, got {len(row)}")
    name, frame, value = row[0], row[1].strip(), row[2].strip()
    try:
        at, number = int(frame), float(value)
    except ValueError:
        raise ValueError(f"line {line} must hold a name, a whole number and a number, got {row}") from None
    if not 0 <= at <= _MOST_FRAMES or not np.isfinite(number):
        raise ValueError(f"line {line} must hold a frame from 0 and a finite value, got {frame} and {value}")
    if at in keys.setdefault(name, {}):
        raise ValueError(f"line {line} gives frame {at} of {name} once more")
    keys[name][at] = number
