"""A head from glTF: all meshes of the scene, with morph targets by name, and what the skeleton says about turning."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.rigs.importing.gltf_file import GltfFile
from avatar.rigs.importing.source import Floats, Integers, Joints, Source
from avatar.rigs.importing.weld import weld

_TRIANGLES, _STRIP, _FAN = 4, 5, 6


@dataclass(frozen=True, eq=False)
class _Piece:
    """One primitive, in the scene's space."""

    part: str
    positions: Floats
    triangles: Integers
    steps: dict[str, Floats]
    colours: Floats
    joint_share: dict[int, Floats]  # by node


def read_gltf(path: Path) -> Source:
    """Read .glb or .gltf.

    Raises:
        ValueError: the file is damaged, has no morph targets, or targets without names.
    """
    file = GltfFile.read(path)
    matrices = _matrices(file)
    pieces = [piece for node in matrices for piece in _pieces(file, node, matrices)]
    if not any(piece.steps for piece in pieces):
        raise ValueError(f"{path} has no morph targets; export the head with its shape keys (blend shapes)")
    starts = np.cumsum([0, *(len(piece.positions) for piece in pieces)])
    parts = tuple(dict.fromkeys(piece.part for piece in pieces))
    names = dict.fromkeys(name for piece in pieces for name in piece.steps)
    shapes = {
        name: np.concatenate([piece.steps.get(name, np.zeros_like(piece.positions)) for piece in pieces])
        for name in names
    }
    return weld(
        Source(
            np.concatenate([piece.positions for piece in pieces]),
            np.concatenate([piece.triangles + start for piece, start in zip(pieces, starts, strict=False)]),
            shapes,
            parts=parts,
            face_parts=np.repeat(
                [parts.index(piece.part) for piece in pieces], [len(piece.triangles) for piece in pieces]
            ).astype(np.int64),
            colours=np.concatenate([piece.colours for piece in pieces]),
            joints=_joints(file, pieces, matrices),
        )
    )


def _matrices(file: GltfFile) -> dict[int, NDArray[np.float64]]:
    """Where the nodes of the scene are: [4, 4] matrices for column vectors, by node."""
    nodes = file.document.get("nodes", [])
    below = {child for node in nodes for child in node.get("children", [])}
    roots = [index for index in range(len(nodes)) if index not in below]
    if "scenes" in file.document:
        roots = file.item("scenes", file.document.get("scene", 0)).get("nodes", [])
    found: dict[int, NDArray[np.float64]] = {}
    waiting = [(root, np.eye(4)) for root in roots]
    while waiting:
        index, parent = waiting.pop(0)
        node = file.item("nodes", index)
        if index in found:
            raise ValueError(f"{file.path} is damaged: node {index} has two parents")
        found[index] = parent @ _local(file, node)
        waiting += [(child, found[index]) for child in node.get("children", [])]
    return found


def _local(file: GltfFile, node: dict[str, Any]) -> NDArray[np.float64]:
    try:
        if "matrix" in node:
            return np.array(node["matrix"], np.float64).reshape(4, 4).T
        x, y, z, w = np.array(node.get("rotation", (0, 0, 0, 1)), np.float64)
        scale = np.array(node.get("scale", (1, 1, 1)), np.float64).reshape(3)
        out = np.eye(4)
        out[:3, 3] = node.get("translation", (0, 0, 0))
    except (TypeError, ValueError):
        raise ValueError(f"{file.path}: node {node.get('name', '')!r} has a transform that makes no sense") from None
    rotation = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    out[:3, :3] = rotation * scale
    return out


