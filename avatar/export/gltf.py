"""GLB: a head with named morph targets, joints for neck and eyes, and the animation.

The file moves as the rig does: morph targets hold the shapes' displacements, a joint blends the head's turn down the
neck, and the eyeballs hang on joints at their centres, turned by the eyes' own angles and by the eyeLook shapes.
What the built-in head does beyond adding shapes up is not in the file: lids follow the eyeLook shapes but not the
eyes' own angles; shapes of the eye add up where the rig makes lids just meet and slide over the ball (about a
millimetre in a blink with other shapes, else a few tenths); the tongue is not held back behind closed lips. Of an
imported head only that lids follow the eyes' own angles is not in it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

import avatar
from avatar.animation import Animation
from avatar.export.glb import GlbPacker
from avatar.export.head import identity_vector, worn
from avatar.export.options import ExportOptions
from avatar.export.skeleton import Joint, Jointed, joint_shares, joint_turns, jointed, quaternions, skeleton
from avatar.files import replacing
from avatar.renderers import material_for, vertex_normals

Array = NDArray[Any]

_VERTICES, _INDICES = 34962, 34963
_SMALLEST_STEP = 1e-6
"""Metres; displacements under it are not written."""
_SMALLEST_TILT = 2e-3
"""Changes of normals under it are not written."""


@dataclass(frozen=True)
class _Surface:
    """The head's vertices with what hangs on each [V, ...]."""

    positions: Array
    normals: Array
    colours: Array
    joints: Array  # [V, 4]
    shares: Array  # [V, 4], of the joints
    steps: Array  # [S, V, 3]
    tilts: Array  # [S, V, 3]


def write(animation: Animation, path: str, options: ExportOptions) -> None:
    """Write the head, wearing the identity asked for, and the animation."""
    head = jointed(options.chosen_rig, f"write {path}")
    animation = worn(animation, options.chosen_rig, f"write {path}")
    identity = identity_vector(options.chosen_rig, options.identity)
    joints = skeleton(head, identity)
    surface = _surface(head, identity)
    packer = GlbPacker()
    document = {
        "asset": {"version": "2.0", "generator": f"avatar {avatar.__version__}"},
        "scene": 0,
        "scenes": [{"name": "Avatar", "nodes": [_FACE_NODE, _FIRST_JOINT_NODE]}],
        "nodes": _nodes(joints),
        "skins": [_skin(packer, joints)],
        "materials": [_material(part) for part in head.parts],
        "meshes": [
            {
                "name": "Face",
                "primitives": [
                    _primitive(packer, head, surface, part)
                    for part in range(len(head.parts))
                    if (head.face_parts == part).any()
                ],
                "weights": [0.0] * len(head.morph_names),
                "extras": {"targetNames": list(head.morph_names)},
            }
        ],
        "animations": [_animation(packer, animation, head)],
    }
    with replacing(path) as temporary:
        packer.write(Path(temporary), document)


_FACE_NODE, _FIRST_JOINT_NODE = 0, 1


def _nodes(joints: list[Joint]) -> list[dict[str, Any]]:
    """The face, which its skin moves and not a parent, and the joints."""
    nodes: list[dict[str, Any]] = [{"name": "Face", "mesh": 0, "skin": 0}]
    for index, joint in enumerate(joints):
        start = np.zeros(3) if joint.parent is None else joints[joint.parent].place
        node: dict[str, Any] = {"name": joint.name, "translation": (joint.place - start).tolist()}
        children = [_FIRST_JOINT_NODE + i for i, other in enumerate(joints) if other.parent == index]
        nodes.append(node | ({"children": children} if children else {}))
    return nodes


def _skin(packer: GlbPacker, joints: list[Joint]) -> dict[str, Any]:
    inverse = np.tile(np.eye(4, dtype=np.float32), (len(joints), 1, 1))
    for matrix, joint in zip(inverse, joints, strict=True):
        matrix[3, :3] = -joint.place  # glTF keeps columns in rows
    return {
        "name": "Skeleton",
        "joints": [_FIRST_JOINT_NODE + i for i in range(len(joints))],
        "skeleton": _FIRST_JOINT_NODE,
        "inverseBindMatrices": packer.dense(inverse),
    }


def _material(part: str) -> dict[str, Any]:
    look = material_for(part)
    # The renderer's width of a highlight is the square of glTF's roughness.
    surface = {"metallicFactor": 0.0, "roughnessFactor": round(float(np.sqrt(look.roughness)), 3)}
    return {"name": part, "doubleSided": look.double_sided, "pbrMetallicRoughness": surface}


