"""Blinks: as often and as long as in people, rather in pauses than in the middle of a phrase."""

from dataclasses import dataclass
from math import radians

from avatar.behaviour.chance import Chance
from avatar.behaviour.layer import check_share
from avatar.behaviour.moments import Kind, Moment
from avatar.behaviour.motion import Pulse

CLOSING, CLOSED, OPENING = (0.085, 0.010), (0.045, 0.008), (0.190, 0.025)
"""Mean and standard deviation of the parts of a blink, seconds: together 0.3 s, closing at more than twice the speed of
opening (VanderWerf et al. 2003, Trutoiu et al. 2011)."""
SPREAD = 0.8
"""Standard deviation of the time between blinks in parts of its mean: they come almost as if by chance alone."""
APART = 0.45
"""Seconds from one blink to the next, at least."""
SOON = 3.0
"""Seconds that a blink can be brought forward."""
SMALLEST_LOOK, SUREST_LOOK, MOST = radians(10), radians(33), 0.97
"""Gaze shifts from the first size on take a blink along, those of the second with this probability (Evinger et al.
1994)."""


@dataclass(frozen=True, kw_only=True)
class Blinks:
    """How a face blinks.

    Args:
        speaking: blinks a minute while speaking (Bentivoglio et al. 1997: 26 in conversation).
        listening: blinks a minute otherwise (the same: 17 at rest).
        at_pauses: probability 0..1 that a blink which is due soon comes when speech halts (Nakano and Kitazawa 2010).
        partial: share 0..1 of blinks that do not close the eye. Half of people's do not, but faces whose blinks all
            close look more natural (Trutoiu et al. 2011).

    Raises:
        ValueError: an option is out of range.
    """

    speaking: float = 26.0
    listening: float = 17.0
    at_pauses: float = 0.6
    partial: float = 0.1

    def __post_init__(self) -> None:
        for name in ("speaking", "listening"):
            rate = getattr(self, name)
            if not 0.0 < rate <= 60.0:
                raise ValueError(f"{name} must be within 0 (exclusive) and 60 blinks a minute, got {rate}")
        for name in ("at_pauses", "partial"):
            check_share(getattr(self, name), name)


class BlinkLayer:
    """Decides when to blink, and how.

    Args:
        options: how the face blinks.
        seed: of its chance.
    """

    def __init__(self, options: Blinks, *, seed: int) -> None:
        self.pulses: list[Pulse] = []
        self._options = options
        self._chance = Chance(seed, "blinks")
        self._mean = 60.0 / options.listening
        # Life did not begin with the clip: some of the first wait is over.
        self._next = self._wait() * self._chance.share()
        self._last = -APART

    def advance(self, until: float) -> None:
        """Blink whenever it is due."""
        while self._next < until:
            self._blink(self._next)
            self._next = self._last + max(self._wait(), APART)

    def hear(self, moment: Moment) -> None:
        """Blink more often in a turn; bring a blink forward to a pause or a look."""
        match moment.kind:
            case Kind.TURN | Kind.SILENCE:
                rate = self._options.speaking if moment.kind is Kind.TURN else self._options.listening
                self._next = moment.time + (self._next - moment.time) * (60.0 / rate) / self._mean
                self._mean = 60.0 / rate
            case Kind.PAUSE:
                self._bring_forward(moment, self._options.at_pauses, delay=0.15 * self._chance.share())
            case Kind.LOOK:
                size = (moment.strength - SMALLEST_LOOK) / (SUREST_LOOK - SMALLEST_LOOK)
                self._bring_forward(moment, MOST * min(max(size, 0.0), 1.0), delay=0.0)

    def _bring_forward(self, moment: Moment, probability: float, *, delay: float) -> None:
        """Blink now instead of soon. The time that is gained is added to the next wait: the rate stays."""
        start = max(moment.time, moment.at + delay, self._last + APART)
        gained = self._next - start
        if 0.0 < gained < SOON and self._chance.happens(probability):
            self._blink(start)
            self._next = start + max(self._wait() + gained, APART)

    def _blink(self, start: float) -> None:
        chance = self._chance
        rise, hold, fall = (chance.around(*part, least=0.02) for part in (CLOSING, CLOSED, OPENING))
        size = 0.65 + 0.3 * chance.share() if chance.happens(self._options.partial) else 1.0
        self.pulses.append(Pulse(start, rise, hold, fall, (size,)))
        self._last = start

    def _wait(self) -> float:
        return self._chance.waiting(self._mean, SPREAD * self._mean)
