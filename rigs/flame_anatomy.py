"""Which vertices of a FLAME model are eyes, lips and landmarks, by its own files or by what its jaw moves."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from avatar.rigs.flame_file import FlameFile
from avatar.rigs.flame_landmarks import CONTOUR_COUNT, LARGEST_YAW, Embedding
from avatar.rigs.importing.mouth import find_mouth
from avatar.rigs.skinning import rotation_matrices, skin

PARTS = ("skin", "left_eye", "right_eye")
"""FLAME has neither teeth nor tongue."""

JAW, LEFT_EYE, RIGHT_EYE = 2, 3, 4
"""Joints."""

_OPEN_JAW = 0.3
"""Radians."""

_SKIN, _LIPS = (0.55, 0.32, 0.225), (0.45, 0.19, 0.165)
_WHITE, _IRIS, _PUPIL = (0.72, 0.69, 0.66), (0.11, 0.07, 0.04), (0.01, 0.01, 0.01)
_IRIS_ANGLE, _PUPIL_ANGLE = np.radians(28), np.radians(11)

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Anatomy:
    """Where things are on a FLAME model; fields as in `avatar.rigs.Rig`."""

    regions: dict[str, Integers]
    inner_lip: tuple[int, int]
    mouth_corners: tuple[int, int]
    face_parts: Integers
    vertex_colours: Floats
    landmarks: Integers


def find_anatomy(file: FlameFile) -> Anatomy:
    """Find eyes, lips and landmarks.

    Eyeballs are what the eyes' joints move. The points of the lips are the landmarks', or where the jaw parts what lay
    upon each other; the lips themselves those of FLAME's masks, or the skin about the slit.

    Raises:
        ValueError: no mouth is found.
    """
    owner = file.skinning_weights.argmax(1)
    ball = {"left_eye": owner == LEFT_EYE, "right_eye": owner == RIGHT_EYE}
    is_skin = ~(ball["left_eye"] | ball["right_eye"])
    nearest = _nearest_vertices(file)
    inner = nearest[-51:]
    mouth = find_mouth(
        file.template,
        is_skin,
        {"jawOpen": _open_jaw(file) - file.template},
        inner_lip=(int(inner[62 - 17]), int(inner[66 - 17])) if len(inner) else None,
        corners=(int(inner[64 - 17]), int(inner[60 - 17])) if len(inner) else None,
    )
    regions = {**mouth.regions, **file.regions}
    if "lips" in file.regions:
        lips = file.regions["lips"]
        share = file.skinning_weights[lips, JAW]
        lower = share > 0.5 * share.max(initial=0.0)
        regions |= {"upper_lip": lips[~lower], "lower_lip": lips[lower]}
    regions |= {name: np.flatnonzero(which) for name, which in ball.items()} | {"skin": np.flatnonzero(is_skin)}
    part = np.zeros(len(file.template), np.int64)
    for index, name in enumerate(PARTS):
        part[regions[name]] = index
    return Anatomy(
        regions,
        mouth.inner_lip,
        mouth.corners,
        part[file.faces[:, 0]],
        _colours(file.template, regions),
        nearest if len(nearest) == 68 else np.zeros(0, np.int64),
    )


def _nearest_vertices(file: FlameFile) -> Integers:
    """The vertex next to each landmark: [68], [51] without the outline, or none."""
    if file.landmarks is None:
        return np.zeros(0, np.int64)
    found = [_corner(file.landmarks.inner, file.faces)]
    if file.landmarks.contour is not None:
        front = file.landmarks.contour
        ahead = Embedding(front.faces[LARGEST_YAW], front.barycentrics[LARGEST_YAW])
        found.insert(0, _corner(ahead, file.faces))
        assert len(found[0]) == CONTOUR_COUNT
    return np.concatenate(found)


def _corner(embedding: Embedding, faces: Integers) -> Integers:
    corner = embedding.barycentrics.argmax(-1)
    return np.asarray(faces[embedding.faces, corner])


def _open_jaw(file: FlameFile) -> Floats:
    """The head at rest with its jaw open [V, 3], without pose correctives."""
    pose = torch.zeros(1, 5, 3)
    pose[0, JAW, 0] = _OPEN_JAW
    template = torch.from_numpy(file.template)[None]
    joints = torch.from_numpy(file.joint_regressor) @ template
    weights = torch.from_numpy(file.skinning_weights)
    posed: Floats = skin(template, rotation_matrices(pose), joints, (-1, 0, 1, 1, 1), weights)[0].numpy()
    return posed


def _colours(template: Floats, regions: dict[str, Integers]) -> Floats:
    colours = np.tile(np.array(_SKIN, np.float32), (len(template), 1))
    colours[regions["lips"]] = _LIPS
    for name in ("left_eye", "right_eye"):
        ball = regions[name]
        if not len(ball):
            continue
        spokes = template[ball] - 0.5 * (template[ball].min(0) + template[ball].max(0))
        off_axis = np.arctan2(np.linalg.norm(spokes[:, :2], axis=1), spokes[:, 2])
        colours[ball] = _WHITE
        colours[ball[off_axis < _IRIS_ANGLE]] = _IRIS
        colours[ball[off_axis < _PUPIL_ANGLE]] = _PUPIL
    return colours
