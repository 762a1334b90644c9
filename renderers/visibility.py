"""Kernels that decide which triangle each sample of an image sees.

Positions are rounded to 1/256 of a pixel and edges are tested in integers, so that two triangles with a common edge
leave no gap and never both own a sample on it (top-left rule). Triangles that cross the near plane, or that reach
so far out that integers would overflow, are cut first.
"""

from typing import Any

import numpy as np

from avatar.renderers.kernel import kernel, part
from avatar.renderers.planes import edge_functions

SUBPIXELS = 256
# 2^21 pixels from the picture: products of two differences then stay under 2^61.
GUARD = 2.0**21
SMALLEST_W = 1e-9

EMPTY = np.int32(-1)


@kernel
def place(clip: Any, height: int, width: int, screen: Any, depth: Any, outside: Any) -> None:
    """Put vertices on the sub-pixel grid.

    Args:
        clip: [V, 4] float64 clip positions.
        height: samples down the image.
        width: samples across the image.
        screen: [V, 2] int64, filled with x and y in 1/256 samples, y down.
        depth: [V] float64, filled with z / w.
        outside: [V] bool, filled with whether the vertex must be cut away before it can be drawn.
    """
    for v in range(clip.shape[0]):
        x, y, z, w = clip[v, 0], clip[v, 1], clip[v, 2], clip[v, 3]
        outside[v] = True
        screen[v, 0] = 0
        screen[v, 1] = 0
        depth[v] = 0.0
        if z + w >= 0.0 and w >= SMALLEST_W:
            column = (x / w + 1.0) * 0.5 * width
            row = (1.0 - y / w) * 0.5 * height
            if abs(column) <= GUARD and abs(row) <= GUARD:
                outside[v] = False
                screen[v, 0] = round(column * SUBPIXELS)
                screen[v, 1] = round(row * SUBPIXELS)
                depth[v] = z / w


