"""Heads that controls move."""

from avatar.rigs.built_in_head import BuiltInHead
from avatar.rigs.rig import Rig, load_rig
from avatar.rigs.shape_rig import ShapeRig

__all__ = ["BuiltInHead", "Rig", "ShapeRig", "load_rig"]
