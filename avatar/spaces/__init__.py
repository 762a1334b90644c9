"""Control spaces of other rigs and engines, and the maps between them."""

from avatar.controls import ARKIT
from avatar.spaces.convert import SPACES, convert, rekey
from avatar.spaces.flame import FLAME, flame_space
from avatar.spaces.lip_contact import metahuman_details
from avatar.spaces.metahuman import METAHUMAN, METAHUMAN_RAW
from avatar.spaces.oculus import OCULUS
from avatar.spaces.vrm import VRM

__all__ = [
    "ARKIT",
    "FLAME",
    "METAHUMAN",
    "METAHUMAN_RAW",
    "OCULUS",
    "SPACES",
    "VRM",
    "convert",
    "flame_space",
    "metahuman_details",
    "rekey",
]
