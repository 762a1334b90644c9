"""Wavefront OBJ: positions, faces and the parts that they belong to."""

import gzip
import zlib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from avatar.rigs.importing.source import Floats, Integers


@dataclass(frozen=True, eq=False)
class ObjMesh:
    """What an OBJ holds.

    Args:
        vertices: [V, 3].
        faces: triangles [F, 3]; larger faces are cut into fans.
        parts: names of the materials, or of the groups where there are none.
        face_parts: part of each triangle [F].
    """

    vertices: Floats
    faces: Integers
    parts: tuple[str, ...]
    face_parts: Integers


def read_positions(path: Path) -> Floats:
    """Vertices [V, 3] of an OBJ, gzipped or not.

    Raises:
        ValueError: the file is damaged, or holds no vertices.
    """
    return _positions(path, _lines(path))


def read_obj(path: Path) -> ObjMesh:
    """Read an OBJ, gzipped or not.

    Raises:
        ValueError: the file is damaged, or holds no vertices or faces.
    """
    lines = _lines(path)
    vertices = _positions(path, lines)
    keyword = "usemtl " if any(line.startswith("usemtl ") for line in lines) else ("o ", "g ")
    parts: dict[str, int] = {}
    part, seen = -1, 0
    triangles: list[tuple[int, int, int]] = []
    owners: list[int] = []
    for number, line in enumerate(lines, 1):
        if line.startswith("v "):
            seen += 1
        elif line.startswith(keyword):
            part = parts.setdefault(line.split(None, 1)[1].strip(), len(parts))
        elif line.startswith("f "):
            part = parts.setdefault("skin", len(parts)) if part < 0 else part
            try:
                corners = [_corner(word, seen) for word in line.split()[1:]]
            except ValueError:
                raise ValueError(f"{path}, line {number}: a face must be vertex numbers, got {line[:60]!r}") from None
            for second, third in pairwise(corners[1:]):
                triangles.append((corners[0], second, third))
                owners.append(part)
    if not triangles:
        raise ValueError(f"{path} holds no faces; export the neutral mesh with its faces")
    return ObjMesh(vertices, np.array(triangles, np.int64), tuple(parts), np.array(owners, np.int64))


def _lines(path: Path) -> list[str]:
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix.lower() == ".gz" else path.read_bytes()
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"{path} is not a whole gzip file: {error}") from None
    return content.decode("utf-8", "replace").splitlines()


def _positions(path: Path, lines: list[str]) -> Floats:
    rows = [line.split()[1:4] for line in lines if line.startswith("v ")]
    if not rows:
        raise ValueError(f"{path} holds no vertices; is it an OBJ?")
    try:
        return np.array(rows, np.float64).reshape(len(rows), 3)
    except ValueError:
        bad = next(row for row in rows if len(row) != 3 or not all(map(_is_number, row)))
        raise ValueError(f"{path}: a vertex must be three numbers, got {' '.join(bad)!r}") from None


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _corner(word: str, seen: int) -> int:
    index = int(word.split("/", 1)[0])
    if index == 0:
        raise ValueError("OBJ counts from 1")
    return index - 1 if index > 0 else seen + index
