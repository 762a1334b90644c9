"""The homogeneous edge functions of a triangle, which every kernel that looks inside triangles shares.

With the corners' (x, y, w) of clip space as the columns of a matrix M, the inverse of M takes a place (x, y, 1) of the
picture to the corners' shares in it (Olano and Greer 1997, "Triangle Scan Conversion using 2D Homogeneous
Coordinates"). Nothing is divided by w, so triangles that reach behind the camera need no cutting here.
"""

from typing import Any

from avatar.renderers.kernel import part


@part
def edge_functions(clip: Any, faces: Any, face: Any, planes: Any) -> Any:
    """Fill `planes` [3, 3] with M's inverse times |det M|, and return |det M|.

    Row k is zero along the edge opposite corner k; all three are positive inside the triangle, whichever side of it
    is seen.

    Args:
        clip: [V, 4] clip positions.
        faces: [F, 3].
        face: which of them.
        planes: [3, 3] float64.
    """
    for corner in range(3):
        p, q = faces[face, (corner + 1) % 3], faces[face, (corner + 2) % 3]
        planes[corner, 0] = clip[p, 1] * clip[q, 3] - clip[p, 3] * clip[q, 1]
        planes[corner, 1] = clip[p, 3] * clip[q, 0] - clip[p, 0] * clip[q, 3]
        planes[corner, 2] = clip[p, 0] * clip[q, 1] - clip[p, 1] * clip[q, 0]
    v = faces[face, 0]
    determinant = clip[v, 0] * planes[0, 0] + clip[v, 1] * planes[0, 1] + clip[v, 3] * planes[0, 2]
    if determinant < 0.0:
        for corner in range(3):
            for axis in range(3):
                planes[corner, axis] = -planes[corner, axis]
    return abs(determinant)
