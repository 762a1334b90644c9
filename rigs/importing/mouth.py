"""Where the lips are: from the landmarks, or from what the shapes of the mouth move."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from avatar.rigs.importing.source import Integers

_OPENERS = ("jawOpen", "CTRL_expressions_jawOpen", "aa")
_LIPS = ("mouth", "lip", "pp", "ff", "ou", "oh", "aa", "ih", "ee", "o", "u", "e", "i")

_OUTER_LIP = slice(48, 60)
_INNER_UPPER, _INNER_LOWER, _INNER_LEFT, _INNER_RIGHT = 62, 66, 64, 60


@dataclass(frozen=True, eq=False)
class Mouth:
    """Points and regions of a mouth.

    Args:
        inner_lip: mid points of the upper and the lower lip that meet.
        corners: the left and the right corner.
        regions: vertices by name: lips, upper_lip, lower_lip, their middles, and the slit's rim.
    """

    inner_lip: tuple[int, int]
    corners: tuple[int, int]
    regions: Mapping[str, Integers]


def find_mouth(
    vertices: NDArray[np.float32],
    skin: NDArray[np.bool_],
    shapes: Mapping[str, NDArray[np.float32]],
    *,
    landmarks: Integers | None = None,
    inner_lip: tuple[int, int] | None = None,
    corners: tuple[int, int] | None = None,
) -> Mouth:
    """Find the lips.

    The upper lip is what shapes of the lips move but the jaw does not, the lower lip what both move; where the two
    touch or nearly so, and part when the jaw opens, is the slit of the mouth.

    Args:
        vertices: [V, 3] metres, +y up, face along +z.
        skin: which vertices may be lips [V].
        shapes: displacements [V, 3] by control.
        landmarks: the 68 iBUG landmarks, if there are any.
        inner_lip: if it is given.
        corners: if they are given.

    Raises:
        ValueError: nothing opens the mouth, or no slit is found.
    """
    slit = _find_slit(vertices, skin, shapes)
    if landmarks is not None and len(landmarks):
        inner_lip = inner_lip or (int(landmarks[_INNER_UPPER]), int(landmarks[_INNER_LOWER]))
        corners = corners or (int(landmarks[_INNER_LEFT]), int(landmarks[_INNER_RIGHT]))
    if inner_lip is None or corners is None:
        if slit is None:
            opener = next((name for name in _OPENERS if name in shapes), None)
            what = f"{opener} parts no lips" if opener else "no shape opens the jaw (jawOpen, aa)"
            raise ValueError(
                f"the mouth is not found: {what}; say in [names] which shape does, "
                "or give inner_lip and corners in [mouth] of the TOML"
            )
        inner_lip, corners = inner_lip or slit.middle(vertices), corners or slit.corners(vertices)
    outline = None if landmarks is None or not len(landmarks) else vertices[landmarks[_OUTER_LIP]]
    return Mouth(inner_lip, corners, _regions(vertices, skin, slit, inner_lip, corners, outline))


@dataclass(frozen=True, eq=False)
class _Slit:
    """Pairs of vertices of the upper and of the lower lip that touch, or nearly so, until the jaw opens."""

    upper: Integers
    lower: Integers

    def middle(self, vertices: NDArray[np.float32]) -> tuple[int, int]:
        across = np.abs(0.5 * (vertices[self.upper, 0] + vertices[self.lower, 0]))
        apart = np.linalg.norm(vertices[self.upper] - vertices[self.lower], axis=1)
        central = across <= across.min() + 0.002
        # Of the pairs in the middle, the foremost that touches: lips lie upon each other for some millimetres.
        touching = central & (apart <= apart[central].min() + 0.0005)
        best = np.flatnonzero(touching)[vertices[self.upper[touching], 2].argmax()]
        return int(self.upper[best]), int(self.lower[best])

    def corners(self, vertices: NDArray[np.float32]) -> tuple[int, int]:
        both = np.concatenate([self.upper, self.lower])
        return int(both[vertices[both, 0].argmax()]), int(both[vertices[both, 0].argmin()])


def _find_slit(
    vertices: NDArray[np.float32], skin: NDArray[np.bool_], shapes: Mapping[str, NDArray[np.float32]]
) -> _Slit | None:
    opener = next((name for name in _OPENERS if name in shapes), None)
    if opener is None:
        return None
    step = shapes[opener]
    lips = np.zeros(len(vertices), bool)
    for name, other in shapes.items():
        bare = name.lower().removeprefix("ctrl_expressions_")
        if name != opener and bare.startswith(_LIPS):
            length = np.linalg.norm(other, axis=1)
            lips |= length > 0.15 * max(length[skin].max(initial=0.0), 1e-9)
    rows = np.flatnonzero(lips & skin) if lips.any() else np.flatnonzero(skin)
    drop = np.linalg.norm(step[rows], axis=1)
    largest = drop.max(initial=0.0)
    if not largest > 1e-4:
        return None
    upper, lower = rows[drop < 0.4 * largest], rows[drop > 0.4 * largest]
    if not len(upper) or not len(lower):
        return None
    apart, nearest = _nearest(vertices[lower], vertices[upper])
    lower = lower[nearest]
    opened = np.linalg.norm(vertices[upper] + step[upper] - vertices[lower] - step[lower], axis=1)
    # Across the slit a small gap becomes a large one; skin between two vertices stretches far less.
    gaping = (opened > 3.0 * apart) & (opened - apart > 0.08 * largest) & (apart < max(0.004, 1.5 * apart.min()))
    return _Slit(upper[gaping], lower[gaping]) if gaping.any() else None


def _inside(points: NDArray[np.float32], outline: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether points [P, 3], seen from the front, are in an outline [N, 3]: rays cross it an odd number of times."""
    inside = np.zeros(len(points), bool)
    x, y = points[:, 0], points[:, 1]
    for (x0, y0, _), (x1, y1, _) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        if y0 != y1:
            inside ^= ((y0 > y) != (y1 > y)) & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return inside


