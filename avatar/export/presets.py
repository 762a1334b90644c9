"""Ways to frame the head, by name."""

from dataclasses import dataclass
from math import pi
from typing import Literal


@dataclass(frozen=True)
class Framing:
    """Where the camera stands and what it looks at.

    Attributes:
        focus: what fills the picture.
        turn: radians that the camera has gone round from the front, towards the subject's left.
        field_of_view: vertical opening angle in radians; 0 is orthographic.
        margin: free space on each side of what is framed, as a share of the picture.
        rounds: how often the camera goes round the head while the clip plays.
    """

    focus: Literal["head", "mouth"] = "head"
    turn: float = 0.0
    field_of_view: float = 0.3
    margin: float = 0.12
    rounds: float = 0.0


PRESETS = {
    "portrait": Framing(),
    "three-quarter": Framing(turn=0.6),
    "profile": Framing(turn=0.5 * pi),
    "mouth": Framing("mouth", field_of_view=0.12, margin=0.16),
    "turntable": Framing(rounds=1.0),
}
"""Portrait leaves the head room to turn; mouth stands as far away as a portrait would, behind a longer lens."""
