"""Which faces of a mesh share an edge."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

NONE = -1


def neighbours(faces: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    """Return [F, 3] what lies across the edge opposite each corner of each face.

    An entry is 3 * face + corner: the face on the other side, and which of its corners is opposite the common edge.
    It is -1 at a border, at an edge of three or more faces, and at faces that name a vertex twice (their neighbours
    are joined across them).

    Args:
        faces: [F, 3] vertex indices.
    """
    ordered = np.ascontiguousarray(faces, np.int64)
    return _neighbours(ordered.tobytes(), len(ordered))


@lru_cache(maxsize=16)
def _neighbours(content: bytes, count: int) -> npt.NDArray[np.int32]:
    faces = np.frombuffer(content, np.int64).reshape(count, 3)
    table = np.full(3 * count, NONE, np.int32)
    ends = np.sort(np.stack([faces[:, [1, 2, 0]], faces[:, [2, 0, 1]]], -1).reshape(-1, 2), axis=1)
    sound = (faces != np.roll(faces, 1, axis=1)).all(1)
    sides = np.flatnonzero(np.repeat(sound, 3))
    sides = sides[np.lexsort((ends[sides, 1], ends[sides, 0]))]
    new = np.ones(len(sides), bool)
    new[1:] = (ends[sides[1:]] != ends[sides[:-1]]).any(1)
    group = np.cumsum(new) - 1
    pair = np.flatnonzero(new & (np.bincount(group, minlength=1)[group] == 2)) if len(sides) else new.nonzero()[0]
    first, second = sides[pair], sides[pair + 1]
    table[first], table[second] = second, first
    table.flags.writeable = False
    return table.reshape(count, 3)
