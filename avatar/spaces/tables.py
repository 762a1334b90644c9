"""Tables of maps: plain CSV files that say which control moves which, read by name.

A `*` in a name stands for a side: Left and Right in ARKit, L and R in MetaHuman. `a / b` is the share of a in b within
0..1, and `a & b` the smaller of the two.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from avatar.controls import ControlSpace

_SIDES = {"arkit": ("Left", "Right"), "metahuman": ("L", "R")}

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One line of a table.

    Args:
        source: a control's name, or several joined by `/` and `&`.
        target: the control that it moves.
        weight: how much of the source the target gets.
        meaning: why, for people.
    """

    source: str
    target: str
    weight: float
    meaning: str

    @property
    def is_rule(self) -> bool:
        """Whether the source is more than one control."""
        return "/" in self.source or "&" in self.source


@cache
def read_table(name: str) -> tuple[Row, ...]:
    """The rows of one of the package's tables, sides written out.

    Args:
        name: the file's name without folder; its first two columns name the spaces.
    """
    text = (files("avatar.spaces") / "data" / name).read_text("utf-8")
    header, *lines = csv.reader(text.splitlines())
    rows = []
    for source, target, weight, meaning in lines:
        sides = (_both_sides(name, space) for name, space in zip((source, target), header[:2], strict=True))
        pairs = zip(*sides, strict=True)
        rows += [Row(start, end, float(weight), meaning) for start, end in dict.fromkeys(pairs)]
    return tuple(rows)


def _both_sides(name: str, space: str) -> list[str]:
    return [name.replace("*", side) for side in _SIDES.get(space, ("", ""))]


def linear_part(rows: tuple[Row, ...], source: ControlSpace, target: ControlSpace, prefix: str = "") -> Array:
    """The matrix [source, target] of the rows that name a single control.

    Args:
        rows: of a table.
        source: the space of the rows' sources.
        target: the space of the rows' targets.
        prefix: what the target space's names have in front of the table's.
    """
    matrix = np.zeros((len(source), len(target)))
    for row in rows:
        if not row.is_rule:
            matrix[source.index(row.source), target.index(prefix + row.target)] += row.weight
    return matrix


def evaluate(text: str, weights: Array, space: ControlSpace) -> Array:
    """The value [T] of a row's source.

    Args:
        text: for example "a & b / c".
        weights: [T, C] of the space, 0..1.
        space: whose names the text uses.
    """
    factors = [_share(part, weights, space) for part in text.split("&")]
    return np.asarray(np.minimum.reduce(factors))


def _share(text: str, weights: Array, space: ControlSpace) -> Array:
    part, *whole = (weights[:, space.index(name.strip())] for name in text.split("/"))
    if not whole:
        return part
    # min(part / whole, 1), where 0 / 0 is 0.
    largest = np.maximum(part, whole[0])
    return np.divide(part, largest, out=np.zeros_like(part), where=largest > 0)
