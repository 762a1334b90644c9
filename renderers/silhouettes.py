"""Kernel that finds where, between two neighbouring pixels, one surface gives way to another.

From each of the two pixel centres we walk over the mesh towards the other, from triangle to triangle across common
edges. If a walk arrives in the triangle that the other pixel sees, the surface goes on and nothing is recorded: on a
dense mesh this is nearly always so, although the two ids differ. Otherwise a walk ends at a silhouette: an edge without
a neighbour, or one whose neighbour folds back. That edge, which often belongs to no triangle that any pixel sees, is
what moves the picture.
"""

from typing import Any

from avatar.renderers.kernel import kernel, part
from avatar.renderers.planes import edge_functions

MOST_STEPS = 500
REACHED, MET = -1, -2
# Positions are rounded to 1/256 pixel when pixels choose their triangles, so a walk may be off by that much.
SLACK = 1.0 / 64.0
# Edges of two vertices in the same place (at texture seams) are met at the same instant and depth but for rounding.
SAME_PLACE = 1e-6
SAME_DEPTH = 1e-9
HALVINGS = 12
# Of the largest determinant that a face's corners could have; less is rounding.
NO_AREA = 1e-14


@part
def volume(clip: Any, faces: Any, face: Any) -> Any:
    """Return the product of the lengths of a face's corners (x, y, w), at most which its determinant can be."""
    size = 1.0
    for corner in range(3):
        v = faces[face, corner]
        size *= clip[v, 0] ** 2 + clip[v, 1] ** 2 + clip[v, 3] ** 2
    return size**0.5


