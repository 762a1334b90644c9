"""A made-up head in FLAME's layout: 5,023 vertices, 9,976 faces, 5 joints, 300 + 100 directions; nothing of FLAME's.

A grid about a smooth egg with nose, chin and a slit for a mouth, open at the neck, and two balls for eyes.
"""

import pickle
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse

from . import pickles

COLUMNS, ROWS, MOUTH_ROW = 40, 98, 73
"""Of the grid; row 0 is next to the crown."""

HEAD = 1 + COLUMNS * ROWS + 10
"""Vertices of the head: the crown, the grid, and the lower lip's side of the slit."""

JOINTS = ("root", "neck", "jaw", "left_eye", "right_eye")
EYES = np.array([[0.032, 0.030, 0.078], [-0.032, 0.030, 0.078]])
RADIUS = 0.0125


def columns() -> np.ndarray:
    """Angles of the grid's columns about +y, from +z towards +x; 12 of the 40 lie across the mouth."""
    near = np.linspace(-0.30, 0.30, 12)
    beyond = np.linspace(near[-1], 2 * np.pi + near[0], 30)[1:-1]
    return np.concatenate([near, beyond])


def vertex(row: np.ndarray | int, column: np.ndarray | int) -> Any:
    """Index of a vertex of the grid."""
    return 1 + np.asarray(row) * COLUMNS + np.asarray(column) % COLUMNS


@cache
def mesh() -> tuple[np.ndarray, np.ndarray]:
    """Vertices [5023, 3] and triangles [9976, 3]."""
    polar = np.linspace(0.04, 2.75, ROWS)[:, None]
    around = columns()[None]
    x = 0.078 * np.sin(polar) * np.sin(around)
    y = 0.125 * np.cos(polar) + 0 * around + 0.03
    z = 0.095 * np.sin(polar) * np.cos(around)
    front = np.exp(-((np.minimum(around, 2 * np.pi - around) / 0.35) ** 2))
    z = z + front * (0.022 * np.exp(-((y / 0.018) ** 2)) + 0.008 * np.exp(-(((y + 0.055) / 0.012) ** 2)))
    grid = np.stack([x, y, z], -1).reshape(-1, 3)
    slit = np.arange(1, 11)
    vertices = np.concatenate([[[0, 0.155, 0]], grid, grid[vertex(MOUTH_ROW, slit) - 1]])
    row, column = (index.ravel() for index in np.meshgrid(np.arange(ROWS - 1), np.arange(COLUMNS), indexing="ij"))
    lower = {int(vertex(MOUTH_ROW, c)): 1 + COLUMNS * ROWS + int(c) - 1 for c in slit}
    corner = [vertex(row, column), vertex(row + 1, column), vertex(row + 1, column + 1), vertex(row, column + 1)]
    for k in (0, 3):
        below = row == MOUTH_ROW
        corner[k] = np.where(below, [lower.get(int(v), int(v)) for v in corner[k]], corner[k])
    crown = np.stack([0 * np.arange(COLUMNS), vertex(0, np.arange(COLUMNS)), vertex(0, np.arange(COLUMNS) + 1)], 1)
    faces = [crown, np.stack(corner[:3], 1), np.stack([corner[0], corner[2], corner[3]], 1)]
    for side, centre in enumerate(EYES):
        ball, triangles = _ball()
        vertices = np.concatenate([vertices, centre + RADIUS * ball])
        faces.append(triangles + HEAD + side * len(ball))
    return vertices, np.concatenate(faces)


def _ball() -> tuple[np.ndarray, np.ndarray]:
    """A unit ball of 546 vertices and 1,088 triangles, its pole at +z."""
    rings, points = 34, 16
    polar = np.linspace(0, np.pi, rings + 2)[1:-1, None]
    around = np.arange(points)[None] * 2 * np.pi / points
    z = np.cos(polar) + 0 * around
    grid = np.stack([np.sin(polar) * np.cos(around), np.sin(polar) * np.sin(around), z], -1).reshape(-1, 3)
    at = np.arange(rings * points).reshape(rings, points) + 1
    following = np.roll(at, -1, 1)
    last = rings * points + 1
    quads = [at[:-1], at[1:], following[1:], following[:-1]]
    faces = [
        np.stack([0 * at[0], at[0], following[0]], 1),
        np.stack([quads[0].ravel(), quads[1].ravel(), quads[2].ravel()], 1),
        np.stack([quads[0].ravel(), quads[2].ravel(), quads[3].ravel()], 1),
        np.stack([at[-1], 0 * at[-1] + last, following[-1]], 1),
    ]
    return np.concatenate([[[0, 0, 1]], grid, [[0, 0, -1]]]), np.concatenate(faces)


