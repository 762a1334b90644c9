"""Brows that rise with what is said loudest."""

from dataclasses import dataclass

from avatar.behaviour.chance import Chance
from avatar.behaviour.layer import check_share, check_size
from avatar.behaviour.moments import Kind, Moment
from avatar.behaviour.motion import Pulse

SIZE = (0.22, 0.08)
"""Weight of browInnerUp, mean and standard deviation."""
OUTER = 0.6
"""Of that, the outer brows' share."""
RISE, HOLD, FALL = (0.16, 0.03), (0.12, 0.06), (0.30, 0.06)
"""Seconds."""
APART = 1.5
"""Seconds between flashes, at least."""


@dataclass(frozen=True, kw_only=True)
class Brows:
    """How brows go along with speech.

    Args:
        size: how far, in parts of the usual.
        often: probability 0..1 that they rise with a syllable stressed at full strength (Cavé et al. 1996 found rapid
            rises of brow and voice together; so did Graf et al. 2002, less regularly than nods).

    Raises:
        ValueError: an option is out of range.
    """

    size: float = 1.0
    often: float = 0.5

    def __post_init__(self) -> None:
        check_size(self.size, "size")
        check_share(self.often, "often")


class BrowLayer:
    """Decides when brows rise: pulses of browInnerUp and both browOuterUp, weights.

    Args:
        options: how they go along.
        seed: of their chance.
    """

    def __init__(self, options: Brows, *, seed: int) -> None:
        self.pulses: list[Pulse] = []
        self._options = options
        self._chance = Chance(seed, "brows")
        self._last = -APART

    def advance(self, until: float) -> None:
        """Nothing: only stresses raise brows."""

    def hear(self, moment: Moment) -> None:
        """Rise with the strongest stresses."""
        chance = self._chance
        if moment.kind is not Kind.STRESS or not chance.happens(self._options.often * moment.strength):
            return
        start = max(moment.time, moment.at - 0.1)
        if start < self._last + APART:
            return
        self._last = start
        size = self._options.size * chance.around(*SIZE, least=0.05)
        rise, hold, fall = chance.around(*RISE), chance.around(*HOLD, least=0.0), chance.around(*FALL)
        self.pulses.append(Pulse(start, rise, hold, fall, (size, OUTER * size)))