def _pieces(file: GltfFile, index: int, matrices: dict[int, NDArray[np.float64]]) -> Iterator[_Piece]:
    node = file.item("nodes", index)
    if "mesh" not in node:
        return
    mesh = file.item("meshes", node["mesh"])
    title = str(node.get("name") or mesh.get("name") or f"mesh {node['mesh']}")
    names = _target_names(file, mesh, title)
    skin = file.item("skins", node["skin"]) if "skin" in node else None
    for primitive in mesh.get("primitives", []):
        attributes = primitive.get("attributes", {})
        if primitive.get("mode", _TRIANGLES) not in (_TRIANGLES, _STRIP, _FAN) or "POSITION" not in attributes:
            continue
        targets = primitive.get("targets", [])
        if len(targets) != len(names):
            raise ValueError(f"{file.path}: {title!r} has {len(targets)} morph targets but {len(names)} names for them")
        positions = _vectors(file, attributes["POSITION"]).astype(np.float64)
        count = len(positions)
        steps = {
            name: _vectors(file, target["POSITION"], count).astype(np.float64)
            for name, target in zip(names, targets, strict=True)
            if "POSITION" in target
        }
        # A skinned mesh stands where its joints are, any other where its node is.
        if skin is not None and "JOINTS_0" in attributes:
            share = _shares(file, skin, attributes, count)
            place = _skinned(file, skin, share, matrices)
        else:
            share = {index: np.ones(count)}
            place = np.broadcast_to(matrices[index], (count, 4, 4))
        turn = place[:, :3, :3]
        material = file.item("materials", primitive["material"]) if "material" in primitive else {}
        yield _Piece(
            part=str(material.get("name") or title),
            positions=np.einsum("vij,vj->vi", turn, positions) + place[:, :3, 3],
            triangles=_triangles(file, primitive, count),
            steps={name: np.einsum("vij,vj->vi", turn, step) for name, step in steps.items()},
            colours=_colours(file, attributes, material, count),
            joint_share=share,
        )


def _target_names(file: GltfFile, mesh: dict[str, Any], title: str) -> list[str]:
    primitives = mesh.get("primitives", [])
    count = max((len(primitive.get("targets", [])) for primitive in primitives), default=0)
    extras = mesh.get("extras")
    names = extras.get("targetNames") if isinstance(extras, dict) else None
    if names is None and primitives and isinstance(primitives[0].get("extras"), dict):
        names = primitives[0]["extras"].get("targetNames")  # where some older exporters put them
    if count and not names:
        raise ValueError(
            f"{file.path}: the {count} morph targets of {title!r} have no names (mesh.extras.targetNames); "
            "export them with names"
        )
    names = [str(name) for name in names or []]
    if len(names) != count:
        raise ValueError(f"{file.path}: {title!r} has {count} morph targets but {len(names)} names for them")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{file.path}: morph targets of {title!r} have the same name: {', '.join(twice)}; rename them")
    return names


def _vectors(file: GltfFile, accessor: Any, rows: int | None = None) -> NDArray[Any]:
    values = file.accessor(accessor, rows=rows)
    if values.ndim != 2 or values.shape[1] != 3:
        raise ValueError(f"{file.path}: accessor {accessor} must be VEC3 positions, got {list(values.shape[1:])}")
    return values


def _triangles(file: GltfFile, primitive: dict[str, Any], count: int) -> Integers:
    index = file.accessor(primitive["indices"]) if "indices" in primitive else np.arange(count)
    index = index.astype(np.int64)
    if len(index) and index.max() >= count:
        raise ValueError(f"{file.path}: triangles index vertex {index.max()} of {count}; the file is damaged")
    mode = primitive.get("mode", _TRIANGLES)
    if mode == _TRIANGLES:
        if len(index) % 3:
            raise ValueError(f"{file.path}: triangles must come in threes, got {len(index)} indices")
        return np.asarray(index.reshape(-1, 3))
    if mode == _FAN:
        return np.stack([np.full(len(index) - 2, index[0]), index[1:-1], index[2:]], 1)
    strip = np.stack([index[:-2], index[1:-1], index[2:]], 1)
    strip[1::2] = strip[1::2, [1, 0, 2]]
    return strip


def _colours(file: GltfFile, attributes: dict[str, Any], material: dict[str, Any], count: int) -> Floats:
    """Linear RGB [V, 3] that vertices and material give; NaN where a picture has it, which is not read."""
    surface = material.get("pbrMetallicRoughness", {})
    own = file.accessor(attributes["COLOR_0"], rows=count)[:, :3] if "COLOR_0" in attributes else None
    if "baseColorTexture" in surface or (own is None and "baseColorFactor" not in surface):
        return np.full((count, 3), np.nan)
    factor = np.array(surface.get("baseColorFactor", (1, 1, 1, 1))[:3], np.float64)
    return np.clip(np.ones((count, 3)) * factor if own is None else own * factor, 0, 1)


