"""Animations to files and back: the extension picks the format."""

from avatar.export.formats import FORMATS, check_target, export
from avatar.export.options import ExportOptions
from avatar.export.reading import READERS, load_animation

__all__ = ["FORMATS", "READERS", "ExportOptions", "check_target", "export", "load_animation"]
