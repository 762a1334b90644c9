"""`avatar info`: what a file holds, or what is installed."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Annotated, Any

import tyro


@dataclass(frozen=True)
class Info:
    """Say what a file holds (recording, curves, GLB), or without one what is installed.

    Args:
        file: The file to look into.
    """

    file: Annotated[str | None, tyro.conf.Positional, tyro.conf.arg(metavar="[FILE]")] = None

    def run(self) -> int:
        """Print it, one fact a line."""
        facts = _installed() if self.file is None else _of_file(Path(self.file))
        for name, value in facts:
            sys.stdout.write(f"{name + ':':<12} {value}\n")
        return 0


def _of_file(path: Path) -> Iterator[tuple[str, str]]:
    if not path.is_file():
        raise FileNotFoundError(f"no such file, or a folder: {path}")
    if path.suffix.lower() == ".glb":
        return _of_glb(path)
    from avatar.export.reading import reader_of

    return _of_sound(path) if reader_of(path) is None else _of_curves(path)


def _of_curves(path: Path) -> Iterator[tuple[str, str]]:
    from avatar.cli.render import load_clip

    animation = load_clip(path)
    yield "curves", f"{len(animation.space)} {animation.space.name} controls"
    yield "frames", f"{len(animation)} at {animation.fps:g} fps"
    yield "duration", f"{animation.duration:.3f} s"
    if animation.audio is not None:
        yield "audio", str(animation.audio)
    if len(animation):
        spans = animation.weights.max(0) - animation.weights.min(0)
        most = sorted(zip(spans, animation.space.names, strict=True), reverse=True)[:5]
        yield "moves most", ", ".join(f"{name} {span:.2f}" for span, name in most if span > 0) or "nothing"
    beyond = animation.out_of_range()
    yield "out of range", ", ".join(f"{name} {low:.2f}..{high:.2f}" for name, (low, high) in beyond.items()) or "none"


def _of_glb(path: Path) -> Iterator[tuple[str, str]]:
    import json
    import struct

    content = path.read_bytes()
    try:
        magic, version, length = struct.unpack_from("<4sII", content)
        size, kind = struct.unpack_from("<I4s", content, 12)
        if magic != b"glTF" or kind != b"JSON" or length != len(content):
            raise ValueError("its header is not that of a whole GLB")
        facts = list(_of_gltf(json.loads(content[20 : 20 + size]), version))
    except (struct.error, ValueError) as error:
        raise ValueError(f"{path} is not a GLB file: {error}") from None
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is not a GLB file: its JSON is not glTF ({type(error).__name__}: {error})") from None
    yield from facts


def _of_gltf(document: dict[str, Any], version: int) -> Iterator[tuple[str, str]]:
    yield "glTF", f"version {version}, by {document['asset'].get('generator', 'an unknown program')}"
    for mesh in document.get("meshes", []):
        targets = mesh.get("extras", {}).get("targetNames", [])
        yield "mesh", f"{mesh.get('name', 'unnamed')}, {len(mesh['primitives'])} parts, {len(targets)} morph targets"
    for animation in document.get("animations", []):
        accessors = document["accessors"]
        end = max((accessors[sampler["input"]]["max"][0] for sampler in animation["samplers"]), default=0.0)
        yield "animation", f"{animation.get('name', 'unnamed')}, {len(animation['channels'])} channels, {end:.3f} s"


def _of_sound(path: Path) -> Iterator[tuple[str, str]]:
    from avatar.audio import describe, load_audio

    about = describe(path)
    sound = load_audio(path, about.sample_rate)
    yield "sound", f"{about.codec}, {about.channels} channel{'s' * (about.channels != 1)}, {about.sample_rate} Hz"
    yield "duration", f"{sound.duration:.3f} s"
    yield "peak", f"{sound.peak:.3f} of full scale{' (silent)' * sound.silent}"


def _installed() -> Iterator[tuple[str, str]]:
    import platform
    from importlib.metadata import version

    import avatar
    from avatar.export import FORMATS
    from avatar.export.head import shipped_head

    head = shipped_head()
    yield "avatar", f"{avatar.__version__} (Apache-2.0)"
    yield "Python", f"{platform.python_version()}, torch {version('torch')}, numba {version('numba')}"
    yield "head", f"{len(head.rest)} vertices, {len(head.space)} controls, {len(head.identity_space)} identity axes"
    yield "model", _model()
    yield "formats", ", ".join(FORMATS)


def _model() -> str:
    from importlib.resources import as_file, files

    from safetensors import safe_open

    with as_file(files("avatar.speech") / "data" / "speech.safetensors") as path:
        if not path.is_file():
            return "missing: this copy of the package is incomplete"
        with safe_open(path, "numpy") as weights:
            count = sum(prod(weights.get_slice(name).get_shape()) for name in weights.keys())  # noqa: SIM118
        return f"{count / 1e6:.1f} million weights, {path.stat().st_size / 1e6:.1f} MB"
