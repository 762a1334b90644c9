"""The user's own word about a head: a small TOML."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_TOP = ("scale", "up", "front", "swap_sides", "extras", "names", "parts", "hide", "mouth", "landmarks", "regions")


@dataclass(frozen=True)
class Overrides:
    """What the user says instead of what the importer would find.

    Args:
        names: control by the file's name of a shape; "" leaves the shape out.
        parts: a part's new name by the file's.
        hide: parts that are not drawn.
        scale: metres in one unit of the file.
        up: the file's axis that points up, such as "+y".
        front: the file's axis that the face looks along, such as "+z".
        swap_sides: whether the file's left is the subject's right.
        extras: "drop" shapes that are no control of the space, or "keep" them as further controls.
        inner_lip: vertices of the upper and lower lip that meet.
        corners: vertices of the left and the right corner of the mouth.
        landmarks: vertices of the 68 iBUG landmarks.
        regions: vertices by name.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    hide: tuple[str, ...] = ()
    scale: float | None = None
    up: str | None = None
    front: str | None = None
    swap_sides: bool = False
    extras: str = "drop"
    inner_lip: tuple[int, int] | None = None
    corners: tuple[int, int] | None = None
    landmarks: NDArray[np.int64] | None = None
    regions: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.extras not in ("drop", "keep"):
            raise ValueError(f'extras must be "drop" or "keep", got {self.extras!r}')
        if self.scale is not None and not 0 < self.scale < float("inf"):
            raise ValueError(f"scale must be metres in a unit of the file, above 0, got {self.scale}")


def read_overrides(path: str | Path) -> Overrides:
    """Read a TOML that has any of what `Overrides` says; the mouth's points are in [mouth] inner_lip and corners.

    Raises:
        OSError: there is no such file.
        ValueError: it is not TOML, or a key or value is wrong.
    """
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not TOML: {error}") from None
    unknown = [key for key in content if key not in _TOP]
    if unknown:
        raise ValueError(f"{path} has the unknown key {unknown[0]!r}; it may have {', '.join(_TOP)}")
    mouth = _table(path, content, "mouth")
    wrong = [key for key in mouth if key not in ("inner_lip", "corners")]
    if wrong:
        raise ValueError(f"[mouth] in {path} has the unknown key {wrong[0]!r}; it may have inner_lip, corners")
    scale = content.get("scale")
    if scale is not None and (isinstance(scale, bool) or not isinstance(scale, int | float)):
        raise ValueError(f"scale in {path} must be a number, got {scale!r}")
    landmarks = content.get("landmarks")
    return Overrides(
        names=_strings(path, content, "names"),
        parts=_strings(path, content, "parts"),
        hide=tuple(map(str, content.get("hide", ()))),
        scale=scale,
        up=content.get("up"),
        front=content.get("front"),
        swap_sides=bool(content.get("swap_sides", False)),
        extras=content.get("extras", "drop"),
        inner_lip=_pair(path, mouth, "inner_lip"),
        corners=_pair(path, mouth, "corners"),
        landmarks=None if landmarks is None else _indices(path, "landmarks", landmarks, 68),
        regions={
            name: _indices(path, f"regions.{name}", rows) for name, rows in _table(path, content, "regions").items()
        },
    )


def _table(path: str | Path, content: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = content.get(name, {})
    if not isinstance(table, dict):
        raise ValueError(f"{name} in {path} must be a table, [{name}], got {table!r}")
    return table


def _strings(path: str | Path, content: Mapping[str, Any], name: str) -> dict[str, str]:
    table = _table(path, content, name)
    for key, value in table.items():
        if not isinstance(value, str):
            raise ValueError(
                f'{key} in [{name}] of {path} must be a text, got {value!r}; quote names with dots: "a.b" = "jawOpen"'
            )
    return table


def _pair(path: str | Path, mouth: Mapping[str, Any], name: str) -> tuple[int, int] | None:
    if name not in mouth:
        return None
    first, second = _indices(path, f"mouth.{name}", mouth[name], 2).tolist()
    return first, second


def _indices(path: str | Path, name: str, rows: Sequence[Any], count: int | None = None) -> NDArray[np.int64]:
    whole = isinstance(rows, list) and all(isinstance(row, int) and not isinstance(row, bool) for row in rows)
    if not whole or (count is not None and len(rows) != count):
        raise ValueError(f"{name} in {path} must be {count or 'some'} vertex numbers, got {str(rows)[:60]}")
    return np.array(rows, np.int64)
