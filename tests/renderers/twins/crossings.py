"""What can be seen between two neighbouring pixels: every triangle cut with the way between their centres."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

SAME = 1e-9
BACKGROUND = -1


@dataclass(frozen=True)
class Cover:
    """The part of the way on which a triangle is in the picture, and what bounds it: a corner's number, or None."""

    face: int
    start: float
    end: float
    starts_at: int | None
    ends_at: int | None
    depth: tuple[float, float]

    def depth_at(self, t):
        return self.depth[0] + t * (self.depth[1] - self.depth[0])


@dataclass(frozen=True)
class Change:
    """Where the visible surface gives way to another: at an edge (vertices u < v), or where two faces cut."""

    place: float
    edge: tuple[int, int] | None
    faces: tuple[int, int] | None


@dataclass(frozen=True)
class Way:
    """The way between two pixels: the faces that their centres see, and the changes in between."""

    image: int
    row: int
    column: int
    vertical: bool
    seen: tuple[int, int]
    changes: tuple[Change, ...]


def ways(clip, faces, triangle_id):
    """All ways of one batch between neighbours that see different faces, in the order of the pixels."""
    found = []
    batch, height, width = triangle_id.shape
    for b in range(batch):
        mesh = faces if faces.ndim == 2 else faces[b]
        sizes, inverses = planes(clip[b], mesh)
        for row in range(height):
            for column in range(width):
                for vertical in (False, True):
                    below, beside = row + vertical, column + (not vertical)
                    if below == height or beside == width:
                        continue
                    if triangle_id[b, row, column] == triangle_id[b, below, beside]:
                        continue
                    ends = [inverses @ centre(r, c, height, width) for r, c in ((row, column), (below, beside))]
                    covers = covers_of(clip[b], mesh, np.abs(sizes) > 1e-15, *ends)
                    seen, changes = look(mesh, covers)
                    found.append(Way(b, row, column, vertical, seen, changes))
    return found


def centre(row, column, height, width):
    return np.array([2 * (column + 0.5) / width - 1, 1 - 2 * (row + 0.5) / height, 1.0])


def planes(clip, faces):
    """Determinants [F] of the matrices of the faces' corners (x, y, w), and their inverses [F, 3, 3] or 0."""
    matrices = clip[faces][:, :, [0, 1, 3]].transpose(0, 2, 1)
    sizes = np.linalg.det(matrices)
    sound = np.abs(sizes) > 1e-15
    inverses = np.zeros_like(matrices)
    inverses[sound] = np.linalg.inv(matrices[sound])
    return sizes, inverses


def look(faces, covers):
    """The faces seen at both ends of a way, and the changes between them."""
    breaks = {0.0, 1.0}
    for one in covers:
        breaks |= {one.start, one.end}
        for other in covers:
            breaks |= {t for t in (meeting(one, other),) if t is not None}
    marks = [0.0]
    for t in sorted(t for t in breaks if 0.0 <= t <= 1.0):
        if t - marks[-1] > SAME:
            marks.append(t)
    visible = [nearest(covers, 0.5 * (low + high)) for low, high in pairwise(marks)]
    changes = []
    for t, (before, after) in zip(marks[1:-1], pairwise(visible), strict=True):
        change = change_at(faces, t, before, after)
        if change is not None:
            changes.append(change)
    ends = tuple(BACKGROUND if cover is None else cover.face for cover in (visible[0], visible[-1]))
    return ends, tuple(changes)


def covers_of(clip, faces, sound, first, last):
    """What is in the picture on a way, from the shares [F, 3] of all faces' corners at its ends."""
    depths = [(shares * clip[faces][:, :, 2]).sum(1) for shares in (first, last)]
    # All of these must be positive: the three shares, and the distances to the near and far planes.
    here, there = (
        np.concatenate([shares, 1 + depth[:, None], 1 - depth[:, None]], 1)
        for shares, depth in zip((first, last), depths, strict=True)
    )
    slope = there - here
    with np.errstate(divide="ignore", invalid="ignore"):
        at = -here / slope
    enters, leaves = np.where(slope > 0, at, -np.inf), np.where(slope < 0, at, np.inf)
    start, end = enters.max(1), leaves.min(1)
    sound = sound & ~((slope == 0) & (here < 0)).any(1) & (end - start > SAME) & (end >= 0) & (start <= 1)
    corner = (0, 1, 2, None, None)
    return [
        Cover(
            int(face),
            float(start[face]),
            float(end[face]),
            corner[enters[face].argmax()],
            corner[leaves[face].argmin()],
            (float(depths[0][face]), float(depths[1][face])),
        )
        for face in np.flatnonzero(sound)
    ]


def meeting(one, other):
    """Where the depths of two triangles that both are there become equal."""
    gap = [a - b for a, b in zip(one.depth, other.depth, strict=True)]
    if one.face >= other.face or gap[0] * gap[1] >= 0:
        return None
    t = gap[0] / (gap[0] - gap[1])
    return t if max(one.start, other.start) < t < min(one.end, other.end) else None


def nearest(covers, t):
    here = [cover for cover in covers if cover.start < t < cover.end]
    return min(here, key=lambda cover: cover.depth_at(t), default=None)


def change_at(faces, t, before, after):
    if before is after:
        return None
    gap = (np.inf if before is None else before.depth_at(t)) - (np.inf if after is None else after.depth_at(t))
    ends = before is not None and abs(before.end - t) <= SAME
    starts = after is not None and abs(after.start - t) <= SAME
    if abs(gap) <= 1e-8:
        if ends and starts:
            return None
        if not ends and not starts:
            return Change(t, None, (before.face, after.face))
    # The nearer one has its border here.
    if gap < 0:
        assert ends
        return Change(t, edge_of(faces, before.face, before.ends_at), None)
    assert starts
    return Change(t, edge_of(faces, after.face, after.starts_at), None)


def edge_of(faces, face, corner):
    """The ends of the edge opposite a corner; none where the near or far plane is the border."""
    if corner is None:
        return None
    return tuple(sorted(int(faces[face, (corner + step) % 3]) for step in (1, 2)))
