"""Contacts that nothing asked for: the price of an animation that closes its lips readily."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.articulation.phones import BILABIAL, LABIODENTAL, SILENCE, Phone
from avatar.evaluation.average import Pooled
from avatar.evaluation.contacts import AT_TEETH, CLOSED
from avatar.evaluation.motion import MouthMotion

AROUND = 0.15
"""Seconds around p b m f v and silences in which a contact has its reason."""


@dataclass(frozen=True, slots=True)
class StrayContacts(Pooled):
    """How often a mouth makes a contact, far from any p b m f v or silence, that its reference does not make.

    Args:
        lips: times that they closed.
        teeth: times that the lower lip was at the teeth.
        seconds: that were looked at.
    """

    lips: int = 0
    teeth: int = 0
    seconds: float = 0.0

    @classmethod
    def between(cls, motion: MouthMotion, reference: MouthMotion, phones: Sequence[Phone]) -> "StrayContacts":
        """Of one recording; motion and reference have one frame rate."""
        far = np.ones(len(motion.opening), bool)
        for phone in phones:
            if phone.symbol in BILABIAL | LABIODENTAL | {SILENCE}:
                far &= (motion.times < phone.start - AROUND) | (motion.times > phone.end + AROUND)

        def count(curve: NDArray[np.float64], asked: NDArray[np.float64], limit: float) -> int:
            stray = far & (curve < limit) & (asked >= limit)
            return int(stray[:1].sum() + (stray[1:] & ~stray[:-1]).sum())

        return cls(
            count(motion.opening, reference.opening, CLOSED),
            count(motion.lower_lip_to_teeth, reference.lower_lip_to_teeth, AT_TEETH),
            float(far.sum() / motion.fps),
        )

    def __str__(self) -> str:
        minutes = max(self.seconds, 1e-9) / 60
        return (
            f"contacts that nothing asked for, a minute of speech without p b m f v: "
            f"lips {self.lips / minutes:.1f}, teeth {self.teeth / minutes:.1f} (in {minutes:.1f} minutes)"
        )
