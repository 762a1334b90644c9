"""Blender: one Python script that rebuilds the scene of our pictures, with the head as GLB has it and the animation.

What the rig does beyond adding shapes up is missing as in GLB, see `avatar.export.gltf`.
"""

import re
import zlib
from base64 import encodebytes
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from pprint import pformat
from typing import Any

import av
import numpy as np
import torch
from numpy.typing import NDArray

from avatar.animation import Animation
from avatar.export.frames import Portrait
from avatar.export.head import worn
from avatar.export.options import ExportOptions
from avatar.export.pictures import encode_png
from avatar.export.skeleton import Jointed, joint_shares, joint_turns, jointed, quaternions, skeleton
from avatar.export.sound import SoundTrack
from avatar.files import replacing
from avatar.renderers import Background, Camera, Lights, Mesh, material_for
from avatar.renderers.eyes import CORNEA, IRIS_RADIUS, PUPIL_RADIUS

Array = NDArray[Any]
Arrays = dict[str, Array]

_PARTS = ("scene", "surface", "tools")
_IMPORT = re.compile(r"(import|from) (?!avatar)")
_SMALLEST_STEP = 1e-6
"""Metres; displacements under it are not written."""
_STOPS = 9
"""Colours along the background: enough that straight lines between them look like our even steps."""
_TAILS = {"neck": (0.0, 0.05, 0.0), "head": (0.0, 0.16, 0.0), "leftEye": (0.0, 0.0, 0.03), "rightEye": (0.0, 0.0, 0.03)}
"""Where bones point, metres from their start."""


def write(animation: Animation, path: str, options: ExportOptions) -> None:
    """Write the script."""
    animation = worn(animation, jointed(options.chosen_rig, f"write {path}"), f"write {path}")
    portrait = Portrait(options)
    arrays = _surface(portrait) | _shapes(portrait) | _curves(animation, portrait)
    arrays["camera"] = _places(portrait, len(animation))
    if portrait.mesh.texture is not None:
        arrays["texture"] = _texture(portrait.mesh.texture)
    audio = options.audio or animation.audio
    if audio is not None:
        arrays["sound"] = _sound(audio, animation.duration)
    script = _script(_scene(animation, Path(path), portrait), arrays)
    with replacing(path) as temporary:
        temporary.write_text(script, encoding="utf-8", newline="\n")


def upright(points: Array) -> Array:
    """Points or directions [..., 3] with +y up and +z to the front, in Blender's axes: +z up and -y to the front."""
    return np.asarray(points)[..., [0, 2, 1]] * np.array([1, -1, 1], np.float32)


def _script(scene: dict[str, Any], arrays: Arrays) -> str:
    """One module of the three that are its parts, with the tables filled in."""
    parts = [(files("avatar.export") / f"blender_{part}.py").read_text("utf-8") for part in _PARTS]
    headers, bodies = zip(*(part.split("\n\n\n", 1) for part in parts), strict=True)
    lines = [line for header in headers for line in header.splitlines()]
    imports = sorted({line for line in lines if _IMPORT.match(line)})
    about = headers[0][: headers[0].index('"""', 3) + 3]
    constants = "\n".join(line for line in headers[0].splitlines() if re.match("[A-Z_]+ = ", line))
    packed = "".join(f'    "{name}": {_pack(values)},\n' for name, values in arrays.items())
    code = "\n\n\n".join(["\n\n".join([about, "\n".join(imports), constants]), *bodies])
    for empty, full in (
        ("SCENE: dict[str, Any] = {}", f"SCENE: dict[str, Any] = {pformat(scene, width=110, sort_dicts=False)}"),
        ("ARRAYS: dict[str, tuple[str, str]] = {}", f"ARRAYS: dict[str, tuple[str, str]] = {{\n{packed}}}"),
    ):
        assert code.count(empty) == 1
        code = code.replace(empty, full)
    return code + "\nmain()\n"


def _pack(values: Array) -> str:
    """Python for a pair: the array's type code, and its little-endian numbers compressed, in base64."""
    code = {"float32": "f", "int32": "i", "uint8": "B"}[values.dtype.name]
    data = np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<")).tobytes()
    return f'("{code}", """\n{encodebytes(zlib.compress(data, 9)).decode()}""")'


def _scene(animation: Animation, path: Path, portrait: Portrait) -> dict[str, Any]:
    head = _head(portrait)
    joints = skeleton(head, portrait.identity)
    options, lights = portrait.options, portrait.options.chosen_lights
    return {
        "name": path.name.split(".")[0],
        "fps": float(animation.fps),
        "frames": len(animation),
        "size": options.shape,
        "camera": _camera(portrait.camera),
        "lights": _lights(lights),
        "sky": tuple(lights.sky),
        "ground": tuple(lights.ground),
        "background": _background(options.chosen_background),
        "bones": [
            {
                "name": joint.name,
                "parent": None if joint.parent is None else joints[joint.parent].name,
                "head": _rounded(upright(joint.place)),
                "tail": _rounded(upright(joint.place + np.array(_TAILS[joint.name], np.float32))),
            }
            for joint in joints
        ],
        "turning": [joints[index].name for index in joint_turns(animation, head)],
        "shapes": list(head.morph_names),
        "materials": [_material(part, portrait.mesh) for part in head.parts],
        "eye": {"iris": IRIS_RADIUS, "pupil": PUPIL_RADIUS, "cornea": CORNEA},
    }