@part
def walk(
    clip: Any,
    faces: Any,
    neighbours: Any,
    start: Any,
    target: Any,
    x: float,
    y: float,
    dx: float,
    dy: float,
    end: float,
    slack: float,
    planes: Any,
) -> Any:
    """Walk over the surface from `start` along (x, y) + t (dx, dy) until t = `end`.

    Returns:
        The last face; how it ended (REACHED the end, MET the target there, or the corner opposite the edge where the
        surface stops); and the t of that, which up to `slack` may lie before the start or beyond the end.
    """
    face, came, t, there = start, -1, -slack, -1
    edge_functions(clip, faces, face, planes)
    for _ in range(MOST_STEPS):
        leaves, out = 2.0 * end + 1.0, -1
        for corner in range(3):
            slope = planes[corner, 0] * dx + planes[corner, 1] * dy
            if corner != came and slope < 0.0:
                at = -(planes[corner, 0] * x + planes[corner, 1] * y + planes[corner, 2]) / slope
                if at < leaves:
                    leaves, out = at, corner
        if face == target and leaves >= end - slack:
            return face, MET, end
        if there < 0 and leaves >= end:
            there = face
        if out < 0 or leaves >= end + slack:
            return there, REACHED, end
        t = max(t, leaves)
        across = neighbours[face, out]
        if across < 0:
            return face, out, t
        came = across % 3
        determinant = edge_functions(clip, faces, across // 3, planes)
        if planes[came, 0] * dx + planes[came, 1] * dy <= 0.0:
            if determinant > NO_AREA * volume(clip, faces, across // 3):
                return face, out, t
            # Which side of it is seen is rounding, so it was turned at random; it goes on where it touches.
            for corner in range(3):
                for axis in range(3):
                    planes[corner, axis] = -planes[corner, axis]
        face = across // 3
    return face, REACHED, end


@part
def depth_at(clip: Any, faces: Any, face: Any, x: float, y: float, planes: Any) -> Any:
    """Return z / w of the plane of a face at a place of the picture."""
    determinant = edge_functions(clip, faces, face, planes)
    v = faces[face, 0]
    if determinant == 0.0:
        return clip[v, 2] / clip[v, 3]
    depth = 0.0
    for corner in range(3):
        share = planes[corner, 0] * x + planes[corner, 1] * y + planes[corner, 2]
        depth += share * clip[faces[face, corner], 2]
    return depth / determinant


@part
def gap(clip: Any, faces: Any, a: Any, b: Any, x: float, y: float, planes: Any) -> Any:
    """Return the depth of the plane of one face less that of another's."""
    return depth_at(clip, faces, a, x, y, planes) - depth_at(clip, faces, b, x, y, planes)


@part
def depth_on(clip: Any, u: Any, v: Any, x: float, y: float, dx: float, dy: float) -> Any:
    """Return z / w of the edge from u to v where it crosses the line through (x, y) along (dx, dy).

    It is known to rounding even where the face beside it is seen edge-on.
    """
    at_u = (clip[u, 0] - x * clip[u, 3]) * dy - (clip[u, 1] - y * clip[u, 3]) * dx
    at_v = (clip[v, 0] - x * clip[v, 3]) * dy - (clip[v, 1] - y * clip[v, 3]) * dx
    share = 0.5 if at_u == at_v else at_u / (at_u - at_v)
    depth = clip[u, 2] + share * (clip[v, 2] - clip[u, 2])
    return depth / (clip[u, 3] + share * (clip[v, 3] - clip[u, 3]))


@part
def lead(
    clip: Any,
    faces: Any,
    neighbours: Any,
    here: Any,
    there: Any,
    x: float,
    y: float,
    dx: float,
    dy: float,
    t: float,
    planes: Any,
) -> Any:
    """Return the depth of the near pixel's surface less that of the far one's at t, and the face of each there."""
    a, _, _ = walk(clip, faces, neighbours, here, -1, x, y, dx, dy, t, 0.0, planes)
    b, _, _ = walk(clip, faces, neighbours, there, -1, x + dx, y + dy, -dx, -dy, 1.0 - t, 0.0, planes)
    return gap(clip, faces, a, b, x + t * dx, y + t * dy, planes), a, b


@part
def note(
    found: Any, places: Any, count: Any, pixel: int, vertical: int, u: Any, v: Any, a: Any, b: Any, t: float, share: Any
) -> Any:
    """Write down one crossing and return how many there are now."""
    found[count, 0], found[count, 1] = pixel, vertical
    found[count, 2], found[count, 3] = u, v
    found[count, 4], found[count, 5] = a, b
    places[count, 0], places[count, 1] = min(max(t, 0.0), 1.0), share
    return count + 1


@part
def look_between(
    clip: Any,
    faces: Any,
    neighbours: Any,
    here: Any,
    there: Any,
    x: float,
    y: float,
    dx: float,
    dy: float,
    pixel: int,
    vertical: int,
    planes: Any,
    found: Any,
    places: Any,
    count: Any,
) -> Any:
    """Note what ends between a pixel at (x, y) that sees `here` and one at (x + dx, y + dy) that sees `there`.

    Returns:
        How many crossings are noted now.
    """
    a, a_end, low, high = -1, REACHED, 0.0, 1.0
    if here >= 0:
        a, a_end, high = walk(clip, faces, neighbours, here, there, x, y, dx, dy, 1.0, SLACK, planes)
        if a_end == MET:
            return count
    b, b_end = -1, REACHED
    if there >= 0:
        b, b_end, low = walk(clip, faces, neighbours, there, here, x + dx, y + dy, -dx, -dy, 1.0, SLACK, planes)
        if b_end == MET:
            return count
        low = 1.0 - low
    a_stops, b_stops = a_end >= 0, b_end >= 0
    au = av = bu = bv = faces[0, 0]
    if a_stops:
        au, av = faces[a, (a_end + 1) % 3], faces[a, (a_end + 2) % 3]
    if b_stops:
        bu, bv = faces[b, (b_end + 1) % 3], faces[b, (b_end + 2) % 3]
    if here < 0 or there < 0:
        if a_stops:
            return note(found, places, count, pixel, vertical, au, av, -1, -1, high, 1.0)
        if b_stops:
            return note(found, places, count, pixel, vertical, bu, bv, -1, -1, low, 1.0)
        return count
    if a_stops and b_stops and abs(high - low) <= SAME_PLACE:
        ahead = depth_on(clip, au, av, x, y, dx, dy) - depth_on(clip, bu, bv, x, y, dx, dy)
        if abs(ahead) <= SAME_DEPTH:
            return count
    elif a_stops and b_stops and low > high:
        # Something that no pixel centre sees lies between. Its colour is unknown; taking the mean of both for it
        # gives each edge half of the step.
        count = note(found, places, count, pixel, vertical, au, av, -1, -1, high, 0.5)
        return note(found, places, count, pixel, vertical, bu, bv, -1, -1, low, 0.5)
    # From low to high both surfaces are there; the nearer one that ends hides the other until its edge.
    low, high = min(max(low, 0.0), 1.0), min(max(high, 0.0), 1.0)
    at_low, fa, fb = lead(clip, faces, neighbours, here, there, x, y, dx, dy, low, planes)
    if b_stops and at_low > 0.0:
        return note(found, places, count, pixel, vertical, bu, bv, -1, -1, low, 1.0)
    at_high, fa, fb = lead(clip, faces, neighbours, here, there, x, y, dx, dy, high, planes)
    if a_stops and at_high < 0.0:
        return note(found, places, count, pixel, vertical, au, av, -1, -1, high, 1.0)
    if at_low >= 0.0 or at_high <= 0.0:
        return count
    # They cut through each other.
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        ahead, fa, fb = lead(clip, faces, neighbours, here, there, x, y, dx, dy, middle, planes)
        if ahead < 0.0:
            low = middle
        else:
            high = middle
    # The gap between two planes is linear, so its ends tell where it closes.
    at_low = gap(clip, faces, fa, fb, x + low * dx, y + low * dy, planes)
    at_high = gap(clip, faces, fa, fb, x + high * dx, y + high * dy, planes)
    share = 0.5 if at_low == at_high else min(max(at_low / (at_low - at_high), 0.0), 1.0)
    return note(found, places, count, pixel, vertical, -1, -1, fa, fb, low + share * (high - low), 1.0)


@kernel
def look(
    clip: Any,
    faces: Any,
    neighbours: Any,
    ids: Any,
    top: int,
    bottom: int,
    planes: Any,
    found: Any,
    places: Any,
    continues: Any,
) -> Any:
    """Find the crossings between the pixels of rows top to bottom and their right and lower neighbours.

    Args:
        clip: [V, 4] clip positions.
        faces: [F, 3].
        neighbours: [F, 3] of `topology.neighbours`.
        ids: [H, W] faces, -1 for none.
        top: first row.
        bottom: one past the last row.
        planes: [3, 3] float64 scratch.
        found: [N, 6] int64, filled with pixel (row * W + column), whether its lower (1) or right (0) neighbour is
            meant, the two vertices of the edge that passes or -1, and the two faces that cut each other or -1.
        places: [N, 2] float64, filled with how far the crossing is on the way to the neighbour, 0 to 1, and the share
            of the step that it makes.
        continues: [H, W, 2] bool, filled with whether the surface goes on to the right and the lower neighbour.

    Returns:
        How many there are; N must be 4 for each pixel to hold whatever comes.
    """
    height, width = ids.shape
    count = 0
    for row in range(top, bottom):
        y = 1.0 - (row + 0.5) * 2.0 / height
        for column in range(width):
            x = (column + 0.5) * 2.0 / width - 1.0
            here, pixel = ids[row, column], row * width + column
            for vertical in range(2):
                if (vertical == 1 and row + 1 == height) or (vertical == 0 and column + 1 == width):
                    continues[row, column, vertical] = False
                    continue
                there = ids[row + vertical, column + 1 - vertical]
                before = count
                if here != there:
                    dx = (1 - vertical) * 2.0 / width
                    dy = -vertical * 2.0 / height
                    count = look_between(
                        clip,
                        faces,
                        neighbours,
                        here,
                        there,
                        x,
                        y,
                        dx,
                        dy,
                        pixel,
                        vertical,
                        planes,
                        found,
                        places,
                        count,
                    )
                continues[row, column, vertical] = here >= 0 and there >= 0 and count == before
    return count
