"""Named sets of vertices, landmarks and the neck's share in turning, picked by geometry on the average."""

import numpy as np
from scipy.spatial import cKDTree

from avatar.controls import ARKIT_SHAPES
from avatar.rigs.bake.assemble import Draft
from avatar.rigs.bake.rings import Seam
from avatar.rigs.bake.source import Floats, Integers

NECK_PIVOT = np.array([0.0, -0.035, -0.012])
"""Where the head turns: under the skull, a little behind the ears."""

MIDDLE_OF_LIPS = {"upper": 520, "lower": 540}
"""The source's vertices on the face's middle line where the closed lips meet."""

LIP_LINES = {
    "upper_lip_middle": (468, 474, 520, 537),
    "lower_lip_middle": (494, 493, 523, 540),
    "upper_lip_front": (468, 474, 509),
}
"""The source's vertices on the middle line of the lips, from front to back."""

RIM = -2
"""The lips' ring that bounds the opening of the mouth; its neighbours touch too when the mouth is closed."""

CORNERS = {"left": 7189, "right": 429}
"""The source's vertices at the corners of the mouth."""


def strength(draft: Draft, *names: str) -> Floats:
    """How far shapes move each vertex, the farthest of them, metres [V]."""
    return np.asarray(np.stack([np.linalg.norm(draft.shapes[ARKIT_SHAPES.index(n)], axis=1) for n in names]).max(0))


def of_source(draft: Draft, index: int) -> int:
    """The head's vertex that is this vertex of the source."""
    return int(np.nonzero(draft.source_indices == index)[0][0])


def find(draft: Draft) -> dict[str, Integers]:
    """Vertex indices of every region."""
    part = {name: draft.part_of == k for k, name in enumerate(draft.parts)}
    skin = part["skin"]
    labelled = {label: _vertices_of(draft, label) for label in ("head", "mouth_cavity", "eye_cavity.L", "eye_cavity.R")}
    left = draft.rest[:, 0] > 0
    upper, lower = _lips(draft)
    lids = skin & (strength(draft, "eyeBlinkLeft", "eyeBlinkRight") > 0.0005)
    masks = {
        **part,
        "upper_lip": upper,
        "lower_lip": lower,
        "lips": upper | lower,
        "left_lids": lids & left,
        "right_lids": lids & ~left,
        "left_lashes": part["lashes"] & left,
        "right_lashes": part["lashes"] & ~left,
        "left_brow": part["brows"] & left,
        "right_brow": part["brows"] & ~left,
        "mouth_cavity": skin & labelled["mouth_cavity"] & ~labelled["head"],
        "left_eye_socket": skin & labelled["eye_cavity.L"] & ~labelled["head"],
        "right_eye_socket": skin & labelled["eye_cavity.R"] & ~labelled["head"],
    }
    found = {name: np.nonzero(mask)[0] for name, mask in masks.items()}
    found["lip_rim"] = draft.lip_rings[RIM]
    found["lip_contact"] = np.concatenate(draft.lip_rings[RIM - 1 :])
    for side, margins in draft.lid_margins.items():
        found[f"{side}_lid_rim"] = margins[-1]
    for name, line in LIP_LINES.items():
        found[name] = np.array([of_source(draft, index) for index in line])
    return {**found, **_contact(draft, part["upper_teeth"]), **_skull(draft, skin)}


def _lips(draft: Draft) -> tuple[np.ndarray, np.ndarray]:
    """Masks of the vermilion of both lips; the corners belong to both."""
    masks = np.zeros((2, len(draft.rest)), bool)
    for ring in draft.lip_rings:
        seam = Seam.of(ring, draft.rest)
        masks[0, [*seam.upper, *seam.corners]] = True
        masks[1, seam.lower] = True
    return masks[0], masks[1]


def _contact(draft: Draft, upper_teeth: np.ndarray) -> dict[str, Integers]:
    """The two that meet in f and v: the rim of the lower lip, the edge of the upper front teeth."""
    x, y = draft.rest[:, 0], draft.rest[:, 1]
    edge = upper_teeth & (np.abs(x) < 0.0085)
    edge &= y < y[edge].min() + 0.0008
    line = draft.rest[[of_source(draft, index) for index in (557, 540, 523, 493)]]
    skin = np.nonzero((draft.part_of == 0) & (np.abs(x) < 0.006))[0]
    near = cKDTree(line[:, 1:]).query(draft.rest[skin, 1:])[0] < 0.0012
    jaw = strength(draft, "jawOpen")[skin] > 0.02
    return {"upper_teeth_edge": np.nonzero(edge)[0], "lower_lip_rim": skin[near & jaw]}


