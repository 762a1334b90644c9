"""Control spaces of other rigs and engines, and the maps between them."""

from avatar.controls import ARKIT
from avatar.spaces.flame import FLAME, flame_space

__all__ = ["ARKIT", "FLAME", "flame_space"]
