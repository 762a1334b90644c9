"""The one way to read curves: ours, and performances captured elsewhere."""

import os
from importlib import import_module
from pathlib import Path

from avatar.animation import Animation

READERS: dict[str, str] = {
    ".a2f.json": "avatar.export.audio2face",
    ".csv": "avatar.export.livelink",
    ".flame.npz": "avatar.export.flame",
    ".gesichter": "avatar.export.livelink_packets",
    ".glb": "avatar.export.gltf_reader",
    ".gltf": "avatar.export.gltf_reader",
    ".livelink.bin": "avatar.export.livelink_packets",
    ".npz": "avatar.export.npz",
    ".oculus.json": "avatar.export.oculus",
    ".rigmapper.csv": "avatar.export.rigmapper",
    ".unity.json": "avatar.export.unity",
    ".vrm.json": "avatar.export.vrm",
    ".vrma": "avatar.export.vrma",
}
"""Extension to the module whose `read(path)` gives an `Animation`."""


def reader_of(path: str | os.PathLike[str]) -> str | None:
    """The module that reads a file, None if it is no file of curves."""
    name = Path(path).name.lower()
    known = [extension for extension in READERS if name.endswith(extension) and name != extension]
    return READERS[max(known, key=len)] if known else None


def load_animation(path: str | os.PathLike[str]) -> Animation:
    """Read an animation; the longest of the known extensions that the name ends in picks the format.

    Nothing in a file is executed.

    Args:
        path: ends as one of `READERS`.

    Returns:
        The animation in the control space that the format speaks; `avatar.spaces.convert` leads to others.

    Raises:
        OSError: there is no such file, or it may not be read.
        ValueError: another extension, not such a file, or a damaged one.
    """
    module = reader_of(path)
    if module is None:
        raise ValueError(f"cannot read curves from {path}: its extension must be one of {', '.join(READERS)}")
    try:
        animation: Animation = import_module(module).read(path)
    except OSError as error:
        if error.filename is None:  # the reader has said it in its own words
            raise
        reason = "no such file of curves" if isinstance(error, FileNotFoundError) else error.strerror
        raise type(error)(f"cannot read {path}: {reason}") from None
    return animation
