"""VRM 1.0 expressions as JSON: their weights a frame, by the names that three-vrm and UniVRM use."""

import os

from avatar.animation import Animation
from avatar.export.frames_json import read_frames, write_frames
from avatar.export.options import ExportOptions


def write(animation: Animation, path: str, options: ExportOptions) -> None:
    """Write the expressions' weights with six decimals."""
    from avatar.spaces import VRM

    write_frames(animation, path, VRM)


def read(path: str | os.PathLike[str]) -> Animation:
    """Read what `write` wrote, into `VRM`.

    Raises:
        OSError: there is no such file, or it may not be read.
        ValueError: not such a file, or its names or values are wrong.
    """
    from avatar.spaces import VRM

    return read_frames(path, VRM, "JSON of VRM expressions")
