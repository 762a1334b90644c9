"""VRM animation (.vrma): the expressions of VRM 1.0 over time, as every VRM app can play on any VRM avatar.

A glTF file without a mesh, by the extension VRMC_vrm_animation 1.0: a node for each expression, whose x is the weight,
and a node whose rotation is the gaze.
"""

import os
from pathlib import Path
from typing import Any

import numpy as np

import avatar
from avatar.animation import Animation
from avatar.export.conversion import in_space
from avatar.export.glb import GlbPacker
from avatar.export.gltf_tracks import Track, frame_rate_of, sampler_of, yaw_pitch_roll_of
from avatar.export.options import ExportOptions
from avatar.export.skeleton import quaternions
from avatar.files import replacing
from avatar.rigs.gaze import SIDEWAYS, UPDOWN
from avatar.rigs.importing.gltf_file import GltfFile
from avatar.spaces import VRM

_EXTENSION = "VRMC_vrm_animation"
_GAZE = ("lookUp", "lookDown", "lookLeft", "lookRight")
_EXPRESSIONS = tuple(name for name in VRM.names if name not in _GAZE)


def write(animation: Animation, path: str, options: ExportOptions) -> None:
    """Write expressions and gaze."""
    animation = in_space(animation, VRM, f"write {path}")
    packer = GlbPacker()
    times = packer.dense(animation.times.astype(np.float32), limits=True)
    outputs = []
    for name in _EXPRESSIONS:
        places = np.zeros((len(animation), 3), np.float32)
        places[:, 0] = animation[name]
        outputs.append(("translation", packer.dense(places)))
    left, down = animation["lookLeft"] - animation["lookRight"], animation["lookDown"] - animation["lookUp"]
    turns = np.stack([left * SIDEWAYS, down * UPDOWN, np.zeros(len(animation))], axis=1)
    outputs.append(("rotation", packer.dense(quaternions(turns))))
    document = {
        "asset": {"version": "2.0", "generator": f"avatar {avatar.__version__}"},
        "extensionsUsed": [_EXTENSION],
        "extensions": {
            _EXTENSION: {
                "specVersion": "1.0",
                "expressions": {"preset": {name: {"node": node} for node, name in enumerate(_EXPRESSIONS)}},
                "lookAt": {"node": len(_EXPRESSIONS), "offsetFromHeadBone": [0.0, 0.0, 0.0]},
            }
        },
        "scene": 0,
        "scenes": [{"nodes": list(range(len(outputs)))}],
        "nodes": [{"name": name} for name in (*_EXPRESSIONS, "lookAt")],
        "animations": [
            {
                "name": "Speech",
                "samplers": [{"input": times, "output": output, "interpolation": "LINEAR"} for _, output in outputs],
                "channels": [
                    {"sampler": node, "target": {"node": node, "path": path}} for node, (path, _) in enumerate(outputs)
                ],
            }
        ],
    }
    with replacing(path) as temporary:
        packer.write(Path(temporary), document)


def read(path: str | os.PathLike[str]) -> Animation:
    """Read preset expressions and gaze into `VRM`; bodies and expressions of the avatar's own are left out.

    Raises:
        OSError: there is no such file, or it may not be read.
        ValueError: not such a file, or a damaged one.
    """
    file = GltfFile.read(Path(path))
    try:
        extension = (file.document.get("extensions") or {}).get(_EXTENSION)
        if extension is None or not file.document.get("animations"):
            raise ValueError(f"{path} is not a VRM animation: it lacks {_EXTENSION} or animations")
        presets = extension.get("expressions", {}).get("preset", {})
        names = {preset["node"]: name for name, preset in presets.items() if name in _EXPRESSIONS}
        gaze = extension.get("lookAt", {}).get("node")
        return _played(file, file.document["animations"][0], names, gaze)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"{path} is damaged: its JSON is not glTF ({type(error).__name__}: {error})") from None


def _played(file: GltfFile, animation: dict[str, Any], names: dict[Any, str], gaze: Any) -> Animation:
    expressions: dict[str, Track] = {}
    looks: Track | None = None
    for channel in animation["channels"]:
        node, kind = channel["target"].get("node"), channel["target"].get("path")
        if node in names and kind == "translation":
            sampler = sampler_of(file, animation, channel)
            expressions[names[node]] = Track(file, sampler, 3, f"the expression {names[node]}")
        elif node is not None and node == gaze and kind == "rotation":
            looks = Track(file, sampler_of(file, animation, channel), 4, "the gaze")
    tracks = [*expressions.values(), *([] if looks is None else [looks])]
    if not tracks:
        raise ValueError(f"{file.path} moves no preset expression")
    fps, frames = frame_rate_of([track.times for track in tracks])
    instants = np.arange(frames) / fps
    curves = {name: track.at(instants)[:, 0] for name, track in expressions.items()}
    if looks is not None:
        yaw, pitch, _ = yaw_pitch_roll_of(looks.at(instants)).T
        left, down = yaw / SIDEWAYS, pitch / UPDOWN
        curves |= {"lookLeft": np.maximum(left, 0), "lookRight": np.maximum(-left, 0)}
        curves |= {"lookDown": np.maximum(down, 0), "lookUp": np.maximum(-down, 0)}
    return Animation.from_curves(VRM, curves, fps)
