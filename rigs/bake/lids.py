"""Lids that meet: what the head needs to close an eye by a share of whatever gap it has."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from avatar.controls import ARKIT_SHAPES
from avatar.rigs.bake.assemble import Draft
from avatar.rigs.bake.eyes import RADIUS
from avatar.rigs.bake.rings import Seam, extension
from avatar.rigs.bake.source import Floats, Integers

CLEAR = 0.0009
"""Skin that is this far off the ball at rest, metres, must stay outside it."""

REACH = 0.017
"""How far from the margins the closing pulls on the lids, metres."""


@dataclass(frozen=True)
class Lids:
    """One eye's lids.

    Args:
        upper: vertices of the upper margins [n].
        lower: vertices of the lower margins [m].
        match: weights [n, m] of each upper vertex's partner among the lower ones.
        moved: vertices that closing moves [L].
        spread: weights [L, n] from the upper margins' motion to theirs.
        outside: vertices of the lids that lie on the outside of the ball [O].
    """

    upper: Integers
    lower: Integers
    match: Floats
    moved: Integers
    spread: Floats
    outside: Integers

    def gap(self, field: Floats) -> Floats:
        """Upper minus matching lower values of a field [V, 3] at the upper margins [n, 3]."""
        return np.asarray(field[self.upper] - self.match @ field[self.lower])

    def tensors(self, side: str) -> dict[str, np.ndarray]:
        """What the file keeps."""
        return {
            f"lids.{side}.upper": self.upper.astype(np.uint16),
            f"lids.{side}.lower": self.lower.astype(np.uint16),
            f"lids.{side}.match": self.match.astype(np.float32),
            f"lids.{side}.moved": self.moved.astype(np.uint16),
            f"lids.{side}.outside": self.outside.astype(np.uint16),
            f"lids.{side}.spread": self.spread.astype(np.float32),
        }


def find(draft: Draft, margins: list[Integers], centre: Floats) -> Lids:
    """The lids around three margin rings and an eyeball's centre [3]."""
    seams = [Seam.of(ring, draft.rest) for ring in margins]
    upper = np.concatenate([seam.upper for seam in seams])
    lower = np.concatenate([seam.lower for seam in seams])
    match = np.zeros((len(upper), len(lower)))
    row = column = 0
    for seam in seams:
        match[row : row + len(seam.upper), column : column + len(seam.lower)] = seam.match
        row, column = row + len(seam.upper), column + len(seam.lower)
    fixed = np.concatenate([upper, lower])
    skin = np.nonzero(draft.part_of == 0)[0]
    near = cKDTree(draft.rest[fixed]).query(draft.rest[skin])[0] < REACH
    free = np.setdiff1d(skin[near], fixed)
    weights = extension(draft.faces[draft.face_parts == 0], len(draft.rest), free, fixed)[:, : len(upper)]
    lashes, lash_weights = _lashes(draft, seams[-1])
    outermost = len(upper) - len(seams[-1].upper)
    spread = np.concatenate([np.eye(len(upper)), weights, np.pad(lash_weights, ((0, 0), (outermost, 0)))])
    moved = np.concatenate([upper, free, lashes])
    useful = np.abs(spread).max(1) > 1e-4
    return Lids(upper, lower, match, moved[useful], spread[useful], _outside(draft, centre))


def _outside(draft: Draft, centre: Floats) -> Integers:
    distance = np.linalg.norm(draft.rest - centre, axis=1)
    lined = np.zeros(len(draft.rest), bool)
    lined[draft.faces[np.char.startswith(draft.labels.astype(str), "eye_cavity")]] = True
    near = (distance > RADIUS + CLEAR) & (distance < RADIUS + 0.011) & (draft.rest[:, 2] > centre[2] + 0.002)
    return np.nonzero(near & (draft.part_of == 0) & ~lined)[0]


def _lashes(draft: Draft, margin: Seam) -> tuple[Integers, Floats]:
    """Lash vertices that hang on the upper margin, and their weights [n, U] on its vertices."""
    lashes = np.nonzero(draft.part_of == draft.parts.index("lashes"))[0]
    chain = np.concatenate([margin.upper, margin.lower])
    distance, nearest = cKDTree(draft.rest[chain]).query(draft.rest[lashes])
    hang = (nearest < len(margin.upper)) & (distance < 0.012)
    x = draft.rest[margin.upper, 0]
    weights = np.stack([np.interp(draft.rest[lashes[hang], 0], x, unit) for unit in np.eye(len(x))], 1)
    return lashes[hang], weights


def meet(draft: Draft, lids: dict[str, Lids]) -> Draft:
    """Take out of the blinks what the closing does at run time; together they give the blink back, exactly shut."""
    shapes = draft.shapes.copy()
    for side, lid in lids.items():
        blink = ARKIT_SHAPES.index(f"eyeBlink{side.capitalize()}")
        shapes[blink, lid.moved] -= lid.spread @ lid.gap(shapes[blink])
    return replace(draft, shapes=shapes)
