"""Heads that controls move."""

from avatar.rigs.built_in_head import BuiltInHead
from avatar.rigs.rig import Rig, load_rig

__all__ = ["BuiltInHead", "Rig", "load_rig"]
