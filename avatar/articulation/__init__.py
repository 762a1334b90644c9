"""From phones with times to face curves: the model that teaches the speech model."""

from avatar.articulation.phones import Phone

__all__ = ["Phone"]
