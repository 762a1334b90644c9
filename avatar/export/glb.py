"""Packs arrays and a glTF 2.0 document into one .glb file."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_COMPONENTS = {"uint8": 5121, "uint16": 5123, "uint32": 5125, "float32": 5126}
_KINDS = {(): "SCALAR", (2,): "VEC2", (3,): "VEC3", (4,): "VEC4", (4, 4): "MAT4"}


class GlbPacker:
    """Collects accessors; `write` puts them into a file beside the rest of the document."""

    def __init__(self) -> None:
        self._binary = bytearray()
        self._views: list[dict[str, int]] = []
        self._accessors: list[dict[str, Any]] = []
        self._zeros: dict[int, int] = {}

    def dense(
        self, values: NDArray[Any], *, limits: bool = False, normalized: bool = False, target: int | None = None
    ) -> int:
        """Store an array [N, ...] and return its accessor.

        Args:
            values: float32 or unsigned integers of up to 32 bits.
            limits: whether to write the smallest and largest values, which positions and times need.
            normalized: whether integers stand for 0..1.
            target: what the values are bound to, where that must be said (34962 vertices, 34963 indices).
        """
        accessor = _describe(values, limits)
        accessor["bufferView"] = self._view(values, target)
        if normalized:
            accessor["normalized"] = True
        return self._add(accessor)

    def sparse(self, index: NDArray[Any], values: NDArray[np.float32], count: int) -> int:
        """Store [count, 3] float32 that is zero except at `index` [K], and return its accessor.

        Args:
            index: rows that are not zero, ascending.
            values: those rows [K, 3].
            count: number of rows.
        """
        if len(index) == 0:
            if count not in self._zeros:
                accessor = _describe(np.zeros((1, 3), np.float32), limits=True) | {"count": count}
                self._zeros[count] = self._add(accessor)
            return self._zeros[count]
        with_zero = values if len(index) == count else np.concatenate([values, np.zeros((1, 3), np.float32)])
        accessor = _describe(with_zero, limits=True) | {"count": count}
        kind = np.uint16 if count <= 2**16 else np.uint32
        accessor["sparse"] = {
            "count": len(index),
            "indices": {
                "bufferView": self._view(index.astype(kind), None),
                "componentType": _COMPONENTS[np.dtype(kind).name],
            },
            "values": {"bufferView": self._view(values, None)},
        }
        return self._add(accessor)

    def write(self, path: Path, document: dict[str, Any]) -> None:
        """Write the file.

        Args:
            path: the .glb file.
            document: everything but buffers, bufferViews and accessors.
        """
        binary = bytes(self._binary)
        whole = document | {
            "buffers": [{"byteLength": len(binary)}],
            "bufferViews": self._views,
            "accessors": self._accessors,
        }
        text = json.dumps(whole, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        with path.open("wb") as file:
            file.write(struct.pack("<4sII", b"glTF", 2, 12 + 8 + len(text) + 8 + len(binary)))
            file.write(struct.pack("<I4s", len(text), b"JSON") + text)
            file.write(struct.pack("<I4s", len(binary), b"BIN\0") + binary)

    def _add(self, accessor: dict[str, Any]) -> int:
        self._accessors.append(accessor)
        return len(self._accessors) - 1

    def _view(self, values: NDArray[Any], target: int | None) -> int:
        data = np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<")).tobytes()
        view = {"buffer": 0, "byteOffset": len(self._binary), "byteLength": len(data)}
        if target is not None:
            view["target"] = target
        self._binary += data + b"\0" * (-len(data) % 4)
        self._views.append(view)
        return len(self._views) - 1


def _describe(values: NDArray[Any], limits: bool) -> dict[str, Any]:
    accessor: dict[str, Any] = {
        "componentType": _COMPONENTS[values.dtype.name],
        "count": len(values),
        "type": _KINDS[values.shape[1:]],
    }
    if limits:
        accessor["min"], accessor["max"] = (np.atleast_1d(end(values, axis=0)).tolist() for end in (np.min, np.max))
    return accessor