@part
def fill(
    ax: int,
    ay: int,
    az: float,
    bx: int,
    by: int,
    bz: float,
    cx: int,
    cy: int,
    cz: float,
    face: int,
    cull: bool,
    top: int,
    bottom: int,
    ids: Any,
    depths: Any,
) -> None:
    """Draw one triangle given on the sub-pixel grid into rows top to bottom."""
    area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    # Rows go down, so a triangle that is counter-clockwise in clip space (its front) has a negative area here.
    if area == 0 or (cull and area > 0):
        return
    if area < 0:
        bx, by, bz, cx, cy, cz = cx, cy, cz, bx, by, bz
        area = -area
    half = SUBPIXELS // 2
    # The first and last samples whose centres (half a sample in) lie within the bounding box.
    left = max((min(ax, bx, cx) + half - 1) // SUBPIXELS, 0)
    right = min((max(ax, bx, cx) - half) // SUBPIXELS, ids.shape[1] - 1)
    first = max((min(ay, by, cy) + half - 1) // SUBPIXELS, top)
    last = min((max(ay, by, cy) - half) // SUBPIXELS, bottom - 1)
    if left > right or first > last:
        return
    abx, aby, bcx, bcy, cax, cay = bx - ax, by - ay, cx - bx, cy - by, ax - cx, ay - cy
    x0, y0 = left * SUBPIXELS + half, first * SUBPIXELS + half
    # A sample exactly on an edge belongs to the triangle if the edge is a top or a left one.
    on_ab = 0 if aby < 0 or (aby == 0 and abx > 0) else -1
    on_bc = 0 if bcy < 0 or (bcy == 0 and bcx > 0) else -1
    on_ca = 0 if cay < 0 or (cay == 0 and cax > 0) else -1
    row_ab = abx * (y0 - ay) - aby * (x0 - ax) + on_ab
    row_bc = bcx * (y0 - by) - bcy * (x0 - bx) + on_bc
    row_ca = cax * (y0 - cy) - cay * (x0 - cx) + on_ca
    slope_x = ((bz - az) * (cy - ay) - (cz - az) * (by - ay)) / area
    slope_y = ((cz - az) * (bx - ax) - (bz - az) * (cx - ax)) / area
    start_z = az + slope_x * (x0 - ax)
    step_z = slope_x * SUBPIXELS
    for row in range(first, last + 1):
        ab, bc, ca = row_ab, row_bc, row_ca
        # From the triangle's corner, not from the row above: the bits must not depend on where a strip begins.
        row_z = start_z + slope_y * (row * SUBPIXELS + half - ay)
        entered = False
        for column in range(left, right + 1):
            if (ab | bc | ca) >= 0:
                entered = True
                z = row_z + step_z * (column - left)
                if z < depths[row, column]:
                    depths[row, column] = z
                    ids[row, column] = face
            elif entered:
                break
            ab -= aby * SUBPIXELS
            bc -= bcy * SUBPIXELS
            ca -= cay * SUBPIXELS
        row_ab += abx * SUBPIXELS
        row_bc += bcx * SUBPIXELS
        row_ca += cax * SUBPIXELS


@part
def inside_by(polygon: Any, at: int, vertex: int, plane: int, height: int, width: int) -> Any:
    """Return how far a vertex lies on the kept side of one of the six planes."""
    x, y, z, w = polygon[at, vertex, 0], polygon[at, vertex, 1], polygon[at, vertex, 2], polygon[at, vertex, 3]
    if plane == 0:
        return z + w
    if plane == 1:
        return w - SMALLEST_W
    # Half of the guard, since the centre of the picture is not where pixels are counted from.
    if plane == 2:
        return w * GUARD - x * width
    if plane == 3:
        return w * GUARD + x * width
    if plane == 4:
        return w * GUARD - y * height
    return w * GUARD + y * height


@part
def cut(polygon: Any, at: int, count: int, plane: int, height: int, width: int) -> int:
    """Cut a convex polygon, `count` rows of polygon[at], by a plane (Sutherland and Hodgman 1974).

    What is kept goes to polygon[1 - at]; returns how many vertices that are.
    """
    to = 1 - at
    size = 0
    for index in range(count):
        after = (index + 1) % count
        here = inside_by(polygon, at, index, plane, height, width)
        there = inside_by(polygon, at, after, plane, height, width)
        if here >= 0.0:
            for axis in range(4):
                polygon[to, size, axis] = polygon[at, index, axis]
            size += 1
        if (here >= 0.0) != (there >= 0.0):
            # From the kept end to the lost one, whichever way round: neighbours then get the same new vertex.
            start, end = (index, after) if here >= 0.0 else (after, index)
            near, far = (here, there) if here >= 0.0 else (there, here)
            share = near / (near - far)
            for axis in range(4):
                kept, lost = polygon[at, start, axis], polygon[at, end, axis]
                polygon[to, size, axis] = kept + share * (lost - kept)
            size += 1
    return size


@part
def put(polygon: Any, at: int, vertex: int, height: int, width: int) -> Any:
    """Return a vertex's x and y on the sub-pixel grid, and its depth."""
    x, y, z, w = polygon[at, vertex, 0], polygon[at, vertex, 1], polygon[at, vertex, 2], polygon[at, vertex, 3]
    column = (x / w + 1.0) * 0.5 * width
    row = (1.0 - y / w) * 0.5 * height
    return round(column * SUBPIXELS), round(row * SUBPIXELS), z / w


@part
def fill_cut(
    clip: Any, faces: Any, face: int, cull: bool, polygon: Any, top: int, bottom: int, ids: Any, depths: Any
) -> None:
    """Draw what the planes leave of one triangle."""
    height, width = ids.shape
    for corner in range(3):
        for axis in range(4):
            polygon[0, corner, axis] = clip[faces[face, corner], axis]
    count = 3
    at = 0
    for plane in range(6):
        count = cut(polygon, at, count, plane, height, width)
        at = 1 - at
        if count < 3:
            return
    ax, ay, az = put(polygon, at, 0, height, width)
    for vertex in range(1, count - 1):
        bx, by, bz = put(polygon, at, vertex, height, width)
        cx, cy, cz = put(polygon, at, vertex + 1, height, width)
        fill(ax, ay, az, bx, by, bz, cx, cy, cz, face, cull, top, bottom, ids, depths)


@kernel
def draw(
    clip: Any,
    screen: Any,
    depth: Any,
    outside: Any,
    faces: Any,
    cull: Any,
    polygon: Any,
    top: int,
    bottom: int,
    ids: Any,
    depths: Any,
) -> None:
    """Fill rows top to bottom of `ids` and `depths` with the nearest triangle of each sample.

    Args:
        clip: [V, 4] float64 clip positions.
        screen: [V, 2] int64 from `place`.
        depth: [V] float64 from `place`.
        outside: [V] bool from `place`.
        faces: [F, 3] int64.
        cull: [F] bool, whether the back of a face is invisible.
        polygon: [2, 9, 4] float64 scratch for cutting.
        top: first row.
        bottom: one past the last row.
        ids: [H, W] int32; -1 where nothing is seen. Of equal depths the lower face index wins.
        depths: [H, W] float64 z / w; 1 (the far plane) where nothing is seen.
    """
    for row in range(top, bottom):
        for column in range(ids.shape[1]):
            ids[row, column] = EMPTY
            depths[row, column] = 1.0
    above, below = top * SUBPIXELS, bottom * SUBPIXELS
    for face in range(faces.shape[0]):
        a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
        if outside[a] or outside[b] or outside[c]:
            fill_cut(clip, faces, face, cull[face], polygon, top, bottom, ids, depths)
            continue
        ay, by, cy = screen[a, 1], screen[b, 1], screen[c, 1]
        if max(ay, by, cy) < above or min(ay, by, cy) > below:
            continue
        fill(
            screen[a, 0],
            ay,
            depth[a],
            screen[b, 0],
            by,
            depth[b],
            screen[c, 0],
            cy,
            depth[c],
            face,
            cull[face],
            top,
            bottom,
            ids,
            depths,
        )


@kernel
def locate(clip: Any, faces: Any, ids: Any, planes: Any, top: int, bottom: int, barycentric: Any) -> None:
    """Fill rows top to bottom of `barycentric` [H, W, 3] for the triangles in `ids` [H, W].

    A sample that only the rounding of positions put into its triangle gets the barycentrics of a point on its edge.
    `planes` is [3, 3] float64 scratch.
    """
    height, width = ids.shape
    known = EMPTY
    for row in range(top, bottom):
        y = 1.0 - (row + 0.5) * 2.0 / height
        for column in range(width):
            face = ids[row, column]
            if face < 0:
                for corner in range(3):
                    barycentric[row, column, corner] = 0.0
                continue
            if face != known:
                edge_functions(clip, faces, face, planes)
                known = face
            x = (column + 0.5) * 2.0 / width - 1.0
            a = max(planes[0, 0] * x + planes[0, 1] * y + planes[0, 2], 0.0)
            b = max(planes[1, 0] * x + planes[1, 1] * y + planes[1, 2], 0.0)
            c = max(planes[2, 0] * x + planes[2, 1] * y + planes[2, 2], 0.0)
            total = a + b + c
            if total > 0.0:
                barycentric[row, column, 0] = a / total
                barycentric[row, column, 1] = b / total
                barycentric[row, column, 2] = c / total
            else:
                for corner in range(3):
                    barycentric[row, column, corner] = 1.0 / 3.0
