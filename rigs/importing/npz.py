"""A head in one .npz: vertices, faces, names, shapes."""

import zipfile
from pathlib import Path

import numpy as np

from avatar.rigs.importing.source import Source

_LAYOUT = "vertices [V, 3], faces [F, 3], names [K] and shapes [K, V, 3] (displacements)"


def read_npz(path: Path) -> Source:
    """Read an .npz with vertices, faces, names and shapes; colours [V, 3] (linear RGB) and landmarks [68] may be there.

    Raises:
        ValueError: the file is something else, or an array is missing or of the wrong shape.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is not an .npz with {_LAYOUT}: {error}") from None
    missing = [name for name in ("vertices", "faces", "names", "shapes") if name not in arrays]
    if missing:
        raise ValueError(f"{path} lacks {', '.join(missing)}; it must hold {_LAYOUT}")
    vertices, shapes, names = arrays["vertices"], arrays["shapes"], [str(name) for name in arrays["names"].ravel()]
    if vertices.ndim != 2 or vertices.shape[1] != 3 or arrays["faces"].ndim != 2 or arrays["faces"].shape[1] != 3:
        raise ValueError(
            f"{path} must hold {_LAYOUT}, got vertices {list(vertices.shape)} and faces {list(arrays['faces'].shape)}"
        )
    if shapes.shape != (len(names), len(vertices), 3):
        raise ValueError(f"shapes must be [{len(names)}, {len(vertices)}, 3], got {list(shapes.shape)}")
    if len(set(names)) != len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"names must be unique, got twice: {', '.join(twice)}")
    return Source(
        vertices.astype(np.float64),
        arrays["faces"].astype(np.int64),
        dict(zip(names, shapes.astype(np.float32), strict=True)),
        colours=arrays.get("colours"),
        landmarks=arrays["landmarks"].astype(np.int64) if "landmarks" in arrays else None,
    )
