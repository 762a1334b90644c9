"""Smooth and flat normals of a mesh."""

from typing import Any, overload

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from avatar.renderers import backends
from avatar.renderers.arrays import floats, triangles
from avatar.renderers.kernel import kernel, part
from avatar.renderers.pixels import check_device
from avatar.renderers.tensors import face_tensor, float_tensor
from avatar.threads import spread, thread_count


@part
def add_up(vertices: Any, faces: Any, sums: Any) -> None:
    """Fill `sums` [V, 3] with the weighted sum of the normals of each vertex's faces, not of unit length."""
    for v in range(sums.shape[0]):
        for axis in range(3):
            sums[v, axis] = 0.0
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
        sums[a, 0] += nx * at_a
        sums[a, 1] += ny * at_a
        sums[a, 2] += nz * at_a
        sums[b, 0] += nx * at_b
        sums[b, 1] += ny * at_b
        sums[b, 2] += nz * at_b
        sums[c, 0] += nx * at_c
        sums[c, 1] += ny * at_c
        sums[c, 2] += nz * at_c


@kernel
def gather(vertices: Any, faces: Any, normals: Any) -> None:
    """Fill `normals` [V, 3] float64 with the unit normals of `vertices` [V, 3] float64."""
    add_up(vertices, faces, normals)
    for v in range(normals.shape[0]):
        x, y, z = normals[v, 0], normals[v, 1], normals[v, 2]
        length = np.sqrt(x * x + y * y + z * z)
        if length > 0.0:
            normals[v, 0] = x / length
            normals[v, 1] = y / length
            normals[v, 2] = z / length


@kernel
def gather_sums(vertices: Any, faces: Any, sums: Any) -> None:
    """Fill `sums` [V, 3] float64 as `add_up` does."""
    add_up(vertices, faces, sums)


@kernel
def scatter_sums(vertices: Any, faces: Any, gradient: Any, to_vertices: Any) -> None:
    """Add to `to_vertices` [V, 3] float64 what `gradient` [V, 3] of the sums of `add_up` gives the vertices."""
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
        # Through the face's normal, n = u x v ...
        gx = at_a * gradient[a, 0] + at_b * gradient[b, 0] + at_c * gradient[c, 0]
        gy = at_a * gradient[a, 1] + at_b * gradient[b, 1] + at_c * gradient[c, 1]
        gz = at_a * gradient[a, 2] + at_b * gradient[b, 2] + at_c * gradient[c, 2]
        # ... and through the squared lengths of its edges, in the weights.
        for_a = at_a * (nx * gradient[a, 0] + ny * gradient[a, 1] + nz * gradient[a, 2])
        for_b = at_b * (nx * gradient[b, 0] + ny * gradient[b, 1] + nz * gradient[b, 2])
        for_c = at_c * (nx * gradient[c, 0] + ny * gradient[c, 1] + nz * gradient[c, 2])
        to_uu, to_vv, to_ww = -2.0 * (for_a + for_b) / uu, -2.0 * (for_a + for_c) / vv, -2.0 * (for_b + for_c) / ww
        bx = vy * gz - vz * gy + to_uu * ux - to_ww * wx
        by = vz * gx - vx * gz + to_uu * uy - to_ww * wy
        bz = vx * gy - vy * gx + to_uu * uz - to_ww * wz
        cx = gy * uz - gz * uy + to_vv * vx + to_ww * wx
        cy = gz * ux - gx * uz + to_vv * vy + to_ww * wy
        cz = gx * uy - gy * ux + to_vv * vz + to_ww * wz
        to_vertices[a, 0] -= bx + cx
        to_vertices[a, 1] -= by + cy
        to_vertices[a, 2] -= bz + cz
        to_vertices[b, 0] += bx
        to_vertices[b, 1] += by
        to_vertices[b, 2] += bz
        to_vertices[c, 0] += cx
        to_vertices[c, 1] += cy
        to_vertices[c, 2] += cz


@overload
def vertex_normals(vertices: Tensor, faces: Any) -> Tensor: ...


@overload
def vertex_normals(vertices: Any, faces: Any) -> npt.NDArray[np.float64]: ...


