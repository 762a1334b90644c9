"""Reads glTF 2.0 (.glb, .gltf) of strangers: every count is checked before it is believed."""

import base64
import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_COMPONENTS = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
_COMPRESSED = ("KHR_draco_mesh_compression", "EXT_meshopt_compression")
LARGEST = 20_000_000
"""Rows of one accessor; a damaged or hostile count beyond would fill the memory."""


@dataclass(frozen=True, eq=False)
class GltfFile:
    """A document with its buffers.

    Args:
        path: for errors.
        document: the JSON.
        buffers: the bytes of each buffer.
    """

    path: Path
    document: dict[str, Any]
    buffers: tuple[bytes, ...]

    @classmethod
    def read(cls, path: str | Path) -> "GltfFile":
        """Read a .glb, or a .gltf with the .bin files beside it.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: it is not glTF 2.0, is truncated, compressed, or lacks a buffer.
        """
        path = Path(path)
        content = path.read_bytes()
        text, binary = _chunks(path, content) if content[:4] == b"glTF" else (content, None)
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            raise ValueError(f"{path} is not glTF: its JSON does not parse; export it again") from None
        if not isinstance(document, dict) or not isinstance(document.get("asset"), dict):
            raise ValueError(f"{path} is not glTF: its JSON has no asset; export it again as glTF 2.0")
        for extension in document.get("extensionsRequired", []):
            if extension in _COMPRESSED:
                raise ValueError(f"{path} is compressed ({extension}); export it without compression")
        buffers = tuple(
            _buffer(path, index, buffer, binary) for index, buffer in enumerate(document.get("buffers", []))
        )
        return cls(path, document, buffers)

    def item(self, kind: str, index: Any) -> dict[str, Any]:
        """One entry of a list of the document, such as `item("meshes", 0)`.

        Raises:
            ValueError: there is no such entry.
        """
        items = self.document.get(kind, [])
        if not isinstance(index, int) or not 0 <= index < len(items) or not isinstance(items[index], dict):
            raise ValueError(f"{self.path} is damaged: it refers to {kind}[{index}] of {len(items)}")
        found: dict[str, Any] = items[index]
        return found

    def accessor(self, index: Any, *, rows: int | None = None) -> NDArray[Any]:
        """The values of an accessor: [N] of scalars, [N, 2..4] of vectors, [N, 4, 4] of matrices.

        Whole numbers that stand for 0..1 or -1..1 (normalized) come as float32. Matrices are in glTF's order: columns
        are rows.

        Args:
            index: of the accessor.
            rows: how many there must be.

        Raises:
            ValueError: it is missing, reaches beyond its buffer, or has another count.
        """
        accessor = self.item("accessors", index)
        what = f"{self.path}: accessor {index}"
        count, kind = accessor.get("count"), accessor.get("type")
        component = accessor.get("componentType")
        if kind not in _WIDTHS or component not in _COMPONENTS:
            raise ValueError(f"{what} has the type {kind} of {component}, which this reader does not know")
        if not isinstance(count, int) or not 0 <= count <= LARGEST:
            raise ValueError(f"{what} must have a count within 0..{LARGEST}, got {count}")
        if rows is not None and count != rows:
            raise ValueError(f"{what} must have {rows} rows as the mesh's other attributes, got {count}")
        width, dtype = _WIDTHS[kind], np.dtype(_COMPONENTS[component])
        values = np.zeros((count, width), dtype)
        if "bufferView" in accessor:
            values = self._view(what, accessor["bufferView"], accessor.get("byteOffset", 0), count, width, dtype)
        if "sparse" in accessor:
            values = self._sparse(what, accessor["sparse"], values)
        if accessor.get("normalized") and dtype.kind != "f":
            values = np.maximum(values.astype(np.float32) / np.iinfo(dtype).max, -1)
        if kind == "MAT4":
            return values.reshape(count, 4, 4)
        return values[:, 0] if kind == "SCALAR" else values

    def _sparse(self, what: str, sparse: dict[str, Any], values: NDArray[Any]) -> NDArray[Any]:
        count, indices, entries = sparse.get("count"), sparse.get("indices", {}), sparse.get("values", {})
        if not isinstance(count, int) or not 0 <= count <= len(values):
            raise ValueError(f"{what} has {len(values)} rows, its sparse part must have no more, got {count}")
        component = indices.get("componentType")
        if component not in (5121, 5123, 5125):
            raise ValueError(f"{what} has sparse indices of type {component}; they must be unsigned whole numbers")
        index = self._view(
            what, indices.get("bufferView"), indices.get("byteOffset", 0), count, 1, np.dtype(_COMPONENTS[component])
        )[:, 0].astype(np.int64)
        if count and index.max() >= len(values):
            raise ValueError(f"{what} has {len(values)} rows, its sparse part fills row {index.max()}")
        out = values.copy()
        out[index] = self._view(
            what, entries.get("bufferView"), entries.get("byteOffset", 0), count, values.shape[1], values.dtype
        )
        return out

    def _view(self, what: str, index: Any, offset: Any, count: int, width: int, dtype: np.dtype[Any]) -> NDArray[Any]:
        """`count` rows out of a buffer view."""
        view = self.item("bufferViews", index)
        which = view.get("buffer")
        if not isinstance(which, int) or not 0 <= which < len(self.buffers):
            raise ValueError(f"{what} is in buffer {which}, but the file has {len(self.buffers)}; export it again")
        start, length, size = view.get("byteOffset", 0), view.get("byteLength", 0), width * dtype.itemsize
        stride = view.get("byteStride") or size
        if not all(isinstance(number, int) and number >= 0 for number in (offset, start, length)) or stride < size:
            raise ValueError(f"{what} has offsets or lengths that make no sense; export it again")
        end = offset + stride * max(count - 1, 0) + (size if count else 0)
        if end > length or start + length > len(self.buffers[which]):
            raise ValueError(
                f"{what} needs {end} bytes, but its part of buffer {which} has "
                f"{max(min(length, len(self.buffers[which]) - start), 0)}; the file is truncated, export it again"
            )
        raw = np.frombuffer(self.buffers[which], np.uint8, offset=start + offset, count=end - offset)
        rows = np.lib.stride_tricks.as_strided(raw, (count, size), (stride, 1), writeable=False)
        return np.ascontiguousarray(rows).view(dtype).reshape(count, width)


