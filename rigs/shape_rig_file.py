"""The file of a head of blend shapes: one safetensors with a JSON header."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from avatar.controls import Control, ControlSpace
from avatar.files import replacing
from avatar.rigs.displacements import pack, unpack
from avatar.rigs.rig_data import Eyeballs, HeadTurn, RigData

_KEY = "shape_rig"
_VERSION = 1


def write(data: RigData, path: str | Path) -> None:
    """Write a rig; shapes keep 16 bits, everything else is exact."""
    assert data.face_parts is not None
    assert data.vertex_colours is not None
    assert data.identities is not None
    tensors: dict[str, NDArray[Any]] = {
        "rest": data.rest,
        "faces": data.faces.astype(np.uint32),
        "face_parts": data.face_parts.astype(np.uint16),
        "vertex_colours": data.vertex_colours,
        "landmarks": data.landmarks.astype(np.uint32),
        **pack("shapes", data.shapes),
        **pack("identities", data.identities),
        **{f"region.{name}": rows.astype(np.uint32) for name, rows in data.regions.items()},
    }
    if data.head_turn is not None:
        tensors |= {"head_turn.pivot": data.head_turn.pivot, "head_turn.share": data.head_turn.share}
    if data.eyeballs is not None:
        left, right = data.eyeballs.vertices
        tensors |= {
            "eyeballs.left": left.astype(np.uint32),
            "eyeballs.right": right.astype(np.uint32),
            "eyeballs.centres": data.eyeballs.centres,
            "eyeballs.angles": data.eyeballs.angles,
        }
    header = {
        "version": _VERSION,
        "space": _space_to_json(data.space),
        "identity_space": _space_to_json(data.identity_space),
        "parts": data.parts,
        "inner_lip": data.inner_lip,
        "mouth_corners": data.mouth_corners,
        "notes": dict(data.notes),
    }
    arrays = {name: np.ascontiguousarray(tensors[name]) for name in sorted(tensors)}
    with replacing(path) as temporary:
        save_file(arrays, temporary, metadata={_KEY: json.dumps(header, sort_keys=True)})


def read(path: str | Path) -> RigData:
    """Read a rig.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file isn't such a rig, or is damaged.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"no rig at {path}; make one with: avatar rig import FILE -o {path}")
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in sorted(file.keys())}
    except SafetensorError as error:
        raise ValueError(f"{path} must be a rig in a .safetensors file, got something else ({error})") from None
    if _KEY not in metadata:
        raise ValueError(f"{path} must be a rig of shapes, got a .safetensors file of something else")
    try:
        return _from_tensors(json.loads(metadata[_KEY]), tensors)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is not a whole rig ({type(error).__name__}: {error}); import it again") from None
    except ValueError as error:
        raise ValueError(f"{path} is not a whole rig: {error}; import it again") from None


def _from_tensors(header: dict[str, Any], tensors: dict[str, NDArray[Any]]) -> RigData:
    if header["version"] != _VERSION:
        raise ValueError(f"it is of version {header['version']}, this avatar reads {_VERSION}")
    count = len(tensors["rest"])
    head_turn = eyeballs = None
    if "head_turn.share" in tensors:
        head_turn = HeadTurn(_floats(tensors["head_turn.pivot"]), _floats(tensors["head_turn.share"]))
    if "eyeballs.left" in tensors:
        eyeballs = Eyeballs(
            (_integers(tensors["eyeballs.left"]), _integers(tensors["eyeballs.right"])),
            _floats(tensors["eyeballs.centres"]),
            _floats(tensors["eyeballs.angles"]),
        )
    upper, lower = header["inner_lip"]
    left, right = header["mouth_corners"]
    return RigData(
        space=_space_from_json(header["space"]),
        rest=_floats(tensors["rest"]),
        shapes=unpack("shapes", tensors, count),
        faces=_integers(tensors["faces"]),
        inner_lip=(int(upper), int(lower)),
        mouth_corners=(int(left), int(right)),
        parts=tuple(header["parts"]),
        face_parts=_integers(tensors["face_parts"]),
        vertex_colours=_floats(tensors["vertex_colours"]),
        regions={
            name.removeprefix("region."): _integers(rows)
            for name, rows in tensors.items()
            if name.startswith("region.")
        },
        landmarks=_integers(tensors["landmarks"]),
        identity_space=_space_from_json(header["identity_space"]),
        identities=unpack("identities", tensors, count),
        head_turn=head_turn,
        eyeballs=eyeballs,
        notes=header["notes"],
    )


def _space_to_json(space: ControlSpace) -> dict[str, Any]:
    return {"name": space.name, "controls": [asdict(control) for control in space.controls]}


def _space_from_json(value: dict[str, Any]) -> ControlSpace:
    return ControlSpace(value["name"], tuple(Control(**control) for control in value["controls"]))


def _floats(array: NDArray[Any]) -> NDArray[np.float32]:
    return array.astype(np.float32)


def _integers(array: NDArray[Any]) -> NDArray[np.int64]:
    return array.astype(np.int64)
