"""Animations to files: the extension picks the format."""

from avatar.export.formats import FORMATS, check_target, export
from avatar.export.options import ExportOptions

__all__ = ["FORMATS", "ExportOptions", "check_target", "export"]
