"""Reads and writes curves as JSON, without trusting what a file says."""

import json
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.animation import MOST_FPS, Animation
from avatar.controls import ControlSpace
from avatar.files import replacing

log = logging.getLogger(__name__)

DECIMALS = 6
"""Of the values in our JSON files: a millionth of a weight or radian."""


def write_json(document: dict[str, Any], path: str | os.PathLike[str]) -> None:
    """Write a document, one line for each of its entries, so that people can look into it."""
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        entries = [f"{json.dumps(key)}: {json.dumps(value, allow_nan=False)}" for key, value in document.items()]
        file.write("{\n" + ",\n".join(entries) + "\n}\n")


def read_json(path: str | os.PathLike[str], kind: str, needed: Sequence[str]) -> dict[str, Any]:
    """The document in a file.

    Args:
        path: the file.
        kind: what it should be, for errors, such as "Audio2Face JSON".
        needed: entries that must be there.

    Raises:
        OSError: there is no such file, or it may not be read.
        ValueError: it is no JSON object, or lacks an entry.
    """
    try:
        document = json.loads(Path(path).read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # text that is not UTF-8 too
        raise ValueError(f"{path} is not {kind}, or is cut off: {error}") from None
    missing = [name for name in needed if not isinstance(document, dict) or name not in document]
    if missing:
        raise ValueError(f"{path} is not {kind}: it lacks {', '.join(missing)}")
    assert isinstance(document, dict)
    return document


def rounded(values: NDArray[Any]) -> Any:
    """Numbers as lists, as many decimals as our files keep."""
    return (np.round(values.astype(np.float64), DECIMALS) + 0.0).tolist()


def frame_rate(value: object, path: str | os.PathLike[str]) -> float:
    """Frames per second as a file says them.

    Raises:
        ValueError: no number that can be a rate.
    """
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= MOST_FPS:
        raise ValueError(f"{path}: its frames per second must be a number within 0..{MOST_FPS:g}, got {value!r}")
    return float(value)


def matrix(values: object, columns: int, path: str | os.PathLike[str]) -> NDArray[np.float32]:
    """Rows of a file [T, columns] as numbers.

    Raises:
        ValueError: rows of another length, no rows, or values that are not finite numbers.
    """
    rows = values if isinstance(values, list) else []
    if not rows:
        raise ValueError(f"{path} holds no frames")
    for t, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != columns:
            what = f"{len(row)}" if isinstance(row, list) else f"{row!r:.40}"
            raise ValueError(f"{path}: frame {t} must hold {columns} values, got {what}")
        for value in row:
            if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < 1e30:
                raise ValueError(f"{path}: frame {t} holds {value!r:.40}, which is not a finite number")
    return np.array(rows, np.float32)


def named_curves(
    space: ControlSpace, names: object, values: NDArray[Any], fps: float, path: str | os.PathLike[str]
) -> Animation:
    """Curves by name in a space; names may differ in case, controls without a curve stay neutral.

    Args:
        space: what to fill.
        names: of the columns.
        values: [T, len(names)].
        fps: frames per second.
        path: the file, for errors and warnings. Names that the space lacks are listed in a warning.

    Raises:
        ValueError: a name occurs twice, or none is the space's.
    """
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"{path}: the names of its curves must be a list of texts, got {names!r:.80}")
    known = {name.lower(): name for name in space.names}
    found: dict[str, int] = {}
    unknown: list[str] = []
    for column, name in enumerate(names):
        control = known.get(name.lower())
        if control is None:
            unknown.append(name)
        elif control in found:
            raise ValueError(f"{path} names the curve {name!r} twice")
        else:
            found[control] = column
    if not found:
        shown = ", ".join(unknown[:5]) or "none"
        raise ValueError(f"{path} names no control of {space.name}: {shown}")
    if unknown:
        log.warning("%s: left out what %s does not know: %s", path, space.name, ", ".join(unknown))
    return Animation.from_curves(space, {name: values[:, column] for name, column in found.items()}, fps)