def _nearest(
    points: NDArray[np.float32], queries: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Distance to, and index of, the nearest point [P, 3] to each query [Q, 3]."""
    apart, nearest = cKDTree(points).query(queries)
    return np.asarray(apart, np.float64), np.asarray(nearest, np.int64)


def _regions(
    vertices: NDArray[np.float32],
    skin: NDArray[np.bool_],
    slit: _Slit | None,
    inner_lip: tuple[int, int],
    corners: tuple[int, int],
    outline: NDArray[np.float32] | None,
) -> dict[str, Integers]:
    width = float(np.linalg.norm(vertices[corners[0]] - vertices[corners[1]]))
    ends = vertices[list(corners)]
    middle = 0.5 * (vertices[inner_lip[0]] + vertices[inner_lip[1]])
    line = np.stack([ends[0], 0.5 * (ends[0] + middle), middle, 0.5 * (ends[1] + middle), ends[1]])
    if slit is not None:
        line = np.concatenate([line, vertices[slit.upper], vertices[slit.lower]])
    candidates = np.flatnonzero(skin)
    apart, nearest = _nearest(line, vertices[candidates])
    # Lips are thickest in the middle and end at the corners.
    half = 0.5 * width
    share = np.clip(1.0 - (np.abs(vertices[candidates, 0] - middle[0]) / max(half, 1e-6)) ** 2, 0.0, 1.0)
    behind = line[nearest, 2] - vertices[candidates, 2]
    lips = (apart < 0.03 * width + 0.18 * width * share) & (behind < 0.12 * width)
    if outline is not None:
        lips = _inside(vertices[candidates], outline) & (behind < 0.12 * width)
    rows = candidates[lips]
    above = vertices[rows, 1] >= line[nearest[lips], 1]
    if slit is not None:
        above = np.where(np.isin(rows, slit.upper), True, np.where(np.isin(rows, slit.lower), False, above))
    found = {"lips": rows, "upper_lip": rows[above], "lower_lip": rows[~above]}
    rims = {"upper": np.array([inner_lip[0]]), "lower": np.array([inner_lip[1]])}
    if slit is not None:
        rims = {"upper": np.unique([*slit.upper, inner_lip[0]]), "lower": np.unique([*slit.lower, inner_lip[1]])}
    for (side, rim), point in zip(rims.items(), inner_lip, strict=True):
        across = np.abs(vertices[rim, 0] - middle[0])
        found[f"{side}_lip_middle"] = rim[np.linalg.norm(vertices[rim] - vertices[point], axis=1) <= 0.06 * width]
        found[f"{side}_lip_rim"] = rim[across <= across.min() + 0.25 * width]
    upper = found["upper_lip"]
    if len(upper):
        across = np.abs(vertices[upper, 0] - middle[0])
        central = upper[across <= across.min() + 0.06 * width]
        found["upper_lip_front"] = central[np.argsort(-vertices[central, 2])[:3]]
    return {name: rows for name, rows in found.items() if len(rows)}
