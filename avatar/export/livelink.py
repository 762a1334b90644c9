"""Live Link Face CSV: what the phone app records, and what engines import.

The app turns angles the other way round than we do: its yaw grows towards the subject's right and its roll is mirrored
too; its pitch looks down, as ours. (In frames captured from a phone, LeftEyeYaw rises with EyeLookInLeft.)
"""

import csv
import os
import re
from collections.abc import Sequence
from math import floor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatar.animation import Animation
from avatar.controls import ARKIT, ARKIT_ROTATIONS, ARKIT_SHAPES
from avatar.export.conversion import in_space
from avatar.export.options import ExportOptions
from avatar.files import replacing

_SWAPPED = {"jawLeft": "jawRight", "mouthLeft": "mouthRight"}
_APP_ORDER = [*ARKIT_SHAPES, *ARKIT_ROTATIONS]
for _first, _second in _SWAPPED.items():
    # Apple lists left before right here, the app right before left.
    _at, _to = _APP_ORDER.index(_first), _APP_ORDER.index(_second)
    _APP_ORDER[_at], _APP_ORDER[_to] = _second, _first


def _app_name(name: str) -> str:
    return name[0].upper() + name[1:]


CONTROLS: tuple[str, ...] = tuple(_APP_ORDER)
"""Our control names in the app's order of columns."""

COLUMNS: tuple[str, ...] = ("Timecode", "BlendshapeCount", *map(_app_name, CONTROLS))
"""The 63 columns of the file."""


def app_sign(name: str) -> float:
    """-1 for the controls that the app turns the other way round than we do, else 1."""
    return -1.0 if name.endswith(("Yaw", "Roll")) else 1.0


_SIGNS = np.array([app_sign(name) for name in CONTROLS])
_BY_APP_NAME = {_app_name(name).lower(): name for name in CONTROLS}
_TIMECODE = re.compile(r"(\d+):(\d+):(\d+):(\d+(?:\.\d+)?)")
_COMMON_RATES = (60.0, 120.0, 24.0, 25.0, 30.0, 48.0, 50.0, 90.0, 100.0)
_BROADCAST_RATES = (24000 / 1001, 30000 / 1001, 60000 / 1001)


def write(animation: Animation, path: str, options: ExportOptions) -> None:
    """Write the curves as the app would, one row a frame, the first at 00:00:00:00.000."""
    animation = in_space(animation, ARKIT, f"write {path}")
    values = animation.weights[:, ARKIT.indices(CONTROLS)] * _SIGNS + 0.0  # no minus zeros
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="ascii") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(COLUMNS)
        for time, row in zip(animation.times, values, strict=True):
            rows.writerow([timecode(time, animation.fps), len(CONTROLS), *(f"{value:.8f}" for value in row)])


def timecode(time: float, fps: float) -> str:
    """HH:MM:SS:FF.sss of an instant: whole seconds, then frames within the second and their fraction.

    Args:
        time: seconds, 0 or later.
        fps: frames per second.
    """
    second = floor(time + 1e-6 / fps)
    frame = max(time - second, 0.0) * fps
    minutes, seconds = divmod(second, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}:{frame:06.3f}"


def read(path: str | os.PathLike[str], *, fps: float | None = None) -> Animation:
    """Read a Live Link Face CSV, ours or the app's; columns are found by name, in any order.

    Args:
        path: the file. Controls that it lacks stay neutral. Frames that the app dropped are filled in between.
        fps: frames per second of the timecode. The file does not say; when left out, it is found from where the frame
            numbers start anew, and in clips under a second 60 is taken.

    Returns:
        An even-spaced `Animation` in ARKit.

    Raises:
        OSError: there is no such file, or it may not be read.
        ValueError: not such a file, or a row of it is damaged.
    """
    try:
        with Path(path).open(newline="", encoding="utf-8-sig") as file:
            rows = [row for row in csv.reader(file) if row]
    except FileNotFoundError:
        raise FileNotFoundError(f"no such file of curves: {path}") from None
    except OSError as error:
        raise type(error)(f"cannot read {path}: {error.strerror or error}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path} is not a Live Link Face CSV: {error}") from None
    header = [name.strip().lower() for name in rows[0]] if rows else []
    columns = {_BY_APP_NAME[name]: i for i, name in enumerate(header) if name in _BY_APP_NAME}
    if "timecode" not in header or not columns:
        raise ValueError(f"{path} is not a Live Link Face CSV: its first line must name Timecode and curves")
    if len(rows) == 1:
        raise ValueError(f"{path} holds no frames, only a header")
    values = _values(path, rows[1:], columns, len(header))
    times, rate = _times(path, [row[header.index("timecode")] for row in rows[1:]], fps)
    curves = {name: values[:, i] * _SIGNS[CONTROLS.index(name)] for i, name in enumerate(columns)}
    grid = np.arange(round(float(times[-1]) * rate) + 1) / rate
    return Animation.from_curves(ARKIT, {n: np.interp(grid, times, c) for n, c in curves.items()}, rate)


def _values(
    path: str | os.PathLike[str], rows: Sequence[Sequence[str]], columns: dict[str, int], width: int
) -> NDArray[np.float64]:
    """Numbers [T, len(columns)] of the named columns."""
    values = np.empty((len(rows), len(columns)))
    for t, row in enumerate(rows):
        if len(row) != width:
            raise ValueError(f"{path}: line {t + 2} must hold {width} values as the header does, got {len(row)}")
        try:
            values[t] = [float(row[i]) for i in columns.values()]
        except ValueError as error:
            raise ValueError(f"{path}: line {t + 2} holds a value that is not a number: {error}") from None
        if not np.isfinite(values[t]).all():
            raise ValueError(f"{path}: line {t + 2} holds a value that is not finite")
    return values


def _times(path: str | os.PathLike[str], codes: Sequence[str], fps: float | None) -> tuple[NDArray[np.float64], float]:
    """Seconds since the first row [T], rising, and the frames per second."""
    parts = np.empty((len(codes), 4))
    for t, code in enumerate(codes):
        match = _TIMECODE.fullmatch(code.strip())
        if match is None:
            raise ValueError(f"{path}: line {t + 2} must start with a timecode HH:MM:SS:FF.sss, got {code!r}")
        parts[t] = [float(part) for part in match.groups()]
    seconds, frames = parts[:, :3] @ [3600.0, 60.0, 1.0], parts[:, 3]
    rate = _frame_rate(seconds, frames) if fps is None else fps
    times = seconds + frames / rate
    times = times - times[0]
    if (np.diff(times) <= 0).any():
        line = int(np.flatnonzero(np.diff(times) <= 0)[0]) + 3
        raise ValueError(f"{path}: the timecode of line {line} must be later than the one before it")
    return times, rate


def _frame_rate(seconds: NDArray[np.float64], frames: NDArray[np.float64]) -> float:
    """Frames per second: the file does not say, but the frame numbers start anew with each second."""
    turns = np.flatnonzero(np.diff(seconds) == 1)
    if len(turns):
        steps = np.diff(frames)
        step = float(np.median(steps[steps > 0])) if (steps > 0).any() else 1.0
        # At a turn the frame number drops by the rate, less the one step that was made.
        rate = float(np.median(frames[turns] - frames[turns + 1])) + step
        broadcast = min(_BROADCAST_RATES, key=lambda known: abs(known - rate))
        common = min(_COMMON_RATES, key=lambda known: abs(known - rate))
        if abs(broadcast - rate) < 0.01:
            return broadcast
        return common if abs(common - rate) < 0.5 else rate
    return next((rate for rate in _COMMON_RATES if rate > frames.max()), _COMMON_RATES[0])