def _surface(head: Jointed, identity: Tensor) -> _Surface:
    with torch.inference_mode():
        positions = head.neutral(identity)[0].numpy()
        steps: Array = head.morph_targets(identity).numpy()
    faces = head.faces.numpy()
    normals = _unit(vertex_normals(positions, faces))
    tilts = np.stack([_unit(vertex_normals(positions + step, faces)) - normals for step in steps])
    shares = joint_shares(head)
    joints = np.where(shares > 0, np.arange(4), 0).astype(np.uint8)  # glTF wants unused joints to be 0
    return _Surface(positions, normals, head.vertex_colours.numpy(), joints, shares, steps, tilts)


def _unit(normals: Array) -> NDArray[np.float32]:
    """Normals of length 1, upwards where a vertex has none."""
    lengths = np.linalg.norm(normals, axis=-1, keepdims=True)
    return np.where(lengths > 0.5, normals / np.maximum(lengths, 1e-12), (0.0, 1.0, 0.0)).astype(np.float32)


def _primitive(packer: GlbPacker, head: Jointed, surface: _Surface, part: int) -> dict[str, Any]:
    """One part of the head; vertices on a seam of the texture are doubled."""
    mine = (head.face_parts == part).numpy()
    corners = head.faces.numpy()[mine, :, None]
    corner_uv = getattr(head, "corner_uv", None)
    if corner_uv is not None:
        corners = np.concatenate([corners, corner_uv.numpy()[mine]], axis=-1)
    distinct, triangles = np.unique(corners.reshape(-1, corners.shape[-1]), axis=0, return_inverse=True)
    source = distinct[:, 0].astype(np.int64)
    opaque = np.concatenate([surface.colours[source], np.ones((len(source), 1))], axis=1)
    attributes = {
        "POSITION": packer.dense(surface.positions[source].astype(np.float32), limits=True, target=_VERTICES),
        "NORMAL": packer.dense(surface.normals[source], target=_VERTICES),
        "COLOR_0": packer.dense(_shares16(opaque), normalized=True, target=_VERTICES),
        "JOINTS_0": packer.dense(surface.joints[source], target=_VERTICES),
        "WEIGHTS_0": packer.dense(_whole_shares(surface.shares[source]), normalized=True, target=_VERTICES),
    }
    if corner_uv is not None:
        uv = distinct[:, 1:].astype(np.float32)
        uv[:, 1] = 1 - uv[:, 1]  # glTF's textures start at the top
        attributes["TEXCOORD_0"] = packer.dense(uv, target=_VERTICES)
    targets = [
        {
            "POSITION": _sparse(packer, step[source], _SMALLEST_STEP),
            "NORMAL": _sparse(packer, tilt[source], _SMALLEST_TILT),
        }
        for step, tilt in zip(surface.steps, surface.tilts, strict=True)
    ]
    kind = np.uint16 if len(source) < 2**16 else np.uint32
    indices = packer.dense(triangles.reshape(-1).astype(kind), target=_INDICES)
    return {"attributes": attributes, "indices": indices, "material": part, "targets": targets}


def _sparse(packer: GlbPacker, values: Array, smallest: float) -> int:
    index = np.flatnonzero(np.linalg.norm(values, axis=-1) >= smallest)
    return packer.sparse(index, values[index].astype(np.float32), len(values))


def _shares16(values: Array) -> NDArray[np.uint16]:
    """0..1 as 16-bit integers."""
    return np.round(np.clip(values, 0, 1) * 65535).astype(np.uint16)


def _whole_shares(shares: Array) -> NDArray[np.uint16]:
    """Shares [V, 4] of joints as 16-bit integers that add up to the whole exactly."""
    whole = _shares16(shares)
    most = shares.argmax(1)
    whole[np.arange(len(whole)), most] += (65535 - whole.sum(1, dtype=np.int64)).astype(np.uint16)
    return whole


def _animation(packer: GlbPacker, animation: Animation, head: Jointed) -> dict[str, Any]:
    times = packer.dense(animation.times.astype(np.float32), limits=True)
    shapes = packer.dense(animation.weights[:, animation.space.indices(head.morph_names)].reshape(-1))
    outputs = [("weights", _FACE_NODE, shapes)]
    for joint, angles in joint_turns(animation, head).items():
        outputs.append(("rotation", _FIRST_JOINT_NODE + joint, packer.dense(quaternions(angles))))
    return {
        "name": "Speech",
        "samplers": [{"input": times, "output": output, "interpolation": "LINEAR"} for _, _, output in outputs],
        "channels": [
            {"sampler": i, "target": {"node": node, "path": path}} for i, (path, node, _) in enumerate(outputs)
        ],
    }