@cache
def arrays() -> dict[str, Any]:
    """The entries of a FLAME file, J_regressor dense."""
    vertices, faces = mesh()
    random = np.random.default_rng(0)
    count = len(vertices)
    waves = np.sin(vertices @ random.normal(0, 25, (3, 24)) + random.uniform(0, 2 * np.pi, 24))
    shapes = np.einsum("vk,kcn->vcn", waves, random.normal(0, 0.0006, (24, 3, 400)) / np.sqrt(1 + np.arange(400) / 4))
    shapes[..., 300:] *= _face(vertices)[:, None, None]
    correctives = np.einsum("vk,kcn->vcn", waves, random.normal(0, 0.0002, (24, 3, 36)))
    weights = np.zeros((count, 5))
    weights[HEAD : HEAD + 546, 3] = weights[HEAD + 546 :, 4] = 1
    head = vertices[:HEAD]
    jaw = _jaw(head)
    correctives[:HEAD, :, :9] *= 1 / (1 + np.exp((head[:, 1] + 0.055) / 0.003))[:, None, None]
    correctives[:HEAD, :, 9:18] *= jaw[:, None, None]
    for side, entries in enumerate((slice(18, 27), slice(27, 36))):
        correctives[:HEAD, :, entries] *= np.exp(-(((head - EYES[side]) / 0.015) ** 2).sum(1))[:, None, None]
    correctives[HEAD:] = 0
    neck = 1 / (1 + np.exp(-(head[:, 1] + 0.065) / 0.004))
    weights[:HEAD, 2] = jaw * neck
    weights[:HEAD, 1] = (1 - jaw) * neck
    weights[:HEAD, 0] = 1 - neck
    regressor = np.zeros((5, count))
    for joint, rows in enumerate(_around_joints()):
        regressor[joint, rows] = 1 / len(rows)
    return {
        "v_template": vertices,
        "f": faces.astype(np.uint32),
        "shapedirs": shapes,
        "posedirs": correctives,
        "weights": weights,
        "J_regressor": regressor,
        "J": regressor @ vertices,
        "kintree_table": np.array([[4294967295, 0, 1, 1, 1], [0, 1, 2, 3, 4]], np.uint32),
        "bs_style": "lbs",
        "bs_type": "lrotmin",
    }


def _face(vertices: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-(vertices[:, 2] - 0.03) / 0.01))


def _jaw(head: np.ndarray) -> np.ndarray:
    """Share of the jaw: the lower face, with a jump across the slit."""
    line = head[vertex(MOUTH_ROW, 0), 1]
    below = 1 / (1 + np.exp((head[:, 1] - line + 0.002) / 0.001))
    share = below * 1 / (1 + np.exp(-(head[:, 2] - 0.02) / 0.006))
    share[vertex(MOUTH_ROW, np.arange(1, 11))] = 0
    share[1 + COLUMNS * ROWS :] = 1
    return share


def _around_joints() -> list[np.ndarray]:
    ring = np.arange(COLUMNS)
    level = {"root": 97, "neck": 92, "jaw": 60}
    return [
        *(np.asarray(vertex(level[name], ring)) for name in ("root", "neck", "jaw")),
        np.arange(HEAD, HEAD + 546),
        np.arange(HEAD + 546, HEAD + 1092),
    ]


