"""Read what callers hand over: numpy arrays or torch tensors in, checked numpy arrays out."""

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating[Any]]
IntArray = npt.NDArray[np.int64]

LARGEST_SIDE = 16384


def to_numpy(values: Any) -> npt.NDArray[Any]:
    """Return `values` as a numpy array; a torch tensor is detached and brought to the CPU."""
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    return np.asarray(values)


def floats(name: str, values: Any, shape: tuple[int | str, ...]) -> FloatArray:
    """Return `values` as a finite, contiguous float32 or float64 array of `shape` (strings stand for any length).

    Raises:
        TypeError: if the values are not real numbers.
        ValueError: if the shape differs or a value is not finite.
    """
    array = to_numpy(values)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name} must hold real numbers, got {array.dtype}; convert them to float32")
    _check_shape(name, array, shape)
    if array.dtype != np.float64:
        array = array.astype(np.float32, copy=False)
    if not np.isfinite(array).all():
        bad = np.argwhere(~np.isfinite(array))[0]
        raise ValueError(
            f"{name} must be finite, got {array[tuple(bad)]} at {[int(i) for i in bad]}; "
            "check the weights and the identity that made it"
        )
    return np.ascontiguousarray(array)


def triangles(faces: Any, vertex_count: int) -> IntArray:
    """Return `faces` as a new contiguous [F, 3] int64 array of indices below `vertex_count`.

    Raises:
        TypeError: if the indices are not integers.
        ValueError: if the shape differs or an index has no vertex.
    """
    array = to_numpy(faces)
    if array.size == 0:
        return np.zeros((0, 3), np.int64)
    if array.dtype.kind not in "iu":
        raise TypeError(f"faces must be integer vertex indices, got {array.dtype}; convert them to int64")
    _check_shape("faces", array, ("F", 3))
    if array.min() < 0 or array.max() >= vertex_count:
        raise ValueError(
            f"faces must index the {vertex_count} vertices (0 to {vertex_count - 1}), "
            f"got {array.min()} to {array.max()}; pass the faces of the same mesh, counted from 0"
        )
    # Always a fresh array: kernels would be compiled once more for read-only ones.
    return np.array(array, np.int64, order="C")


def image_size(size: tuple[int, int]) -> tuple[int, int]:
    """Return `size` as (height, width).

    Raises:
        ValueError: unless both are whole numbers from 1 to 16384.
    """
    try:
        height, width = (int(side) for side in size)
        whole = (height, width) == tuple(size)
    except (TypeError, ValueError):
        whole, height, width = False, 0, 0
    if not whole or not (1 <= height <= LARGEST_SIDE and 1 <= width <= LARGEST_SIDE):
        raise ValueError(
            f"size must be (height, width) in whole pixels from 1 to {LARGEST_SIDE}, got {size!r}; render larger "
            "pictures in pieces"
        )
    return height, width


def _check_shape(name: str, array: npt.NDArray[Any], shape: tuple[int | str, ...]) -> None:
    fits = array.ndim == len(shape) and all(
        isinstance(want, str) or want == got for want, got in zip(shape, array.shape, strict=True)
    )
    if not fits:
        wanted = ", ".join(str(side) for side in shape)
        cure = "add the batch axis with values[None]" if array.ndim == len(shape) - 1 else "check the axes' order"
        raise ValueError(f"{name} must be [{wanted}], got {list(array.shape)}; {cure}")
