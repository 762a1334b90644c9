"""Displacements stored sparsely: which vertices a shape moves, and 16-bit values with one scale a shape."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

SMALLEST = 5e-6
"""Metres; displacements under it are not stored."""


def pack(name: str, displacements: NDArray[np.floating]) -> dict[str, NDArray[Any]]:
    """Arrays that hold displacements [K, V, 3] in metres; what is read back is off by at most 1/65534 of the largest.

    Args:
        name: what the arrays' names begin with.
        displacements: [K, V, 3].
    """
    kind = np.uint16 if displacements.shape[1] <= 2**16 else np.uint32
    indices, values = [np.zeros(0, kind)], [np.zeros((0, 3), np.int16)]
    counts, scales = [], []
    for displacement in displacements:
        largest = np.abs(displacement).max(-1)
        moved = np.nonzero(largest > SMALLEST)[0]
        scale = max(float(largest.max(initial=0.0)), SMALLEST) / 32767
        indices.append(moved.astype(kind))
        values.append(np.round(displacement[moved] / scale).astype(np.int16))
        counts.append(len(moved))
        scales.append(scale)
    return {
        f"{name}.index": np.concatenate(indices),
        f"{name}.value": np.concatenate(values),
        f"{name}.count": np.array(counts, np.int32),
        f"{name}.scale": np.array(scales, np.float32),
    }


def unpack(name: str, tensors: Mapping[str, NDArray[Any]], vertices: int) -> NDArray[np.float32]:
    """Displacements [K, V, 3] that `pack` stored.

    Raises:
        ValueError: the arrays do not belong together.
    """
    index, value, count, scale = (tensors[f"{name}.{field}"] for field in ("index", "value", "count", "scale"))
    index, count = index.astype(np.int64), count.astype(np.int64)
    fits = (
        count.ndim == index.ndim == 1
        and count.shape == scale.shape
        and value.shape == (len(index), 3)
        and count.sum() == len(index)
        and (count >= 0).all()
        and (index < vertices).all()
    )
    if not fits:
        raise ValueError(f"the displacements {name!r} do not belong to {vertices} vertices; the file is damaged")
    which = np.repeat(np.arange(len(count)), count)
    out = np.zeros((len(count), vertices, 3), np.float32)
    out[which, index] = value * scale[which, None]
    return out
