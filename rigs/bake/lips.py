"""Lips that stay closed: at rest for every identity, and when mouthClose answers jawOpen."""

from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

from avatar.controls import ARKIT_SHAPES
from avatar.rigs.bake.assemble import Draft
from avatar.rigs.bake.rings import Seam, extension
from avatar.rigs.bake.source import Floats, Integers

OVERLAP = 0.0003
"""How far closed lips reach into each other, metres."""

PARTED_BY_ACCIDENT = (
    "jawForward",
    "jawLeft",
    "jawRight",
    "mouthDimpleLeft",
    "mouthDimpleRight",
    "mouthStretchLeft",
    "mouthStretchRight",
    "mouthPressLeft",
    "mouthPressRight",
    "mouthRollLower",
)
"""Shapes whose lips stay together in life and part by up to a millimetre in the source."""

TUCK = np.array([0.0, 0.0006, -0.0032])
"""What mouthRollLower lacks at its middle to bring the lower lip to the upper teeth, as f and v do."""

REACH = 0.018
"""How far from the contact a correction may spread, metres."""


class LipSeal:
    """Takes out of a displacement what would part the closed lips.

    Args:
        draft: the head.
        contact: the rings that touch, as indices into the head.
    """

    def __init__(self, draft: Draft, contact: list[Integers]) -> None:
        self.seams = [Seam.of(ring, draft.rest) for ring in contact]
        self.fixed = np.unique(np.concatenate(contact))
        skin = np.nonzero(draft.part_of == 0)[0]
        near = cKDTree(draft.rest[self.fixed]).query(draft.rest[skin])[0] < REACH
        self.free = np.setdiff1d(skin[near], self.fixed)
        faces = draft.faces[draft.face_parts == 0]
        self.spread = extension(faces, len(draft.rest), self.free, self.fixed)
        self.count = len(draft.rest)
        self.place = {int(v): k for k, v in enumerate(self.fixed)}

    def correction(self, field: Floats) -> Floats:
        """What to add to a displacement [V, 3] so that lips that touch move alike. Both give way by half.

        Each ring is mended by itself: where one pair of chains stays together no slit can open between all of them.
        """
        return self._spread([(seam.gap(field), seam.gap_lower(field)) for seam in self.seams])

    def closing(self, rest: Floats) -> Floats:
        """What to add to a pose [V, 3] so that the lips overlap by a hair along their whole line."""
        middle = self.seams[len(self.seams) // 2]
        gaps = middle.gap(rest), middle.gap_lower(rest)
        for gap in gaps:
            gap[:, 1] = np.maximum(gap[:, 1] + OVERLAP, 0)
            gap[:, [0, 2]] = 0
        return self._spread([gaps] * len(self.seams))

    def tuck(self, rest: Floats) -> Floats:
        """The lower lip's way towards the teeth [V, 3], fading to the corners."""
        pairs = []
        for seam in self.seams:
            x = rest[seam.lower[1:-1], 0]
            window = np.cos(np.clip(x / rest[seam.corners[1], 0], -1, 1) * np.pi / 2)
            pairs.append((np.zeros((len(seam.upper), 3)), 2 * window[:, None] * TUCK))
        return self._spread(pairs)

    def _spread(self, gaps: list[tuple[Floats, Floats]]) -> Floats:
        given = np.zeros((len(self.fixed), 3))
        for seam, (upper, lower) in zip(self.seams, gaps, strict=True):
            given[[self.place[int(v)] for v in seam.upper]] = -upper / 2
            given[[self.place[int(v)] for v in seam.lower[1:-1]]] = lower / 2
        out = np.zeros((self.count, 3))
        out[self.fixed] = given
        out[self.free] = self.spread @ given
        return out


def seal(draft: Draft, contact: list[Integers]) -> Draft:
    """Mend the rest pose, all identity axes, mouthClose against jawOpen, and shapes that part or miss by accident."""
    lips = LipSeal(draft, contact)
    identity = np.stack([field + lips.correction(field) for field in draft.identity])
    shapes = draft.shapes.copy()
    jaw_open, close = (ARKIT_SHAPES.index(name) for name in ("jawOpen", "mouthClose"))
    shapes[close] += lips.correction(shapes[jaw_open] + shapes[close])
    rest = draft.rest + lips.closing(draft.rest)
    shapes[ARKIT_SHAPES.index("mouthRollLower")] += lips.tuck(rest)
    for name in PARTED_BY_ACCIDENT:
        shape = ARKIT_SHAPES.index(name)
        shapes[shape] += lips.closing(rest + shapes[shape])
    return replace(draft, rest=rest, identity=identity, shapes=shapes)
