"""Reads FLAME as its authors publish it: every edition, and the files that go with it."""

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.rigs.flame_file import PARENTS, FlameFile
from avatar.rigs.flame_landmarks import INNER_COUNT, Embedding, FlameLandmarks, contour_by_yaw
from avatar.rigs.safe_pickle import RefusedFileError, SparseMatrix, load_npy, load_npz, load_pickle

_ENTRIES = ("v_template", "f", "shapedirs", "posedirs", "J_regressor", "weights", "kintree_table")
_IDENTITIES = 300

_MASKS = "FLAME_masks.pkl"
_LANDMARKS = "landmark_embedding.npy"
_STATIC = "flame_static_embedding.pkl"
_DYNAMIC = "flame_dynamic_embedding.npy"
_EYELIDS = ("l_eyelid.npy", "r_eyelid.npy")


def is_flame(path: str | Path) -> bool:
    """Whether `read_flame` is the one to read a file.

    FLAME is the only rig that comes as a pickle, so every pickle is taken for it; an .npz is when it has its entries.
    """
    path = Path(path)
    if path.suffix.lower() in (".pkl", ".pickle"):
        return True
    if path.suffix.lower() != ".npz":
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
    return all(f"{entry}.npy" in names for entry in _ENTRIES)


def read_flame(path: str | Path, *, identities: int = _IDENTITIES) -> FlameFile:
    """Read a FLAME model, and what lies beside it, without running its pickle.

    Editions 2019, 2020, 2023 and 2023 Open, generic, female or male, with chumpy's arrays inside or without. Files of
    their usual names in the same folder are read too: FLAME_masks.pkl; landmark_embedding.npy, or
    flame_static_embedding.pkl and flame_dynamic_embedding.npy; l_eyelid.npy and r_eyelid.npy. Edition and gender are
    told by the names of the file and its folders, for the files do not say.

    Args:
        path: the .pkl or .npz.
        identities: how many of the shape directions are people; the others are expressions.

    Raises:
        RefusedFileError: a pickle names something that is not an array (nothing was run), or a file is damaged.
        FileNotFoundError: there is no such file.
        ValueError: it isn't a FLAME model.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no FLAME model at {path}; download one from https://flame.is.tue.mpg.de")
    arrays = _entries(load_npz(path) if path.suffix.lower() == ".npz" else load_pickle(path), _ENTRIES, path)
    _check_tree(arrays["kintree_table"], path)
    directions = arrays["shapedirs"]
    if directions.ndim != 3 or directions.shape[2] <= identities:
        raise ValueError(
            f"{path}: shapedirs must be [V, 3, more than {identities}], got {list(directions.shape)}; "
            "say how many of them are identities"
        )
    if arrays["posedirs"].ndim != 3:
        raise ValueError(f"{path}: posedirs must be [V, 3, 36], got {list(arrays['posedirs'].shape)}")
    template, faces = _floats(arrays["v_template"]), arrays["f"].astype(np.int64)
    edition, gender = _edition(path), _gender(path)
    try:
        bare = FlameFile(
            template,
            faces,
            identities=_first(directions[..., :identities]),
            expressions=_first(directions[..., identities:]),
            pose_correctives=_first(arrays["posedirs"]),
            joint_regressor=_floats(arrays["J_regressor"]),
            skinning_weights=_floats(arrays["weights"]),
        )
        fields = {name: value for name, value in vars(bare).items() if name not in _BESIDE}
        return FlameFile(
            **fields,
            edition=edition,
            gender="generic" if gender == "unknown" and edition.startswith("2023") else gender,
            regions=_regions(path.with_name(_MASKS)),
            landmarks=_landmarks(path.parent, template, faces),
            eyelids=_eyelids(path.parent),
        )
    except RefusedFileError:
        raise
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


_BESIDE = ("edition", "gender", "regions", "landmarks", "eyelids")


def _entries(found: Any, names: tuple[str, ...], path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of some entries of a dict."""
    if not isinstance(found, Mapping):
        raise ValueError(f"{path} must hold named arrays, got {type(found).__name__}")
    missing = [name for name in names if name not in found]
    if missing:
        raise ValueError(f"{path} must have {', '.join(names)}, got none named {', '.join(missing)}")
    return {name: _array(found[name], f"{path}: {name}") for name in names}


def _array(value: Any, name: str) -> NDArray[Any]:
    if isinstance(value, np.ndarray) and value.dtype.hasobject and value.ndim == 0:
        value = value[()]
    if isinstance(value, SparseMatrix):
        return value.dense()
    array = np.asarray(value) if isinstance(value, np.ndarray | np.number | int | float) else np.zeros(0, object)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name} must be an array of numbers, got {type(value).__name__}")
    return array


