"""The package's own file of curves."""

from avatar.animation import Animation
from avatar.export.options import ExportOptions


def write(animation: Animation, path: str, options: ExportOptions) -> None:
    """Write an .npz; `Animation.load` reads it back."""
    animation.save(path)
