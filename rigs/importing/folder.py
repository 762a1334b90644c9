"""A folder of OBJs: a neutral and one file for each shape; ICT-FaceKit's folder is one."""

import json
import re
from pathlib import Path

import numpy as np

from avatar.rigs.importing.obj import read_obj, read_positions
from avatar.rigs.importing.source import Floats, Integers, Source

_NEUTRAL = re.compile(r"neutral|basis|base|rest", re.IGNORECASE)
_IDENTITY = re.compile(r"identity\d+$")
_ICT = "generic_neutral_mesh"
ICT_PARTS = {
    "M_Face": "skin",
    "M_BackHead": "back_of_head_skin",
    "M_GumsTongue": "gums_and_tongue",
    "M_Teeth": "teeth",
    "M_ScleraLeft": "left_eye",
    "M_IrisLeft": "left_eye",
    "M_ScleraRight": "right_eye",
    "M_IrisRight": "right_eye",
    "M_LacrimalFluid": "tear_fluid",
    "M_EyeBlend": "eye_blend",
    "M_EyeOcclusion": "eye_occlusion",
    "M_EyeLashes": "lash_cards",
}
"""ICT-FaceKit's materials in this package's words."""


def read_folder(folder: Path) -> Source:
    """Read a folder: the neutral is the OBJ whose name says neutral, basis, base or rest; the others are shapes.

    In ICT-FaceKit's, files named identity000 and so on are identity axes, and vertex_indices.json has the landmarks;
    the shapes may also lie in .npz files with `names` and displacements [K, V, 3] called `expr` and `identity`.

    Raises:
        ValueError: there is no neutral or more than one, or a file does not match it.
    """
    files = sorted(path for path in folder.iterdir() if path.name.lower().endswith((".obj", ".obj.gz")))
    named = {_stem(path): path for path in files}
    neutrals = [name for name in named if _NEUTRAL.search(name)]
    if len(neutrals) != 1:
        found = ", ".join(neutrals) if neutrals else "none"
        raise ValueError(f"{folder} must hold one OBJ named neutral (or basis, base, rest), got {found}; rename it")
    (neutral,) = neutrals
    mesh = read_obj(named.pop(neutral))
    steps = {name: _step(path, mesh.vertices) for name, path in named.items()}
    shapes = {name: step for name, step in steps.items() if not _IDENTITY.match(name)}
    identities = {name: step for name, step in steps.items() if _IDENTITY.match(name)}
    is_ict = neutral == _ICT
    if is_ict:
        shapes |= _packed(folder, "expr", len(mesh.vertices))
        identities |= _packed(folder, "identity", len(mesh.vertices))
    parts, face_parts = _renamed(mesh.parts, mesh.face_parts) if is_ict else (mesh.parts, mesh.face_parts)
    return Source(
        mesh.vertices,
        mesh.faces,
        shapes,
        parts=parts,
        face_parts=face_parts,
        identities=identities,
        landmarks=_landmarks(folder) if is_ict else None,
        metres=0.01 if is_ict else None,
        notes=("ICT-FaceKit, MIT licence, centimetres",) if is_ict else (),
    )


def _stem(path: Path) -> str:
    return re.sub(r"\.obj(\.gz)?$", "", path.name, flags=re.IGNORECASE)


def _step(path: Path, neutral: Floats) -> Floats:
    positions = read_positions(path)
    if len(positions) != len(neutral):
        raise ValueError(
            f"{path} must have the neutral's {len(neutral)} vertices, got {len(positions)}; "
            "export all with vertex order kept"
        )
    return np.asarray(positions - neutral)


def _packed(folder: Path, name: str, count: int) -> dict[str, Floats]:
    """Displacements by name from the .npz files that hold an array of this name."""
    found: dict[str, Floats] = {}
    for path in sorted(folder.glob("*.npz")):
        with np.load(path, allow_pickle=False) as arrays:
            if name not in arrays or "names" not in arrays:
                continue
            steps, names = arrays[name], arrays["names"].tolist()
        if steps.shape != (len(names), count, 3):
            raise ValueError(f"{name} in {path} must be [{len(names)}, {count}, 3], got {list(steps.shape)}")
        found |= {str(key): step.astype(np.float32) for key, step in zip(names, steps, strict=True)}
    return found


def _landmarks(folder: Path) -> Integers | None:
    path = folder / "vertex_indices.json"
    if not path.is_file():
        return None
    return np.array(json.loads(path.read_text())["idx_to_landmark_verts"], np.int64)


def _renamed(parts: tuple[str, ...], face_parts: Integers) -> tuple[tuple[str, ...], Integers]:
    wanted = [ICT_PARTS.get(part, part) for part in parts]
    names = tuple(dict.fromkeys(wanted))
    return names, np.array([names.index(name) for name in wanted], np.int64)[face_parts]
