"""Closed rings of edges around mouth and eyes, walked on the source's quads."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from avatar.rigs.bake.source import Floats, Integers, Source


class Quads:
    """The quads of the source's body."""

    def __init__(self, source: Source) -> None:
        self._neighbours: dict[int, set[int]] = defaultdict(set)
        self._faces: dict[int, list[set[int]]] = defaultdict(list)
        for face in source.groups["body"]:
            corners = [corner[0] for corner in face]
            for k, vertex in enumerate(corners):
                self._neighbours[vertex] |= {corners[k - 1], corners[(k + 1) % len(corners)]}
                self._faces[vertex].append(set(corners))

    def ring(self, seed: int, vertices: Floats) -> Integers:
        """The ring through a seed that leaves it towards +x, straight across every vertex.

        Args:
            seed: a vertex of the source whose ring runs left to right there.
            vertices: positions of the source's vertices [N, 3].

        Raises:
            ValueError: the way does not close.
        """
        ahead = vertices[list(self._neighbours[seed])] - vertices[seed]
        first = list(self._neighbours[seed])[int(np.argmax(ahead[:, 0] / np.linalg.norm(ahead, axis=1)))]
        way = [seed, first]
        while way[-1] != seed:
            before, here = way[-2:]
            beside = set().union(*(face for face in self._faces[here] if before in face))
            onward = self._neighbours[here] - beside
            if len(onward) != 1:
                raise ValueError(f"seed {seed} must lie on a closed ring, got a dead end at vertex {here}")
            way.append(onward.pop())
        return np.array(way[:-1])


def rings(quads: Quads, source_indices: Integers, vertices: Floats, seeds: tuple[int, ...]) -> list[Integers]:
    """Rings through seeds, as indices into the head.

    Args:
        quads: the source's quads.
        source_indices: vertex of the source that a vertex of the head equals, else -1 [V].
        vertices: positions of the source's vertices [N, 3].
        seeds: vertices of the source.
    """
    place = {int(index): k for k, index in enumerate(source_indices) if index >= 0}
    return [np.array([place[int(v)] for v in quads.ring(seed, vertices)]) for seed in seeds]


@dataclass(frozen=True)
class Seam:
    """Two chains of vertices that meet when mouth or eye is closed.

    Args:
        upper: indices of the upper chain's inner vertices [U].
        lower: indices of the lower chain, both corners included, by rising x [L].
        corners: the vertices with the smallest and the largest x.
        match: weights [U, L]: each upper vertex's partner on the lower chain.
        match_lower: weights [L - 2, U + 2]: partners of the lower chain's inner vertices on corners and upper chain.
    """

    upper: Integers
    lower: Integers
    corners: tuple[int, int]
    match: Floats
    match_lower: Floats

    @classmethod
    def of(cls, ring: Integers, rest: Floats) -> "Seam":
        """Split a ring at its corners. `ring` indexes `rest` [V, 3] and starts on the upper chain."""
        x = rest[ring, 0]
        first, last = int(np.argmin(x)), int(np.argmax(x))
        low, high = sorted((first, last))
        within, around = ring[low : high + 1], np.concatenate([ring[high:], ring[: low + 1]])
        upper, lower = (
            chain if rest[chain[0], 0] < rest[chain[-1], 0] else chain[::-1]
            for chain in ((within, around) if ring[0] in within else (around, within))
        )
        return cls(
            upper[1:-1],
            lower,
            (int(ring[first]), int(ring[last])),
            _interpolation(rest[upper[1:-1], 0], rest[lower, 0]),
            _interpolation(rest[lower[1:-1], 0], rest[upper, 0]),
        )

    def gap(self, field: Floats) -> Floats:
        """Upper minus matching lower values of a field [..., V, 3] at the upper vertices."""
        return np.asarray(field[..., self.upper, :] - self.match @ field[..., self.lower, :])

    def gap_lower(self, field: Floats) -> Floats:
        """Matching upper minus lower values of a field [..., V, 3] at the lower chain's inner vertices."""
        upper = np.concatenate([[self.corners[0]], self.upper, [self.corners[1]]])
        return np.asarray(self.match_lower @ field[..., upper, :] - field[..., self.lower[1:-1], :])


def _interpolation(at: Floats, knots: Floats) -> Floats:
    """Weights [n, m] that interpolate linearly between rising knots."""
    return np.stack([np.interp(at, knots, unit) for unit in np.eye(len(knots))], 1)


def extension(faces: Integers, count: int, free: Integers, fixed: Integers) -> Floats:
    """Weights [free, fixed] that spread values at fixed vertices smoothly over free ones, and to 0 around them.

    Minimises the squared graph Laplacian; every vertex that is neither free nor fixed stays at 0.

    Args:
        faces: triangles [F, 3].
        count: number of vertices.
        free: vertices to spread over.
        fixed: vertices whose values are given.
    """
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    ones = np.ones(len(edges))
    adjacency = sparse.csr_matrix((ones, (edges[:, 0], edges[:, 1])), shape=(count, count))
    adjacency = sparse.csr_matrix(adjacency + adjacency.T)
    adjacency.data[:] = 1.0
    degree = np.asarray(adjacency.sum(1)).ravel()
    laplacian = sparse.eye(count) - sparse.diags(1 / np.maximum(degree, 1)) @ adjacency
    square = (laplacian.T @ laplacian).tocsc()
    system = square[free][:, free].tocsc()
    return np.asarray(splu(system).solve(-square[free][:, fixed].toarray()))