def vertex_normals(vertices: Any, faces: Any) -> Any:
    """Return the smooth unit normals of a mesh, or of each of a batch.

    Each face counts with its sine over the product of its two edge lengths at the vertex, which is exact where the
    vertices lie on a sphere (Max 1999, "Weights for Computing Vertex Normals from Facet Normals").

    Args:
        vertices: [V, 3] metres; a tensor may also be [B, V, 3].
        faces: [F, 3], counter-clockwise seen from outside; with a batch also [B, F, 3], each mesh its own.

    Returns:
        For an array, [V, 3] float64. For a tensor, a tensor of its shape and precision (float32 for half precision),
        differentiable once in `vertices`. Zero, and without a gradient, at a vertex without a face of any area.

    Raises:
        TypeError: if vertices are not real numbers or faces are not integers.
        ValueError: if a shape, an index or a device does not fit, or a vertex is not finite.

    Example:
        >>> vertex_normals(torch.tensor([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), [[0, 1, 2]])[0]
        tensor([0., 0., 1.])
    """
    if isinstance(vertices, Tensor):
        on_cuda = backends.uses_cuda(vertices)
        if not on_cuda:
            check_device("vertices", vertices)
        meshes, rows = _meshes(vertices, faces)
        add = backends.cuda_kernels().sums if on_cuda else _Sums.apply
        sums: Tensor = add(meshes.double(), rows)
        return unit(sums).to(meshes.dtype).reshape(vertices.shape)
    points = floats("vertices", vertices, ("V", 3)).astype(np.float64)
    normals = np.empty_like(points)
    gather(points, triangles(faces, len(points)), normals)
    return normals


def face_normals(
    vertices: Tensor,  # [B, V, 3]
    faces: Any,  # [F, 3] or [B, F, 3]
) -> Tensor:
    """Return the unit normals of the faces of a mesh, or of each of a batch.

    Args:
        vertices: [V, 3] or [B, V, 3] metres.
        faces: [F, 3], counter-clockwise seen from outside; with a batch also [B, F, 3], each mesh its own.

    Returns:
        [F, 3] or [B, F, 3], differentiable in `vertices`; zero, and without a gradient, for a face without area.

    Raises:
        TypeError: if vertices are not real numbers or faces are not integers.
        ValueError: if a shape or an index does not fit, or a vertex is not finite.
    """
    meshes, rows = _meshes(vertices, faces)
    which = torch.arange(len(meshes), device=meshes.device)[:, None]
    a, b, c = (meshes[which, rows[..., corner]] for corner in range(3))
    normals = unit(torch.linalg.cross(b - a, c - a))
    return normals if vertices.ndim == 3 else normals[0]


def unit(vectors: Tensor, *, axis: int = -1) -> Tensor:
    """Return vectors with length 1, along their last axis or another; zero, and without a gradient, at length 0.

    Unlike `torch.nn.functional.normalize`, whose gradient at zero is as large as its smallest length is small.
    """
    squared = vectors.square().sum(axis, keepdim=True)
    long_enough = squared >= torch.finfo(vectors.dtype).tiny
    return torch.where(long_enough, vectors * torch.where(long_enough, squared, 1.0).rsqrt(), 0.0)


def _meshes(vertices: Any, faces: Any) -> tuple[Tensor, Tensor]:
    """Vertices [B, V, 3] and faces [1 or B, F, 3], checked."""
    single = vertices.ndim == 2
    meshes = float_tensor("vertices", vertices, ("V", 3) if single else ("B", "V", 3))
    meshes = meshes[None] if single else meshes
    rows = face_tensor(faces, meshes.shape[1], len(meshes), meshes.device)
    return meshes, rows if rows.ndim == 3 else rows[None]


class _Sums(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, vertices: Tensor, faces: Tensor) -> Tensor:
        ctx.save_for_backward(vertices, faces)
        return _each(gather_sums, vertices, faces)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        vertices, faces = ctx.saved_tensors
        return _each(scatter_sums, vertices, faces, gradient), None


def _each(work: Any, vertices: Tensor, faces: Tensor, *more: Tensor) -> Tensor:
    result = torch.zeros_like(vertices, memory_format=torch.contiguous_format)
    rows, out = faces.numpy(), result.numpy()
    inputs = [tensor.detach().contiguous().numpy() for tensor in (vertices, *more)]

    def one_mesh(b: int) -> None:
        points, *others = (array[b] for array in inputs)
        work(points, rows[b % len(rows)], *others, out[b])

    if len(out):
        spread(one_mesh, len(out), thread_count(None))
    return result
