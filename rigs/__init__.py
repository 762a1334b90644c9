"""Heads that controls move."""

from avatar.rigs.built_in_head import BuiltInHead

__all__ = ["BuiltInHead"]
