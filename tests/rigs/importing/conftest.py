"""Heads written into files of other programs, made of the built-in head."""

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar.controls import ARKIT_SHAPES
from avatar.rigs import BuiltInHead


@dataclass(frozen=True)
class Mesh:
    """A head's skin and eyes with its 52 shapes."""

    vertices: NDArray[np.float32]
    faces: NDArray[np.int64]
    shapes: dict[str, NDArray[np.float32]]

    def moved(self, function: Callable[[NDArray[Any]], NDArray[Any]]) -> "Mesh":
        """The mesh after a linear map."""
        return Mesh(function(self.vertices), self.faces, {name: function(step) for name, step in self.shapes.items()})

    def renamed(self, names: Mapping[str, str]) -> "Mesh":
        """The mesh with other names of shapes; "" leaves one out."""
        new = {names.get(name, name): step for name, step in self.shapes.items()}
        return Mesh(self.vertices, self.faces, {name: step for name, step in new.items() if name})


@pytest.fixture(scope="session")
def mesh() -> Mesh:
    head = BuiltInHead.load()
    parts = [head.parts.index(name) for name in ("skin", "left_eye", "right_eye")]
    faces = head.faces.numpy()[np.isin(head.face_parts.numpy(), parts)]
    used, corners = np.unique(faces, return_inverse=True)
    shapes = head.morph_targets()[:, used].numpy()
    return Mesh(head.rest[used].numpy(), corners.reshape(-1, 3), dict(zip(ARKIT_SHAPES, shapes, strict=True)))


@pytest.fixture
def write_glb(tmp_path: Path) -> Callable[..., Path]:
    """Write a mesh as the plainest GLB there is; `change` may spoil the document or the binary before."""

    def write(mesh: Mesh, name: str = "head.glb", *, change: Callable[[dict[str, Any]], None] | None = None) -> Path:
        arrays = [mesh.vertices, mesh.faces.reshape(-1), *mesh.shapes.values()]
        views, accessors, binary = [], [], b""
        for array in arrays:
            data = array.astype("<u4" if array.dtype.kind == "i" else "<f4").tobytes()
            views.append({"buffer": 0, "byteOffset": len(binary), "byteLength": len(data)})
            kind = (
                {"componentType": 5125, "type": "SCALAR"}
                if array.ndim == 1
                else {"componentType": 5126, "type": "VEC3"}
            )
            accessors.append({"bufferView": len(views) - 1, "count": len(array), **kind})
            binary += data
        targets = [{"POSITION": 2 + place} for place in range(len(mesh.shapes))]
        document = {
            "asset": {"version": "2.0"},
            "scene": 0,
            "scenes": [{"nodes": [0]}],
            "nodes": [{"name": "Head", "mesh": 0}],
            "meshes": [
                {
                    "primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "targets": targets}],
                    "extras": {"targetNames": list(mesh.shapes)},
                }
            ],
            "buffers": [{"byteLength": len(binary)}],
            "bufferViews": views,
            "accessors": accessors,
        }
        if change is not None:
            change(document)
        text = json.dumps(document).encode()
        text += b" " * (-len(text) % 4)
        path = tmp_path / name
        path.write_bytes(
            struct.pack("<4sII", b"glTF", 2, 28 + len(text) + len(binary))
            + struct.pack("<I4s", len(text), b"JSON")
            + text
            + struct.pack("<I4s", len(binary), b"BIN\0")
            + binary
        )
        return path

    return write