def _shares(file: GltfFile, skin: dict[str, Any], attributes: dict[str, Any], count: int) -> dict[int, Floats]:
    """How much of each vertex [V] hangs on each joint, by node."""
    joints, shares = file.accessor(attributes["JOINTS_0"], rows=count), None
    if "WEIGHTS_0" not in attributes or joints.ndim != 2:
        raise ValueError(f"{file.path}: a skinned mesh has joints but no weights; export it again")
    shares = file.accessor(attributes["WEIGHTS_0"], rows=count).astype(np.float64)
    total = shares.sum(1, keepdims=True)
    shares = np.where(total > 0, shares / np.maximum(total, 1e-9), np.eye(shares.shape[1])[0])
    nodes = skin.get("joints", [])
    if joints.shape != shares.shape or (count and joints.max() >= len(nodes)):
        raise ValueError(f"{file.path}: vertices hang on joint {joints.max()} of {len(nodes)}; the file is damaged")
    return {
        node: np.where(joints == place, shares, 0).sum(1)
        for place, node in enumerate(nodes)
        if (joints[shares > 0] == place).any()
    }


def _skinned(
    file: GltfFile, skin: dict[str, Any], share: dict[int, Floats], matrices: dict[int, NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Matrix [V, 4, 4] of each vertex of a skinned mesh in the pose that the file shows."""
    nodes = skin["joints"]
    unbind = np.tile(np.eye(4), (len(nodes), 1, 1))
    if "inverseBindMatrices" in skin:
        unbind = file.accessor(skin["inverseBindMatrices"], rows=len(nodes)).astype(np.float64).transpose(0, 2, 1)
    missing = [node for node in share if node not in matrices]
    if missing:
        raise ValueError(f"{file.path} is damaged: joint {missing[0]} is not in the scene")
    out = np.zeros((len(next(iter(share.values()))), 4, 4))
    for node, part in share.items():
        out += part[:, None, None] * (matrices[node] @ unbind[nodes.index(node)])
    return out


def _joints(file: GltfFile, pieces: list[_Piece], matrices: dict[int, NDArray[np.float64]]) -> Joints | None:
    """What joints called head and eyes say."""
    words = {node: _words(file.item("nodes", node).get("name", "")) for node in matrices}
    heads = [node for node, name in words.items() if name[-1:] == ["head"] and "mesh" not in file.item("nodes", node)]
    if not heads:
        return None

    def share_of(top: int) -> Floats:
        mine, waiting = set(), [top]
        while waiting:
            mine.add(waiting.pop())
            waiting = [
                child for node in mine for child in file.item("nodes", node).get("children", []) if child not in mine
            ]
        return np.concatenate(
            [
                sum((part for node, part in piece.joint_share.items() if node in mine), np.zeros(len(piece.positions)))
                for piece in pieces
            ]
        )

    eyes = []
    for side in ("left", "right"):
        found = [
            node
            for node, name in words.items()
            if set(name) == {side, "eye"} and "mesh" not in file.item("nodes", node)
        ]
        balls = [(np.flatnonzero(share_of(node) > 0.9), matrices[node][:3, 3]) for node in found]
        eyes += [ball for ball in balls if len(ball[0]) > 8][:1]
    return Joints(share_of(heads[0]), matrices[heads[0]][:3, 3], (eyes[0], eyes[1]) if len(eyes) == 2 else None)


def _words(name: str) -> list[str]:
    """Words of a joint's name without what rigs put in front: "mixamorig:LeftEye" gives left, eye."""
    bare = re.sub(r"^(mixamorig\d*|J_Bip_[A-Z]_|Bip\d+|DEF|CC_Base)[:_\- ]*", "", name)
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", bare)]
    return [{"l": "left", "r": "right"}.get(word, word) for word in words]
