"""Smooth normals of a mesh."""

from typing import Any

import numpy as np
import numpy.typing as npt

from avatar.renderers.arrays import floats, triangles
from avatar.renderers.kernel import kernel


@kernel
def gather(vertices: Any, faces: Any, normals: Any) -> None:
    """Fill `normals` [V, 3] float64 with the unit normals of `vertices` [V, 3] float64."""
    for v in range(normals.shape[0]):
        for axis in range(3):
            normals[v, axis] = 0.0
    for face in range(faces.shape[0]):
        a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
        ux, uy, uz = vertices[b, 0] - vertices[a, 0], vertices[b, 1] - vertices[a, 1], vertices[b, 2] - vertices[a, 2]
        vx, vy, vz = vertices[c, 0] - vertices[a, 0], vertices[c, 1] - vertices[a, 1], vertices[c, 2] - vertices[a, 2]
        wx, wy, wz = vx - ux, vy - uy, vz - uz
        uu, vv, ww = ux * ux + uy * uy + uz * uz, vx * vx + vy * vy + vz * vz, wx * wx + wy * wy + wz * wz
        if uu * vv * ww <= 0.0:
            continue
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        at_a, at_b, at_c = 1.0 / (uu * vv), 1.0 / (uu * ww), 1.0 / (vv * ww)
        normals[a, 0] += nx * at_a
        normals[a, 1] += ny * at_a
        normals[a, 2] += nz * at_a
        normals[b, 0] += nx * at_b
        normals[b, 1] += ny * at_b
        normals[b, 2] += nz * at_b
        normals[c, 0] += nx * at_c
        normals[c, 1] += ny * at_c
        normals[c, 2] += nz * at_c
    for v in range(normals.shape[0]):
        x, y, z = normals[v, 0], normals[v, 1], normals[v, 2]
        length = np.sqrt(x * x + y * y + z * z)
        if length > 0.0:
            normals[v, 0] = x / length
            normals[v, 1] = y / length
            normals[v, 2] = z / length


def vertex_normals(vertices: Any, faces: Any) -> npt.NDArray[np.float64]:
    """Return the smooth unit normals of a mesh.

    Each face counts with its sine over the product of its two edge lengths at the vertex, which is exact where the
    vertices lie on a sphere (Max 1999, "Weights for Computing Vertex Normals from Facet Normals").

    Args:
        vertices: [V, 3] metres.
        faces: [F, 3], counter-clockwise seen from outside.

    Returns:
        [V, 3] float64; zero at a vertex without a face of any area.
    """
    points = floats("vertices", vertices, ("V", 3)).astype(np.float64)
    normals = np.empty_like(points)
    gather(points, triangles(faces, len(points)), normals)
    return normals