def _floats(array: NDArray[Any]) -> NDArray[np.float32]:
    return np.ascontiguousarray(array, np.float32)


def _first(directions: NDArray[Any]) -> NDArray[np.float32]:
    """[V, 3, N] to [N, V, 3]."""
    return _floats(np.moveaxis(directions, -1, 0))


def _check_tree(table: NDArray[Any], path: Path) -> None:
    """The root's parent is written as -1, unsigned or not."""
    if table.shape == (2, len(PARENTS)) and tuple(table[0, 1:].tolist()) == PARENTS[1:]:
        return
    raise ValueError(
        f"{path}: kintree_table must be that of FLAME's five joints, parents {PARENTS}, got {list(table.shape)} "
        f"{table.ravel()[:5].tolist()}; bodies such as SMPL-X are not read"
    )


def _edition(path: Path) -> str:
    for part in (path.stem, path.parent.name, path.parent.parent.name):
        year = re.search(r"2017|2019|2020|2023", part)
        if "flame" in part.lower() and year:
            return f"{year[0]} Open" if year[0] == "2023" and "open" in part.lower() else year[0]
    return "unknown"


def _gender(path: Path) -> str:
    words = path.stem.lower()
    for word, gender in (("female", "female"), ("male", "male"), ("generic", "generic"), ("neutral", "generic")):
        if word in words:
            return gender
    return "unknown"


def _regions(path: Path) -> dict[str, NDArray[np.int64]]:
    if not path.is_file():
        return {}
    masks = load_pickle(path)
    if not isinstance(masks, Mapping):
        raise ValueError(f"{path.name} must hold named vertex indices, got {type(masks).__name__}")
    return {str(name): _array(rows, f"{path.name}: {name}").astype(np.int64).ravel() for name, rows in masks.items()}


def _landmarks(folder: Path, template: NDArray[np.float32], faces: NDArray[np.int64]) -> FlameLandmarks | None:
    if (folder / _LANDMARKS).is_file():
        found = load_npy(folder / _LANDMARKS)
        inner = _embedding(found, "static_lmk_faces_idx", "static_lmk_bary_coords", folder / _LANDMARKS)
        outline: Embedding | None = _embedding(
            found, "dynamic_lmk_faces_idx", "dynamic_lmk_bary_coords", folder / _LANDMARKS
        )
    elif (folder / _STATIC).is_file():
        names, dynamic = ("lmk_face_idx", "lmk_b_coords"), folder / _DYNAMIC
        inner = _embedding(load_pickle(folder / _STATIC), *names, folder / _STATIC)
        outline = _embedding(load_npy(dynamic), *names, dynamic) if dynamic.is_file() else None
    else:
        return None
    if inner.faces.shape != (INNER_COUNT,):
        raise ValueError(f"the landmarks inside the face must be {INNER_COUNT}, got {list(inner.faces.shape)}")
    for embedding in (inner, outline):
        if embedding is not None and not 0 <= embedding.faces.min() <= embedding.faces.max() < len(faces):
            raise ValueError(f"the landmarks must lie on the model's {len(faces)} triangles, got others")
    return FlameLandmarks(inner, None if outline is None else contour_by_yaw(outline, template, faces))


def _embedding(found: Any, faces: str, barycentrics: str, path: Path) -> Embedding:
    if isinstance(found, np.ndarray) and found.dtype.hasobject and found.ndim == 0:
        found = found[()]
    arrays = _entries(found, (faces, barycentrics), path)
    rows, weights = arrays[faces].astype(np.int64), _floats(arrays[barycentrics])
    if weights.shape != (*rows.shape, 3) or not np.isfinite(weights).all() or np.abs(weights.sum(-1) - 1).max() > 1e-2:
        raise ValueError(
            f"{path.name}: {barycentrics} must be {[*rows.shape, 3]} and add up to 1, got {list(weights.shape)}"
        )
    return Embedding(rows, weights)


def _eyelids(folder: Path) -> NDArray[np.float32] | None:
    if not all((folder / name).is_file() for name in _EYELIDS):
        return None
    left, right = (load_npy(folder / name) for name in _EYELIDS)
    if left.shape != right.shape:
        raise ValueError(f"both eyelids' shapes must be [V, 3], got {list(left.shape)} and {list(right.shape)}")
    return np.stack([_floats(left), _floats(right)])
