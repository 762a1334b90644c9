"""Which layers of behaviour a face has."""

from dataclasses import dataclass, field, replace

from avatar.behaviour.blinks import Blinks
from avatar.behaviour.breath import Breath
from avatar.behaviour.brows import Brows
from avatar.behaviour.gaze import Gaze
from avatar.behaviour.head import Nods, Posture

LONGEST_LOOKAHEAD = 1.0
"""Seconds."""


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """Which layers a face has, and how each behaves; None switches one off.

    Args:
        blinks: blinks.
        gaze: saccades, looks at the viewer and away, following a point.
        posture: how the head is held, and shifts.
        nods: nods on stressed syllables.
        brows: brows that rise with the strongest of them.
        breath: breath.
        lookahead: seconds 0..1 of voice after an instant that behaviour may respond to at that instant. With 0.16 nods
            meet the syllables that they belong to; with less they come later by the difference.

    Raises:
        ValueError: lookahead is out of range.
    """

    blinks: Blinks | None = field(default_factory=Blinks)
    gaze: Gaze | None = field(default_factory=Gaze)
    posture: Posture | None = field(default_factory=Posture)
    nods: Nods | None = field(default_factory=Nods)
    brows: Brows | None = field(default_factory=Brows)
    breath: Breath | None = field(default_factory=Breath)
    lookahead: float = 0.16

    def __post_init__(self) -> None:
        if not 0.0 <= self.lookahead <= LONGEST_LOOKAHEAD:
            raise ValueError(f"lookahead must be within 0 and {LONGEST_LOOKAHEAD:g} s, got {self.lookahead}")

    def within(self, lookahead: float) -> "Behaviour":
        """The same, looking ahead no farther than a stream of frames that itself waits for `lookahead` seconds.

        A stream's frames come up to 40 ms before all the sound of their look-ahead has made whole steps of 20 ms.
        """
        return replace(self, lookahead=min(self.lookahead, max(lookahead - 0.04, 0.0)))


ALIVE = Behaviour()
"""All layers, as people are on average."""
