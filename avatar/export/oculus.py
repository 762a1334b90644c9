"""Oculus visemes as JSON: fifteen weights a frame, as lip sync for Meta's and Ready Player Me's avatars takes them."""

import os

from avatar.animation import Animation
from avatar.export.frames_json import read_frames, write_frames
from avatar.export.options import ExportOptions


def write(animation: Animation, path: str, options: ExportOptions) -> None:
    """Write the visemes' weights with six decimals."""
    from avatar.spaces import OCULUS

    write_frames(animation, path, OCULUS)


def read(path: str | os.PathLike[str]) -> Animation:
    """Read what `write` wrote, into `OCULUS`.

    Raises:
        OSError: there is no such file, or it may not be read.
        ValueError: not such a file, or its names or values are wrong.
    """
    from avatar.spaces import OCULUS

    return read_frames(path, OCULUS, "JSON of Oculus visemes")
