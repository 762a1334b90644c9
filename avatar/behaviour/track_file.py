"""Movements as JSON that people can edit."""

import json
import os
from pathlib import Path as FilePath
from typing import Any

from avatar.behaviour.motion import Pulse, Step
from avatar.behaviour.path import Path
from avatar.files import replacing

KINDS: dict[str, tuple[type[Pulse] | type[Step], int]] = {
    "blinks": (Pulse, 1),
    "gaze": (Step, 2),
    "posture": (Step, 3),
    "nods": (Pulse, 3),
    "brows": (Pulse, 2),
    "breath": (Pulse, 1),
}
"""What the tracks consist of, and how many numbers each movement goes by."""

PATHS = ("focus", "home")
"""What may move between given points, of three numbers each."""


def write_tracks(path: str | os.PathLike[str], tracks: dict[str, Any]) -> None:
    """Write tracks by name, as `dataclasses.asdict` gives them."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(tracks, indent=1), encoding="utf-8")


def read_tracks(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read tracks by name; those that the file lacks are left out.

    Raises:
        OSError: there is no such file, or it may not be read.
        ValueError: it holds no tracks, unknown ones, or a movement that is not possible.
    """
    try:
        content = json.loads(FilePath(path).read_text(encoding="utf-8"))
    except ValueError as error:  # JSON's and Unicode's errors are ValueErrors
        raise ValueError(f"{path} is not a performance in JSON: {error}") from error
    if not isinstance(content, dict):
        raise ValueError(f"{path} is not a performance: expected an object with tracks, got {type(content).__name__}")
    unknown = sorted(set(content) - {*KINDS, *PATHS})
    if unknown:
        raise ValueError(
            f"{path} has tracks that are unknown: {', '.join(unknown)}; known are {', '.join([*KINDS, *PATHS])}"
        )
    tracks = {}
    for name, value in content.items():
        try:
            tracks[name] = _path(value) if name in PATHS else _movements(value, *KINDS[name])
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            reason = f"{error} is missing" if isinstance(error, KeyError) else error
            raise ValueError(f"{path}: track {name!r} cannot be read: {reason}") from error
    return tracks


def _path(value: Any) -> Path:
    path = Path(tuple(value["times"]), tuple(map(tuple, value["values"])), bool(value.get("eased", False)))
    if len(path.values[0]) != 3:
        raise ValueError(f"values need 3 numbers each, got {len(path.values[0])}")
    return path


def _movements(value: Any, kind: type[Pulse] | type[Step], width: int) -> tuple[Pulse | Step, ...] | None:
    if value is None:
        return None
    goal = "target" if kind is Step else "size"
    movements = []
    for each in value:
        numbers: dict[str, Any] = {name: float(number) for name, number in each.items() if name != goal}
        numbers[goal] = tuple(map(float, each[goal]))
        if len(numbers[goal]) != width:
            raise ValueError(f"{goal} needs {width} numbers, got {len(numbers[goal])}")
        movements.append(kind(**numbers))
    return tuple(sorted(movements, key=lambda movement: movement.start))