def _camera(camera: Camera) -> dict[str, Any]:
    return {
        "orthographic": camera.orthographic,
        # In picture heights; of an orthographic camera, how many of them a metre measures.
        "focal": float(camera.focal[1]),
        "shift": (-float(camera.centre[0]), float(camera.centre[1])),
        "near": float(camera.near),
        "far": float(camera.far),
    }


def _places(portrait: Portrait, frames: int) -> Array:
    """Camera to world [T, 4, 4] in Blender's axes, or [1, 4, 4] if the camera stands still."""
    cameras = [portrait.camera]
    if portrait.options.framing.rounds:
        cameras = [portrait.camera_at(frame / frames) for frame in range(frames)]
    matrices = np.linalg.inv([camera.view for camera in cameras])
    matrices[:, :3] = upright(matrices[:, :3].swapaxes(1, 2)).swapaxes(1, 2)
    return matrices.astype(np.float32)


def _lights(lights: Lights) -> list[dict[str, Any]]:
    return [
        {
            "direction": _rounded(upright(np.array(light.direction))),
            "colour": tuple(light.colour),
            "intensity": float(light.intensity),
        }
        for light in lights.direct
    ]


def _background(background: Background) -> list[tuple[float, tuple[float, ...]]] | None:
    """Places from the bottom (0) to the top (1) with their linear RGB; None if nothing is seen."""
    if not background.opaque:
        return None
    rows = background.rows(_STOPS)[::-1, :3]
    return [((row + 0.5) / _STOPS, _rounded(rgb)) for row, rgb in enumerate(rows)]


def _material(part: str, mesh: Mesh) -> dict[str, Any]:
    """Principled settings that answer light much as our renderer does, chosen side by side with it."""
    look = material_for(part)
    return {
        "name": part,
        "double_sided": look.double_sided,
        # Principled's highlight (Walter et al. 2007) is then as wide at half its height as our renderer's.
        "roughness": round(0.84 * look.roughness**0.25, 3),
        "specular": round(min(look.specular / 0.4, 1.0), 3),
        # Metres that red, green and blue travel below the surface.
        "subsurface": _rounded(0.03 * np.square(look.wrap)) if max(look.wrap) > 0.2 else None,
        "iris": tuple(look.iris) if look.eye else None,
        "textured": mesh.texture is not None and part in (mesh.textured_parts or ()),
    }


def _rounded(values: Array) -> tuple[float, ...]:
    """Numbers that read well; a micron is exact enough for all that is not the mesh itself."""
    return tuple(round(float(value), 6) for value in values)


def _head(portrait: Portrait) -> Jointed:
    return jointed(portrait.head, "write a script for Blender")


def _surface(portrait: Portrait) -> Arrays:
    head, mesh = _head(portrait), portrait.mesh
    shares = joint_shares(head)
    assert mesh.eye_offsets is not None and mesh.vertex_colours is not None
    opaque = np.concatenate([mesh.vertex_colours, np.ones((len(shares), 1))], axis=1)
    surface = {
        "positions": upright(head.neutral(portrait.identity)[0].numpy()),
        "faces": head.faces.numpy().astype(np.int32),
        "face_parts": head.face_parts.numpy().astype(np.int32),
        "corner_uv": getattr(head, "corner_uv", torch.zeros(*head.faces.shape, 2)).numpy(),
        "colours": opaque.astype(np.float32),
        "eye_offsets": upright(mesh.eye_offsets).astype(np.float32),
    }
    joints = skeleton(head, portrait.identity)
    return surface | {f"shares of {joint.name}": shares[:, i] for i, joint in enumerate(joints)}


def _shapes(portrait: Portrait) -> Arrays:
    """Of all shapes one after another: how many rows each has, which vertices those are, and how far they move."""
    with torch.inference_mode():
        steps = _head(portrait).morph_targets(portrait.identity).numpy()
    moved = np.linalg.norm(steps, axis=-1) >= _SMALLEST_STEP
    return {
        "shape_counts": moved.sum(1).astype(np.int32),
        "shape_rows": np.nonzero(moved)[1].astype(np.int32),
        "shape_steps": upright(steps[moved]),
    }


def _curves(animation: Animation, portrait: Portrait) -> Arrays:
    space = animation.space
    head = _head(portrait)
    joints = skeleton(head, portrait.identity)
    curves = {f"weights of {name}": animation.weights[:, space.index(name)] for name in head.morph_names}
    for index, angles in joint_turns(animation, head).items():
        x, y, z, w = quaternions(angles).T
        curves[f"turns of {joints[index].name}"] = np.stack([w, x, -z, y], axis=1)
    return curves


def _texture(picture: Array) -> Array:
    """The bytes of a PNG file of a texture [H, W, 3 or 4] uint8."""
    opaque = np.full((*picture.shape[:2], 1), 255, np.uint8)
    return np.frombuffer(encode_png(np.concatenate([picture, opaque], axis=-1)[..., :4]), np.uint8)


def _sound(path: Path, duration: float) -> Array:
    """The bytes of an Ogg Opus file of the sound as far as the animation lasts."""
    file = BytesIO()
    with av.open(file, "w", format="ogg") as container:
        SoundTrack(container, "libopus", path, duration).close()
    return np.frombuffer(file.getvalue(), np.uint8)