def _chunks(path: Path, content: bytes) -> tuple[bytes, bytes | None]:
    """JSON and binary chunk of a GLB."""
    if len(content) < 20:
        raise ValueError(f"{path} is truncated: a GLB has at least 20 bytes, got {len(content)}")
    _, version, length = struct.unpack_from("<4sII", content)
    if version != 2:
        raise ValueError(f"{path} must be glTF version 2, got version {version}; export it again as glTF 2.0")
    if length > len(content):
        raise ValueError(f"{path} is truncated: its header says {length} bytes, got {len(content)}")
    found: dict[bytes, bytes] = {}
    place = 12
    while place + 8 <= length:
        size, kind = struct.unpack_from("<I4s", content, place)
        if place + 8 + size > length:
            raise ValueError(f"{path} is truncated: a part of {size} bytes begins {length - place - 8} before its end")
        found.setdefault(kind, content[place + 8 : place + 8 + size])
        place += 8 + size
    if b"JSON" not in found:
        raise ValueError(f"{path} is not a GLB: it has no JSON part")
    return found[b"JSON"], found.get(b"BIN\0")


def _buffer(path: Path, index: int, buffer: dict[str, Any], binary: bytes | None) -> bytes:
    uri = buffer.get("uri")
    if uri is None:
        if index != 0 or binary is None:
            raise ValueError(f"{path}: buffer {index} is missing; export it again as one .glb")
        data = binary
    elif str(uri).startswith("data:"):
        try:
            data = base64.b64decode(uri.partition(",")[2], validate=True)
        except ValueError:
            raise ValueError(f"{path}: buffer {index} is not base64; export it again") from None
    else:
        data = _file_beside(path, index, str(uri))
    if len(data) < int(buffer.get("byteLength", 0)):
        raise ValueError(f"{path}: buffer {index} must have {buffer['byteLength']} bytes, got {len(data)}; truncated?")
    return data


def _file_beside(path: Path, index: int, uri: str) -> bytes:
    """A buffer's file, which must lie in the same folder or below: strangers' files point anywhere."""
    from urllib.parse import unquote

    folder = path.resolve().parent
    place = (folder / unquote(uri)).resolve()
    if "://" in uri or not place.is_relative_to(folder):
        raise ValueError(f"{path}: buffer {index} is at {uri!r}; only files beside it are read: export it as one .glb")
    if not place.is_file():
        raise ValueError(f"{path}: buffer {index} is missing, there is no {uri!r} beside it; copy it there")
    return place.read_bytes()
