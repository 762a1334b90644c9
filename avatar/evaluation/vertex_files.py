"""Files of moving vertices, as research code saves them."""

import os
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_VERTICES = ("vertices", "verts")
_NEUTRAL = ("neutral", "template")


@dataclass(frozen=True, slots=True, eq=False)
class VertexFile:
    """Vertices over time, in the file's own unit.

    Args:
        vertices: [T, V, 3].
        fps: frames a second; None where the file does not say.
        neutral: the same person at rest [V, 3]; None where the file does not say.
    """

    vertices: NDArray[Any]
    fps: float | None
    neutral: NDArray[Any] | None


def holds_vertices(path: str | os.PathLike[str]) -> bool:
    """Whether a file is an .npy, or an .npz with an array "vertices" (or "verts")."""
    path = Path(path)
    if path.suffix.lower() != ".npz":
        return path.suffix.lower() == ".npy"
    try:
        with zipfile.ZipFile(path) as archive:
            return any(f"{name}.npy" in archive.namelist() for name in _VERTICES)
    except (OSError, zipfile.BadZipFile):
        return False


def read_vertices(path: str | os.PathLike[str]) -> VertexFile:
    """Read vertices over time; an .npy stays on the disk until it is looked at.

    Args:
        path: an .npy of [T, V, 3] or [T, 3 * V] (as FaceFormer and CodeTalker save them), or an .npz with "vertices",
            "fps" and, if the person isn't the rig's average, "neutral" [V, 3].

    Raises:
        OSError: there is no such file, or it may not be read.
        ValueError: no such arrays, or of other shapes.
    """
    path = Path(path)
    try:
        if path.suffix.lower() == ".npy":
            arrays: dict[str, NDArray[Any]] = {"vertices": np.load(path, mmap_mode="r", allow_pickle=False)}
        else:
            with np.load(path, allow_pickle=False) as entries:
                arrays = {name: entries[name] for name in (*_VERTICES, *_NEUTRAL, "fps") if name in entries}
    except FileNotFoundError:
        raise FileNotFoundError(f"no such file of vertices: {path}") from None
    except (ValueError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"{path} is not a file of vertices, or is damaged: {error}") from None
    vertices = next((arrays[name] for name in _VERTICES if name in arrays), None)
    if vertices is None:
        raise ValueError(f'{path}: there is no array "vertices" [T, V, 3] in it')
    if vertices.ndim == 2 and vertices.shape[1] % 3 == 0:
        vertices = vertices.reshape(len(vertices), -1, 3)
    if vertices.ndim != 3 or vertices.shape[2] != 3 or vertices.dtype.kind != "f" or not len(vertices):
        got = f"{vertices.dtype} {list(vertices.shape)}"
        raise ValueError(f"{path}: vertices must be floats [T, V, 3] or [T, 3 * V], got {got}")
    neutral = next((arrays[name] for name in _NEUTRAL if name in arrays), None)
    if neutral is not None and neutral.reshape(-1, 3).shape != vertices.shape[1:]:
        raise ValueError(
            f"{path}: neutral must be one frame of the vertices, {list(vertices.shape[1:])}, got {list(neutral.shape)}"
        )
    return VertexFile(vertices, _fps(arrays, path), None if neutral is None else neutral.reshape(-1, 3))


def _fps(arrays: dict[str, NDArray[Any]], path: Path) -> float | None:
    if "fps" not in arrays:
        return None
    fps = arrays["fps"]
    if fps.size != 1 or fps.dtype.kind not in "fiu" or not (np.isfinite(fps).all() and fps.item() > 0):
        raise ValueError(f"{path}: fps must be one number above 0, got {fps.tolist()}")
    return float(fps.item())
