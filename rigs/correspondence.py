"""Which point of one head is which of another: landmarks first, then nearest points, smoothly."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator
from scipy.sparse.linalg import splu

from avatar.rigs.rig import Rig
from avatar.rigs.surface import Surface, connected, vertex_normals

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_ROUNDS = 6
_FAR = 8.0
"""Millimetres: nearest points further apart are no pair."""


@dataclass(frozen=True, eq=False)
class Skin:
    """The connected skin of a rig, millimetres.

    Args:
        vertices: indices into the rig's vertices [S].
        faces: triangles of the skin, in indices of the skin [F, 3].
        rest: the skin at rest [S, 3].
        lip: 1 for vertices of the upper lip, -1 of the lower lip, 0 elsewhere [S].
    """

    vertices: Integers
    faces: Integers
    rest: Floats
    lip: Integers

    @classmethod
    def of(cls, rig: Rig, rest: Floats) -> "Skin":
        """The skin of a rig at rest [V, 3]."""
        faces = rig.faces.cpu().numpy()
        named = [*rig.inner_lip, *rig.mouth_corners]
        inside = connected(faces, len(rest), np.array(named))
        vertices = np.nonzero(inside)[0]
        place = np.full(len(rest), -1)
        place[vertices] = np.arange(len(vertices))
        own = place[faces]
        lip = np.zeros(len(rest), np.int64)
        for name, side in (("upper_lip", 1), ("lower_lip", -1)):
            if name in rig.regions:
                lip[rig.regions[name].cpu().numpy()] += side
        return cls(vertices, own[(own >= 0).all(1)], rest[vertices], lip[vertices])

    def places(self, vertices: Integers) -> Integers:
        """Indices in the skin of vertices of the rig; -1 where they are none of it."""
        found = np.searchsorted(self.vertices, vertices).clip(0, len(self.vertices) - 1)
        return np.where(self.vertices[found] == vertices, found, -1)


@dataclass(frozen=True, eq=False)
class Correspondence:
    """For each vertex of the target's skin, a point of the source's.

    Args:
        triangles: of the source's skin [S].
        weights: barycentric [S, 3].
        warped: where the registration put the target's skin on the source [S, 3].
        sure: how far each is to be trusted, 0..1 [S].
        scale: size of the target over that of the source.
    """

    triangles: Integers
    weights: Floats
    warped: Floats
    sure: Floats
    scale: float

    def points(self, values: NDArray[np.floating], faces: Integers) -> Floats:
        """Values [..., V, 3] on the source's vertices, read at the corresponding points [..., S, 3]."""
        corners = values[..., faces[self.triangles], :]
        return np.asarray((self.weights[..., None] * corners).sum(-2))


def register(source: Skin, target: Skin, pairs: Integers) -> Correspondence:
    """Lay the target's skin onto the source's.

    A similarity and a thin-plate spline bring landmarks together; then vertices go to the nearest points that face
    the same way and belong to the same lip, as far as a stiff membrane lets them, which softens round by round.

    Args:
        source: where the points are looked for.
        target: whose vertices look for them.
        pairs: skin vertices of source and target that are the same point [N, 2], at least 4.

    Source:
        Allen, Curless and Popovic (2003). The space of human body shapes; section 3.
        Bookstein (1989). Principal warps: thin-plate splines and the decomposition of deformations.
    """
    here, there = target.rest[pairs[:, 1]], source.rest[pairs[:, 0]]
    rough, scale = _similarity(here, there)
    warped = rough(target.rest)
    distinct = np.unique(np.round(rough(here), 3), axis=0, return_index=True)[1]
    spline = RBFInterpolator(rough(here)[distinct], (there - rough(here))[distinct], smoothing=1e-3)
    warped = warped + spline(warped)
    surface = Surface(source.rest, source.faces)
    of = np.sign(source.lip[source.faces].sum(1))
    stiff = _membrane(target.faces, len(warped))
    pinned = np.zeros(len(warped))
    pinned[pairs[:, 1]] = 10.0
    goal = np.zeros_like(warped)
    for round_ in range(_ROUNDS):
        normals = vertex_normals(warped, target.faces)
        triangles, weights, distance = surface.nearest(warped, normals, target.lip, of)
        sure = np.where(distance < _FAR, np.exp(-((np.minimum(distance, _FAR) / 3) ** 2)), 0.0)
        goal = (weights[..., None] * surface.corners[triangles]).sum(1) - warped
        goal[pairs[:, 1]] = source.rest[pairs[:, 0]] - warped[pairs[:, 1]]
        trust = sure + pinned
        system = sp.csc_matrix(10.0 / 2**round_ * stiff + sp.diags(trust + 1e-6))
        warped = warped + splu(system).solve(trust[:, None] * goal)
    triangles, weights, distance = surface.nearest(warped, vertex_normals(warped, target.faces), target.lip, of)
    sure = np.where(np.isfinite(distance), np.exp(-((np.minimum(distance, _FAR) / 2) ** 2)), 0.0)
    return Correspondence(triangles, weights, warped, sure, 1 / scale)


def _similarity(here: Floats, there: Floats) -> tuple["_Similarity", float]:
    """Scale and shift; heads already look the same way, and tilt by landmarks would tilt what they do."""
    centre, goal = here.mean(0), there.mean(0)
    scale = float(np.linalg.norm(there - goal) / np.linalg.norm(here - centre))
    return _Similarity(scale, centre, goal), scale


@dataclass(frozen=True, eq=False)
class _Similarity:
    scale: float
    centre: Floats
    goal: Floats

    def __call__(self, points: Floats) -> Floats:
        return self.scale * (points - self.centre) + self.goal


def _membrane(faces: Integers, count: int) -> sp.csr_matrix:
    """Graph Laplacian, positive."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    once = sp.csr_matrix((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), (count, count))
    joined = sp.csr_matrix(once + once.T)
    joined.data[:] = 1.0
    degree = np.asarray(joined.sum(1)).ravel()
    scaled = sp.diags(1 / np.maximum(degree, 1)) @ joined
    both = (scaled + scaled.T) / 2
    return sp.csr_matrix(sp.diags(np.asarray(both.sum(1)).ravel()) - both)
