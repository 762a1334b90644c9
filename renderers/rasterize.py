"""Which triangle each pixel sees, and where on it."""

import threading
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from avatar.renderers.adapters import rasterize_with
from avatar.renderers.arrays import image_size
from avatar.renderers.backends import Backend, choose_backend, cuda_kernels
from avatar.renderers.fragments import Fragments
from avatar.renderers.tensors import face_tensor, float_tensor
from avatar.renderers.visibility import draw, locate, place
from avatar.threads import spread, strips, thread_count


def rasterize(
    position_clip: Any,  # [B, V, 4]
    faces: Any,  # [F, 3] or [B, F, 3]
    size: tuple[int, int],
    *,
    cull_backs: bool = False,
    backend: Backend = "auto",
    threads: int | None = None,
) -> Fragments:
    """Find the nearest triangle of every pixel with a z-buffer; nothing here is differentiable.

    Triangles are cut at the near plane, and samples beyond the far plane are dropped. Positions are rounded to 1/256
    pixel and edges follow the top-left rule, so triangles with a common edge cover each pixel exactly once. Of
    equal depths the lower face index wins. The same input gives the same bits with any number of threads.

    Args:
        position_clip: [B, V, 4] tensor or array, OpenGL clip space (x right, y up, -w <= z <= w); float64 or float32,
            to which other numbers are converted.
        faces: [F, 3] integer vertex indices, the same for all images, or [B, F, 3]; rows of -1 fill up the shorter of
            several meshes. Seen from the front they run counter-clockwise.
        size: (height, width) in pixels; row 0 is the top, pixel centres are at half integers.
        cull_backs: leave out triangles seen from behind.
        backend: "auto" draws where the positions are, on the CPU or with CUDA, and gives the same ids on both;
            "nvdiffrast" and "pytorch3d" are for comparison and need those packages, which round as they please.
        threads: how many threads to use on the CPU; all cores by default.

    Returns:
        Fragments on the positions' device; weights and depths have the precision of `position_clip`.

    Raises:
        ImportError: if the backend's package is not installed.
        TypeError: if positions are not real numbers or faces are not integers.
        ValueError: if a shape, an index, the size or the backend does not fit, or a position is not finite.

    Example:
        >>> corners = [[[-1.0, -1.0, 0.0, 1.0], [3.0, -1.0, 0.0, 1.0], [-1.0, 3.0, 0.0, 1.0]]]
        >>> rasterize(corners, [[0, 1, 2]], (2, 2)).triangle_id.tolist()
        [[[0, 0], [0, 0]]]
    """
    positions = float_tensor("position_clip", position_clip, ("B", "V", 4))
    height, width = image_size(size)
    corners = face_tensor(faces, positions.shape[1], len(positions), positions.device)
    workers = thread_count(threads)
    chosen = choose_backend(backend, positions)
    if chosen in ("nvdiffrast", "pytorch3d"):
        return rasterize_with(chosen, positions, corners, (height, width), cull_backs)
    shape = (len(positions), height, width)
    ids = torch.empty(shape, dtype=torch.int32, device=positions.device)
    barycentric = positions.new_empty((*shape, 3))
    depth = positions.new_empty(shape)
    draw_all = cuda_kernels().fill if chosen == "cuda" else fill
    draw_all(positions, corners, cull_backs, workers, ids, barycentric, depth)
    return Fragments(ids, barycentric, depth, positions, corners)


def fill(
    positions: torch.Tensor,
    faces: torch.Tensor,
    cull_backs: bool,
    threads: int,
    ids: torch.Tensor,
    barycentric: torch.Tensor,
    depth: torch.Tensor,
) -> None:
    """Fill ids, barycentrics and depths of `Fragments` on the CPU."""
    clips = positions.detach().numpy()
    meshes = faces.expand(len(clips), -1, 3).numpy()
    all_ids, all_weights, all_depths = ids.numpy(), barycentric.numpy(), depth.numpy()
    height, width = ids.shape[1:]
    cull = np.full(meshes.shape[1], cull_backs)
    alone = len(clips) < threads
    kept = threading.local()

    def one_image(index: int) -> None:
        clip = np.array(clips[index], np.float64, order="C")
        corners = np.ascontiguousarray(meshes[index])
        screen, z, outside = placed(clip, height, width)
        # Fresh memory costs as much as drawing into it, so each thread keeps its depths for all its images.
        if not hasattr(kept, "depths"):
            kept.depths = np.empty((height, width))
        depths = kept.depths
        pieces = strips(height, threads if alone else 1)

        def one_strip(piece: int) -> None:
            top, bottom = pieces[piece]
            draw(clip, screen, z, outside, corners, cull, cutting_room(), top, bottom, all_ids[index], depths)
            locate(clip, corners, all_ids[index], np.empty((3, 3)), top, bottom, all_weights[index])

        spread(one_strip, len(pieces), threads if alone else 1)
        all_depths[index] = depths

    spread(one_image, len(clips), 1 if alone else threads)


def placed(
    clip: npt.NDArray[np.float64], height: int, width: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return the [V, 2] grid positions, [V] depths and [V] cut flags of [V, 4] clip positions (see `place`)."""
    count = len(clip)
    screen = np.empty((count, 2), np.int64)
    depth = np.empty(count)
    outside = np.empty(count, np.bool_)
    place(clip, height, width, screen, depth, outside)
    return screen, depth, outside


def cutting_room() -> npt.NDArray[np.float64]:
    """Return the scratch array that `draw` cuts triangles in."""
    return np.empty((2, 9, 4))
