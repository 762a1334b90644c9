"""The package's own file of curves."""

import os

from avatar.animation import Animation
from avatar.export.options import ExportOptions


def write(animation: Animation, path: str, options: ExportOptions) -> None:
    """Write an .npz; `read` gives it back exactly."""
    animation.save(path)


def read(path: str | os.PathLike[str]) -> Animation:
    """Read an .npz of ours; see `Animation.load`."""
    return Animation.load(path)
