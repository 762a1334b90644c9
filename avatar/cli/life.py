"""Options of what a face does beside speaking."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from avatar.behaviour import Behaviour


@dataclass(frozen=True, kw_only=True)
class Life:
    """Which layers of behaviour a face has.

    Args:
        behaviour: Whether the face does anything beside speaking.
        blinks: Whether it blinks.
        gaze: Whether the eyes look away and back; otherwise they look straight ahead.
        head: Whether the head moves: postures, nods, breath.
        brows: Whether brows rise with what is stressed.
        seed: Of all that: another number, other movements.
    """

    behaviour: bool = True
    blinks: bool = True
    gaze: bool = True
    head: bool = True
    brows: bool = True
    seed: int = 0

    def chosen_behaviour(self) -> "Behaviour | None":
        """The layers that are on; None where all are off.

        Raises:
            ValueError: the seed is negative.
        """
        from avatar.behaviour import Behaviour, Blinks, Breath, Brows, Gaze, Nods, Posture

        if self.seed < 0:
            raise ValueError(f"--seed must be 0 or more, got {self.seed}")
        if not (self.behaviour and (self.blinks or self.gaze or self.head or self.brows)):
            return None
        return Behaviour(
            blinks=Blinks() if self.blinks else None,
            gaze=Gaze() if self.gaze else None,
            posture=Posture() if self.head else None,
            nods=Nods() if self.head else None,
            breath=Breath() if self.head else None,
            brows=Brows() if self.brows else None,
        )
