"""Triangles whose vertices are weighted sums of the source's vertices, so that every target carries over."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from avatar.rigs.bake.source import Floats, Integers


@dataclass(frozen=True)
class Part:
    """One piece of the head, ready to be stacked.

    Args:
        name: the part's name.
        rest: vertices of the average [V, 3], metres.
        faces: triangles [F, 3], counter-clockwise from outside.
        corner_uv: texture coordinates of each triangle's corners [F, 3, 2].
        displace: a displacement of the source's vertices [N, 3] to one of the part's vertices [V, 3]; linear.
        colours: linear RGB of each vertex [V, 3].
    """

    name: str
    rest: Floats
    faces: Integers
    corner_uv: Floats
    displace: Callable[[Floats], Floats]
    colours: Floats


class Surface:
    """A triangle soup over the source's vertices.

    Args:
        weights: sparse matrix [V, N]; row v mixes the source's vertices into vertex v.
        faces: triangles [F, 3].
        corner_uv: texture coordinates [F, 3, 2].
    """

    def __init__(self, weights: sparse.csr_matrix, faces: Integers, corner_uv: Floats) -> None:
        self.weights, self.faces, self.corner_uv = weights, faces, corner_uv

    @classmethod
    def of(cls, count: int, faces: Integers, corner_uv: Floats) -> "Surface":
        """The triangles of the source itself, unused vertices dropped, the order of the source kept."""
        used, local = np.unique(faces, return_inverse=True)
        weights = sparse.csr_matrix((np.ones(len(used)), (np.arange(len(used)), used)), shape=(len(used), count))
        return cls(weights, local.reshape(-1, 3).astype(np.int64), corner_uv)

    def source_indices(self) -> Integers:
        """The source vertex that each vertex equals, -1 for vertices made by cutting [V]."""
        single = np.diff(self.weights.indptr) == 1
        out = np.full(self.weights.shape[0], -1, np.int64)
        out[single] = self.weights.indices[self.weights.indptr[:-1][single]]
        return out

    def keep(self, mask: np.ndarray) -> "Surface":
        """Only the triangles under a mask [F]."""
        used, local = np.unique(self.faces[mask], return_inverse=True)
        return Surface(self.weights[used], local.reshape(-1, 3).astype(np.int64), self.corner_uv[mask])

    def split(self, values: Floats) -> tuple["Surface", "Surface"]:
        """Cut along the zero line of per-vertex values [V]; first the side where they are positive.

        Vertices on the cut stand in both halves.
        """
        extra: dict[tuple[int, int], int] = {}
        mixes: list[tuple[int, int, float]] = []
        pieces: dict[bool, list[tuple[list[int], list[Floats]]]] = {True: [], False: []}
        for face, uv in zip(self.faces.tolist(), self.corner_uv, strict=True):
            sides = [values[v] > 0 for v in face]
            if all(sides) or not any(sides):
                pieces[bool(sides[0])].append((face, list(uv)))
                continue
            loops: dict[bool, tuple[list[int], list[Floats]]] = {True: ([], []), False: ([], [])}
            for k in range(3):
                a, b = face[k], face[(k + 1) % 3]
                loops[bool(sides[k])][0].append(a)
                loops[bool(sides[k])][1].append(uv[k])
                if sides[k] != sides[(k + 1) % 3]:
                    t = values[a] / (values[a] - values[b])
                    key = (min(a, b), max(a, b))
                    if key not in extra:
                        extra[key] = len(values) + len(mixes)
                        mixes.append((a, b, t))
                    point = (1 - t) * uv[k] + t * uv[(k + 1) % 3]
                    for loop in loops.values():
                        loop[0].append(extra[key])
                        loop[1].append(point)
            for side, (loop_vertices, loop_uv) in loops.items():
                for k in range(1, len(loop_vertices) - 1):
                    pick = (0, k, k + 1)
                    pieces[side].append(([loop_vertices[i] for i in pick], [loop_uv[i] for i in pick]))
        made = [self.weights[a] * (1 - t) + self.weights[b] * t for a, b, t in mixes]
        weights = sparse.vstack([self.weights, *made]).tocsr()
        whole = Surface(
            weights,
            np.array([face for side in (True, False) for face, _ in pieces[side]], np.int64),
            np.array([uv for side in (True, False) for _, uv in pieces[side]]),
        )
        positive = np.arange(len(whole.faces)) < len(pieces[True])
        return whole.keep(positive), whole.keep(~positive)

    def points(self, vertices: Floats) -> Floats:
        """Positions of the vertices [V, 3] for positions or displacements of the source's [N, 3]."""
        return np.asarray(self.weights @ vertices)


def normals(vertices: Floats, faces: Integers) -> Floats:
    """Unit vertex normals [V, 3], weighted by area."""
    corners = vertices[faces]
    face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    out = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(out, faces[:, k], face)
    return np.asarray(out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12))


def grid_faces(rows: int, columns: int, *, closed: bool = False) -> Integers:
    """Triangles of a grid of rows x columns vertices (row-major); `closed` joins the last column to the first."""
    wide = columns if closed else columns - 1
    row, column = (a.ravel() for a in np.meshgrid(np.arange(rows - 1), np.arange(wide), indexing="ij"))
    after = (column + 1) % columns
    a, b = row * columns + column, row * columns + after
    c, d = a + columns, b + columns
    return np.concatenate([np.stack([a, c, b], 1), np.stack([b, c, d], 1)]).astype(np.int64)