def _skull(draft: Draft, skin: np.ndarray) -> dict[str, Integers]:
    """Three patches of the skull that no shape moves."""
    scalp = draft.part_of == draft.parts.index("hair")
    still = (skin | scalp) & (np.abs(draft.shapes).max((0, 2)) < 1e-6) & (head_weight(draft) == 1)
    x, y, z = draft.rest.T
    side = still & (np.abs(z) < 0.05) & (y > 0.02) & (y < 0.08)
    return {
        "skull_left": np.nonzero(side & (x > 0.05))[0],
        "skull_right": np.nonzero(side & (x < -0.05))[0],
        "skull_top": np.nonzero(still & (y > 0.10))[0],
    }


def _vertices_of(draft: Draft, label: str) -> np.ndarray:
    mask = np.zeros(len(draft.rest), bool)
    mask[draft.faces[draft.labels == label]] = True
    return mask


def head_weight(draft: Draft) -> Floats:
    """1 on the head, smoothly 0 at the foot of the neck [V]."""
    y, z = draft.rest[:, 1], draft.rest[:, 2]
    # The line from under the chin to the nape slopes: the head's part of the neck is longer behind.
    height = y + 0.55 * z
    rise = np.clip((height + 0.150) / (0.150 - 0.075), 0, 1)
    weight = rise * rise * (3 - 2 * rise)
    weight[~np.isin(draft.part_of, [draft.parts.index(name) for name in ("skin", "hair")])] = 1.0
    weight[draft.part_of == draft.parts.index("shirt")] = 0.0
    return np.asarray(weight)


_LANDMARKS_RIGHT_HALF = {
    # iBUG number: (x, y, z) in millimetres on the average; the left half mirrors them.
    0: (-74.0, 12.0, 20.0), 1: (-73.0, -8.0, 22.0), 2: (-70.0, -27.0, 25.0), 3: (-66.0, -45.0, 30.0),
    4: (-60.0, -62.0, 40.0), 5: (-49.0, -75.0, 55.0), 6: (-36.0, -84.0, 70.0), 7: (-18.0, -90.0, 84.0),
    8: (0.0, -92.0, 89.0),
    17: (-50.0, 33.0, 75.0), 18: (-43.0, 38.0, 84.0), 19: (-33.0, 39.0, 90.0), 20: (-23.0, 37.0, 94.0),
    21: (-12.0, 33.0, 97.0),
    27: (0.0, 15.9, 96.3), 28: (0.0, 2.6, 100.8), 29: (0.0, -9.8, 109.2), 30: (0.0, -20.2, 114.6),
    31: (-15.0, -30.0, 95.0), 32: (-7.5, -31.5, 101.0), 33: (0.0, -32.6, 104.3),
    36: (-41.5, 13.0, 74.0), 37: (-34.0, 19.5, 84.0), 38: (-24.5, 19.0, 86.0), 39: (-17.5, 11.5, 82.0),
    40: (-24.5, 10.0, 85.0), 41: (-34.0, 9.5, 84.0),
    48: (-23.5, -53.0, 92.0), 49: (-15.0, -47.5, 101.0), 50: (-5.5, -43.5, 107.0), 51: (0.0, -44.2, 108.3),
    57: (0.0, -63.3, 103.2), 58: (-7.0, -62.5, 102.0), 59: (-15.0, -59.0, 98.0),
    60: (-21.0, -53.0, 92.0), 61: (-9.0, -51.5, 98.5), 62: (0.0, -51.7, 99.4), 66: (0.0, -52.0, 100.1),
    67: (-9.0, -52.5, 99.5),
}  # fmt: skip

_MIRROR = {
    **{k: 16 - k for k in range(8)}, **{17 + k: 26 - k for k in range(5)}, 31: 35, 32: 34,
    36: 45, 37: 44, 38: 43, 39: 42, 40: 47, 41: 46, 48: 54, 49: 53, 50: 52, 58: 56, 59: 55, 60: 64, 61: 63, 67: 65,
}  # fmt: skip


def landmarks(draft: Draft) -> Integers:
    """Skin vertices of the 68 iBUG landmarks."""
    skin = np.nonzero(draft.part_of == 0)[0]
    tree = cKDTree(draft.rest[skin])
    points = np.zeros((68, 3))
    for number, point in _LANDMARKS_RIGHT_HALF.items():
        points[number] = point
        if number in _MIRROR:
            points[_MIRROR[number]] = np.multiply(point, (-1, 1, 1))
    return np.asarray(skin[tree.query(points / 1000)[1]])
