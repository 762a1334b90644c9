"""Writes the baked head: sparse int16 displacements in one safetensors file."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from avatar.files import replacing
from avatar.rigs.bake.source import Floats

SMALLEST = 5e-6
"""Displacements under 5 micrometres are dropped."""


def sparse_displacements(name: str, displacements: Floats) -> dict[str, np.ndarray]:
    """Tensors that hold displacements [K, V, 3]: which vertices move, and int16 values with a scale for each k."""
    indices, values, counts, scales = [], [], [], []
    for displacement in displacements:
        moved = np.nonzero(np.abs(displacement).max(-1) > SMALLEST)[0]
        scale = max(float(np.abs(displacement).max()), SMALLEST) / 32767
        indices.append(moved.astype(np.uint16))
        values.append(np.round(displacement[moved] / scale).astype(np.int16))
        counts.append(len(moved))
        scales.append(scale)
    return {
        f"{name}.index": np.concatenate(indices),
        f"{name}.value": np.concatenate(values),
        f"{name}.count": np.array(counts, np.int32),
        f"{name}.scale": np.array(scales, np.float32),
    }


def write(path: str | Path, tensors: Mapping[str, np.ndarray], header: Mapping[str, object]) -> None:
    """Write the file. Equal input gives equal bytes.

    Args:
        path: the file.
        tensors: arrays by name.
        header: JSON-able facts: names, ranges, where the data is from.
    """
    arrays = {name: np.ascontiguousarray(tensors[name]) for name in sorted(tensors)}
    with replacing(path) as temporary:
        save_file(arrays, temporary, metadata={"head": json.dumps(header, sort_keys=True)})
