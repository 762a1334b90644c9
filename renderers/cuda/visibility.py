"""Which triangle each pixel sees, on CUDA: a z-buffer in two passes.

A warp takes a triangle, its lanes share the samples of the bounding box. The first pass leaves each pixel's smallest
depth, the second the lowest face of those that have it there, so neither result depends on who comes first. Whether a
sample is inside is decided in the same integers as on the CPU, and depths are computed in the same steps without
fused multiply-adds: ids and depths are those of the CPU. Only corners that the near plane cuts off may differ in the
last bit of double precision.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from avatar.renderers.cuda.launch import cuda, device, inline, kernel, launch, product
from avatar.renderers.planes import edge_functions
from avatar.renderers.visibility import SUBPIXELS, cut, place, put

LANES = 32
NOBODY = np.iinfo(np.int32).max
HALF = SUBPIXELS // 2

place_vertices = device(place)
cut_polygon = device(cut)
put_vertex = device(put)
fill_planes = device(edge_functions)


def fill(
    positions: Tensor,
    faces: Tensor,
    cull_backs: bool,
    _: int,
    ids: Tensor,
    barycentric: Tensor,
    depth: Tensor,
) -> None:
    """Fill ids, barycentrics and depths of `Fragments`, like the CPU's `fill`.

    Args:
        positions: [B, V, 4] float32 or float64.
        faces: [F, 3] or [B, F, 3] int64.
        cull_backs: leave out triangles seen from behind.
        ids: [B, H, W] int32, filled.
        barycentric: [B, H, W, 3], filled.
        depth: [B, H, W], filled.
    """
    clip = positions.detach().double().contiguous()
    meshes = (faces if faces.ndim == 3 else faces[None]).contiguous()
    batch, count, _ = clip.shape
    height, width = ids.shape[1:]
    screen = clip.new_empty((batch * count, 2), dtype=torch.int64)
    z = clip.new_empty(batch * count)
    outside = clip.new_empty(batch * count, dtype=torch.bool)
    launch(_place, batch * count, clip.reshape(-1, 4), height, width, screen, z, outside)
    depths = clip.new_ones(depth.shape)
    ids.fill_(NOBODY)
    corners = (clip, screen.reshape(batch, count, 2), z.reshape(batch, count), outside.reshape(batch, count))
    for second in (False, True):
        work = batch * meshes.shape[1] * LANES
        launch(_draw, work, *corners, meshes, cull_backs, second, ids, depths)
    ids.masked_fill_(ids == NOBODY, -1)
    depth.copy_(depths)
    barycentric.zero_()
    if meshes.shape[1]:
        launch(_locate, ids.numel(), clip, meshes, ids, barycentric)


@kernel
def _place(clip: Any, height: int, width: int, screen: Any, depth: Any, outside: Any) -> None:
    """Put the vertices [N, 4] of all images on the sub-pixel grid; see `place`."""
    for v in range(cuda.grid(1), clip.shape[0], cuda.gridsize(1)):
        one = slice(v, v + 1)
        place_vertices(clip[one], height, width, screen[one], depth[one], outside[one])


@kernel
def _draw(
    clip: Any,
    screen: Any,
    depth: Any,
    outside: Any,
    faces: Any,
    cull: bool,
    second: bool,
    ids: Any,
    depths: Any,
) -> None:
    """Run one pass over all triangles.

    Args:
        clip: [B, V, 4] float64.
        screen: [B, V, 2] int64 from `place`.
        depth: [B, V] float64 from `place`.
        outside: [B, V] bool from `place`.
        faces: [1 or B, F, 3] int64.
        cull: leave out triangles seen from behind.
        second: whether the depths are known and ids are asked for.
        ids: [B, H, W] int32, lowered to the faces that have the depth.
        depths: [B, H, W] float64, lowered to the nearest depth.
    """
    polygon = cuda.local.array((2, 9, 4), np.float64)
    for index in range(cuda.grid(1), clip.shape[0] * faces.shape[1] * LANES, cuda.gridsize(1)):
        lane = index % LANES
        face = index // LANES % faces.shape[1]
        image = index // LANES // faces.shape[1]
        mesh = image % faces.shape[0]
        a, b, c = faces[mesh, face, 0], faces[mesh, face, 1], faces[mesh, face, 2]
        if outside[image, a] or outside[image, b] or outside[image, c]:
            _cover_cut(clip, faces, image, mesh, face, cull, lane, second, polygon, ids, depths)
            continue
        _cover(
            screen[image, a, 0],
            screen[image, a, 1],
            depth[image, a],
            screen[image, b, 0],
            screen[image, b, 1],
            depth[image, b],
            screen[image, c, 0],
            screen[image, c, 1],
            depth[image, c],
            image,
            face,
            cull,
            lane,
            second,
            ids,
            depths,
        )


@inline
def _cover(
    ax: int,
    ay: int,
    az: float,
    bx: int,
    by: int,
    bz: float,
    cx: int,
    cy: int,
    cz: float,
    image: int,
    face: int,
    cull: bool,
    lane: int,
    second: bool,
    ids: Any,
    depths: Any,
) -> None:
    """Visit a lane's share of the samples of one triangle; see `fill` of `avatar.renderers.visibility`."""
    area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    if area == 0 or (cull and area > 0):
        return
    if area < 0:
        bx, by, bz, cx, cy, cz = cx, cy, cz, bx, by, bz
        area = -area
    left = max((min(ax, bx, cx) + HALF - 1) // SUBPIXELS, 0)
    right = min((max(ax, bx, cx) - HALF) // SUBPIXELS, ids.shape[2] - 1)
    top = max((min(ay, by, cy) + HALF - 1) // SUBPIXELS, 0)
    bottom = min((max(ay, by, cy) - HALF) // SUBPIXELS, ids.shape[1] - 1)
    if left > right or top > bottom:
        return
    abx, aby, bcx, bcy, cax, cay = bx - ax, by - ay, cx - bx, cy - by, ax - cx, ay - cy
    on_ab = 0 if aby < 0 or (aby == 0 and abx > 0) else -1
    on_bc = 0 if bcy < 0 or (bcy == 0 and bcx > 0) else -1
    on_ca = 0 if cay < 0 or (cay == 0 and cax > 0) else -1
    slope_x = (product(bz - az, float(cy - ay)) - product(cz - az, float(by - ay))) / area
    slope_y = (product(cz - az, float(bx - ax)) - product(bz - az, float(cx - ax))) / area
    start_z = az + product(slope_x, float(left * SUBPIXELS + HALF - ax))
    step_z = slope_x * SUBPIXELS
    wide = right - left + 1
    for sample in range(lane, wide * (bottom - top + 1), LANES):
        row, column = top + sample // wide, left + sample % wide
        x, y = column * SUBPIXELS + HALF, row * SUBPIXELS + HALF
        ab = abx * (y - ay) - aby * (x - ax) + on_ab
        bc = bcx * (y - by) - bcy * (x - bx) + on_bc
        ca = cax * (y - cy) - cay * (x - cx) + on_ca
        if (ab | bc | ca) < 0:
            continue
        row_z = start_z + product(slope_y, float(y - ay))
        z = row_z + product(step_z, float(column - left))
        nearest = depths[image, row, column]
        if second:
            # Not what is exactly as far as the far plane: the depths began there.
            if z == nearest and z < 1.0:
                cuda.atomic.min(ids, (image, row, column), face)
        # Whoever reads an old depth here, which can only be larger, is put right by the atomic operation.
        elif z < nearest:
            cuda.atomic.min(depths, (image, row, column), z)


@inline
def _cover_cut(
    clip: Any,
    faces: Any,
    image: int,
    mesh: int,
    face: int,
    cull: bool,
    lane: int,
    second: bool,
    polygon: Any,
    ids: Any,
    depths: Any,
) -> None:
    """Visit a lane's share of what the planes leave of one triangle."""
    height, width = ids.shape[1], ids.shape[2]
    for corner in range(3):
        for axis in range(4):
            polygon[0, corner, axis] = clip[image, faces[mesh, face, corner], axis]
    count = 3
    at = 0
    for plane in range(6):
        count = cut_polygon(polygon, at, count, plane, height, width)
        at = 1 - at
        if count < 3:
            return
    ax, ay, az = put_vertex(polygon, at, 0, height, width)
    for vertex in range(1, count - 1):
        bx, by, bz = put_vertex(polygon, at, vertex, height, width)
        cx, cy, cz = put_vertex(polygon, at, vertex + 1, height, width)
        _cover(ax, ay, az, bx, by, bz, cx, cy, cz, image, face, cull, lane, second, ids, depths)


@kernel
def _locate(clip: Any, faces: Any, ids: Any, barycentric: Any) -> None:
    """Fill `barycentric` [B, H, W, 3] where `ids` [B, H, W] has a face; see `avatar.renderers.visibility.locate`."""
    planes = cuda.local.array((3, 3), np.float64)
    height, width = ids.shape[1], ids.shape[2]
    for index in range(cuda.grid(1), ids.shape[0] * height * width, cuda.gridsize(1)):
        image, row, column = index // (height * width), index // width % height, index % width
        face = ids[image, row, column]
        if face < 0:
            continue
        fill_planes(clip[image], faces[image % faces.shape[0]], face, planes)
        x, y = (column + 0.5) * 2.0 / width - 1.0, 1.0 - (row + 0.5) * 2.0 / height
        a = max(planes[0, 0] * x + planes[0, 1] * y + planes[0, 2], 0.0)
        b = max(planes[1, 0] * x + planes[1, 1] * y + planes[1, 2], 0.0)
        c = max(planes[2, 0] * x + planes[2, 1] * y + planes[2, 2], 0.0)
        total = a + b + c
        if total > 0.0:
            barycentric[image, row, column, 0] = a / total
            barycentric[image, row, column, 1] = b / total
            barycentric[image, row, column, 2] = c / total
        else:
            for corner in range(3):
                barycentric[image, row, column, corner] = 1.0 / 3.0
