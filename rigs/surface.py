"""Triangles, their gradients, and the nearest points on them."""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_CANDIDATES = 12


def frames_of(vertices: NDArray[np.floating], faces: Integers) -> Floats:
    """Two edges and a normal as long as an edge for each triangle, as columns [..., F, 3, 3].

    Source:
        Sumner and Popovic (2004). Deformation transfer for triangle meshes; equation 1.
    """
    corner = vertices[..., faces[:, 0], :]
    along, across = vertices[..., faces[:, 1], :] - corner, vertices[..., faces[:, 2], :] - corner
    normal = np.cross(along, across)
    length = np.sqrt(np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-20))
    frames: Floats = np.stack([along, across, normal / length], -1)
    return frames


def vertex_normals(vertices: Floats, faces: Integers) -> Floats:
    """Unit normals [V, 3]."""
    corners = vertices[faces]
    crossed = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(normals, faces[:, corner], crossed)
    return np.asarray(normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-20))


def gradient(vertices: Floats, faces: Integers) -> tuple[sp.csr_matrix, Floats]:
    """The gradient of what lives on vertices, on each triangle [3 F, V], and the triangles' areas [F]."""
    corners = vertices[faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    twice = np.maximum(np.linalg.norm(normal, axis=1), 1e-14)
    unit = normal / twice[:, None]
    rows, columns, values = [], [], []
    for corner in range(3):
        opposite = corners[:, (corner + 2) % 3] - corners[:, (corner + 1) % 3]
        slope = np.cross(unit, opposite) / twice[:, None]
        rows.append((3 * np.arange(len(faces))[:, None] + np.arange(3)).ravel())
        columns.append(np.repeat(faces[:, corner], 3))
        values.append(slope.ravel())
    shape = (3 * len(faces), len(vertices))
    matrix = sp.csr_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape)
    return matrix, twice / 2


def connected(faces: Integers, count: int, seeds: Integers) -> NDArray[np.bool_]:
    """Whether each of so many vertices hangs together with one of the seeds."""
    edges = np.concatenate([faces[:, :2], faces[:, 1:]])
    graph = sp.coo_matrix((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), (count, count))
    _, label = connected_components(graph, directed=False)
    return np.isin(label, label[seeds])


class Surface:
    """Triangles among which the nearest point is looked for.

    Args:
        vertices: [V, 3].
        faces: [F, 3].
    """

    def __init__(self, vertices: Floats, faces: Integers) -> None:
        self.vertices, self.faces = vertices, faces
        self.corners = vertices[faces]
        normal = np.cross(self.corners[:, 1] - self.corners[:, 0], self.corners[:, 2] - self.corners[:, 0])
        self.normals = normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-20)
        self.tree = cKDTree(self.corners.mean(1))

    def nearest(
        self, points: Floats, normals: Floats, sides: Integers | None = None, of: Integers | None = None
    ) -> tuple[Integers, Floats, Floats]:
        """The nearest point of a triangle that faces the same way.

        Args:
            points: [N, 3].
            normals: of the points [N, 3].
            sides: a label of each point; only triangles of the same label are taken.
            of: label of each triangle [F].

        Returns:
            Triangles [N], barycentric coordinates [N, 3] and distances [N], infinite where none faces the same way.
        """
        count = min(_CANDIDATES, len(self.faces))
        near = np.asarray(self.tree.query(points, k=range(1, count + 1))[1])
        weights = barycentric(points[:, None], self.corners[near])
        reached = (weights[..., None] * self.corners[near]).sum(-2)
        distance = np.linalg.norm(points[:, None] - reached, axis=-1)
        distance[(self.normals[near] * normals[:, None]).sum(-1) < 0.3] = np.inf
        if sides is not None and of is not None:
            distance[(sides[:, None] * of[near]) < 0] = np.inf
        best = distance.argmin(1)
        index = np.arange(len(points))
        return near[index, best], weights[index, best], distance[index, best]


def barycentric(points: Floats, corners: Floats) -> Floats:
    """Coordinates [..., 3] of the points of triangles [..., 3, 3] that are nearest to points [..., 3].

    Outside of a triangle the coordinates are cut off and made to add up again, which is near enough for small
    triangles.
    """
    along, across = corners[..., 1, :] - corners[..., 0, :], corners[..., 2, :] - corners[..., 0, :]
    to = points - corners[..., 0, :]
    aa, ab, bb = (along * along).sum(-1), (along * across).sum(-1), (across * across).sum(-1)
    ta, tb = (to * along).sum(-1), (to * across).sum(-1)
    determinant = np.maximum(aa * bb - ab * ab, 1e-30)
    second, third = (bb * ta - ab * tb) / determinant, (aa * tb - ab * ta) / determinant
    raw = np.maximum(np.stack([1 - second - third, second, third], -1), 0)
    return np.asarray(raw / raw.sum(-1, keepdims=True))