def normals() -> np.ndarray:
    vertices, faces = mesh()
    corners = vertices[faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    out = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(out, faces[:, k], across)
    return out / np.linalg.norm(out, axis=1, keepdims=True)


def outline(yaw: float) -> tuple[np.ndarray, np.ndarray]:
    """Triangles [17] and barycentrics [17, 3] of the outline's landmarks for a head turned to its left by degrees.

    On the side that turns away, the landmark lies where the surface is seen edge-on; on the near side it stays where
    that is so from the front.
    """
    normal = normals()
    levels = [48, 54, 60, 66, 70, 74, 78, 81, 84, 81, 78, 74, 70, 66, 60, 54, 48]
    found = []
    for index, row in enumerate(levels):
        side = -1 if index < 8 else 1
        away = np.radians(yaw) if side * yaw > 0 else 0.0
        if index == 8:
            found.append(_on_edge(row, 5, 0.5))
            continue
        view = np.array([-np.sin(away), 0, np.cos(away)])
        ring = np.arange(COLUMNS + 1)
        facing = normal[vertex(row, ring)] @ view
        change = np.flatnonzero(np.signbit(facing[:-1]) != np.signbit(facing[1:]))
        x = mesh()[0][vertex(row, change), 0]
        column = int(change[np.argmax(side * x)])
        found.append(_on_edge(row, column, facing[column] / (facing[column] - facing[column + 1])))
    return np.array([face for face, _ in found]), np.array([weights for _, weights in found])


def _on_edge(row: int, column: int, share: float) -> tuple[int, np.ndarray]:
    """The point between two columns of a row."""
    faces = mesh()[1]
    ends = [int(vertex(row, column)), int(vertex(row, column + 1))]
    face = int(np.flatnonzero(np.isin(faces, ends).sum(1) == 2)[0])
    weights = np.zeros(3)
    weights[np.flatnonzero(faces[face] == ends[0])[0]] = 1 - share
    weights[np.flatnonzero(faces[face] == ends[1])[0]] = share
    return face, weights


@cache
def embeddings() -> dict[str, np.ndarray]:
    """Landmarks 17 to 67, and the outline's by the degrees that smplx counts: 0..39 to the right, 1..39 to the left."""
    vertices, faces = mesh()
    across = np.linspace(-1, 1, 5)
    brow = [
        (x, 0.052 - 0.004 * abs(abs(x) - 0.035) / 0.02) for x in [*(-0.035 + 0.02 * across), *(0.035 + 0.02 * across)]
    ]
    nose = [*((0, y) for y in (0.035, 0.025, 0.015, 0.003)), *((x, -0.012) for x in (-0.012, -0.006, 0, 0.006, 0.012))]
    eye = [(-0.015, 0), (-0.006, 0.008), (0.006, 0.008), (0.015, 0), (0.006, -0.008), (-0.006, -0.008)]
    eyes = [(x + side, y + 0.03) for side in (-0.032, 0.032) for x, y in eye]
    level = vertices[vertex(MOUTH_ROW, 0), 1]
    spread = vertices[vertex(MOUTH_ROW, 11), 0]
    outer = [(t * spread, level + h * 0.01 * (1 - t * t)) for t, h in _MOUTH]
    frontal = (np.arange(len(faces)) < len(faces) - 2 * 1088) & (vertices[faces][:, :, 2].min(1) > 0.02)
    rows, weights = [], []
    for point in [*brow, *nose, *eyes, *outer]:
        centre = vertices[faces][:, :, :2].mean(1)
        rows.append(int(np.where(frontal, np.linalg.norm(centre - point, axis=1), np.inf).argmin()))
        weights.append(np.array([0.5, 0.3, 0.2]))
    upper = [int(vertex(MOUTH_ROW, column)) for column in (0, 3, 5, 8, 11)]
    lower = [1 + COLUMNS * ROWS + column - 1 for column in (8, 5, 3)]
    for rim in (*upper, *lower):
        rows.append(int(np.flatnonzero((faces == rim).any(1))[0]))
        weights.append(np.where(faces[rows[-1]] == rim, 0.9, 0.05))
    table = [outline(-yaw) for yaw in range(40)] + [outline(yaw) for yaw in range(1, 40)]
    return {
        "static faces": np.array(rows),
        "static weights": np.array(weights),
        "dynamic faces": np.stack([faces for faces, _ in table]),
        "dynamic weights": np.stack([weights for _, weights in table]),
    }


_MOUTH = [
    *((-1, 0), (-0.6, 1), (-0.25, 1), (0, 1), (0.25, 1), (0.6, 1)),
    *((1, 0), (0.6, -1), (0.25, -1), (0, -1), (-0.25, -1), (-0.6, -1)),
]


def masks() -> dict[str, np.ndarray]:
    vertices, _ = mesh()
    front = (vertices[:, 2] > 0.06) & (np.arange(len(vertices)) < HEAD)
    level = vertices[vertex(MOUTH_ROW, 0), 1]
    return {
        "lips": np.flatnonzero(front & (np.abs(vertices[:, 1] - level) < 0.008) & (np.abs(vertices[:, 0]) < 0.026)),
        "left_eyeball": np.arange(HEAD, HEAD + 546),
        "right_eyeball": np.arange(HEAD + 546, HEAD + 1092),
        "neck": np.flatnonzero(vertices[:, 1] < -0.06),
    }


def eyelid(side: int) -> np.ndarray:
    """What closing the lid of one side adds [5023, 3]."""
    vertices, _ = mesh()
    near = np.exp(-(((vertices[:, :2] - EYES[side, :2]) / 0.012) ** 2).sum(1)) * _face(vertices)
    near[HEAD:] = 0
    return np.stack([0 * near, -0.008 * near, 0 * near], 1)


EDITIONS = {
    "2019": ("FLAME2019", "generic_model.pkl"),
    "2020": ("FLAME2020", "female_model.pkl"),
    "2023": ("FLAME2023", "flame2023.pkl"),
    "2023 Open": ("FLAME2023Open", "flame2023_Open.pkl"),
    "npz": ("converted", "FLAME_NEUTRAL.npz"),
}


def write(folder: Path, edition: str = "2023") -> Path:
    """Write the file as an edition comes: Python 2 with chumpy, chumpy, numpy alone, or .npz."""
    inside, name = EDITIONS[edition]
    path = folder / inside / name
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = dict(arrays())
    sparse = scipy.sparse.csc_matrix(entries["J_regressor"])
    if edition == "npz":
        numbers = {key: value for key, value in entries.items() if isinstance(value, np.ndarray)}
        np.savez(path, **{**numbers, "J_regressor": np.array(sparse, dtype=object)})
        return path
    entries["J_regressor"] = sparse
    if edition == "2023":
        path.write_bytes(pickle.dumps(entries, 4))
        return path
    for key in ("v_template", "shapedirs", "posedirs", "weights", "J"):
        entries[key] = pickles.chumpy_array(entries[key])
    if edition == "2019":
        entries["weights"] = pickles.Transpose(a=pickles.chumpy_array(arrays()["weights"].T), axes=None)
    path.write_bytes(pickles.dumps(entries, 2, python_2=edition != "2023 Open"))
    return path


def write_beside(folder: Path, *, joined: bool = True, reverse: bool = False) -> None:
    """Write masks, landmarks and lids as they are published.

    Args:
        folder: where.
        joined: one file of landmarks, the outline's as tensors; else two files.
        reverse: count the outline's degrees to the other side, as half of the programs do.
    """
    import torch

    found = embeddings()
    order = np.concatenate([[0], np.arange(40, 79), np.arange(1, 40)]) if reverse else np.arange(79)
    moving = found["dynamic faces"][order], found["dynamic weights"][order].astype(np.float32)
    (folder / "FLAME_masks.pkl").write_bytes(pickles.dumps(masks(), 2, python_2=True))
    for side, name in enumerate(("l_eyelid.npy", "r_eyelid.npy")):
        np.save(folder / name, eyelid(side))
    if joined:
        both = {"static_lmk_faces_idx": found["static faces"], "static_lmk_bary_coords": found["static weights"]}
        both |= {
            "dynamic_lmk_faces_idx": torch.from_numpy(moving[0]),
            "dynamic_lmk_bary_coords": torch.from_numpy(moving[1]),
        }
        np.save(folder / "landmark_embedding.npy", both)
        return
    static = {"lmk_face_idx": found["static faces"].astype(np.uint32), "lmk_b_coords": found["static weights"]}
    (folder / "flame_static_embedding.pkl").write_bytes(pickles.dumps(static, 2, python_2=True))
    np.save(folder / "flame_dynamic_embedding.npy", {"lmk_face_idx": moving[0], "lmk_b_coords": moving[1]})


def write_small(folder: Path, **changed: Any) -> Path:
    """A file with 2 identities and 2 expressions, some entries replaced, or left out where they are None."""
    entries = dict(arrays())
    entries["shapedirs"] = entries["shapedirs"][..., [0, 1, 300, 301]]
    entries = {key: value for key, value in {**entries, **changed}.items() if value is not None}
    path = folder / "flame2023.pkl"
    path.write_bytes(pickles.dumps(entries, 4))
    return path
