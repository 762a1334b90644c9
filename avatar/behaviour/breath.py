"""Breath: the head rises a little as air comes in."""

from dataclasses import dataclass
from math import radians

from avatar.behaviour.chance import Chance
from avatar.behaviour.layer import check_size
from avatar.behaviour.moments import Kind, Moment
from avatar.behaviour.motion import Pulse

LIFT = radians(0.5)
"""How far the head leans back with a breath at rest; nobody has measured it for us, it is just visible."""
VARIES = 0.15
"""Standard deviation of a cycle in parts of its mean."""
INHALES = 0.4
"""Share of a cycle at rest in which air comes in; in speech it is a tenth (Hixon 1987)."""
GASP, SENTENCE = (0.45, 0.08), (3.2, 0.6)
"""Seconds in which speakers breathe in, in a pause, and out."""
SINCE = 2.0
"""Seconds of speech that a breath lasts, at least."""


@dataclass(frozen=True, kw_only=True)
class Breath:
    """How a face breathes.

    Args:
        rate: breaths a minute at rest, above 0 (adults: 12 to 20).
        size: how far the head rises, in parts of half a degree.

    Raises:
        ValueError: an option is out of range.
    """

    rate: float = 15.0
    size: float = 1.0

    def __post_init__(self) -> None:
        if not 0.0 < self.rate <= 60.0:
            raise ValueError(f"rate must be within 0 (exclusive) and 60 breaths a minute, got {self.rate}")
        check_size(self.size, "size")


class BreathLayer:
    """Decides when to breathe in: pulses of pitch, radians, that fall as air goes out.

    Args:
        options: how the face breathes.
        seed: of its chance.
    """

    def __init__(self, options: Breath, *, seed: int) -> None:
        self.pulses: list[Pulse] = []
        self._options = options
        self._chance = Chance(seed, "breath")
        self._next = self._cycle() * self._chance.share()
        self._last, self._out = -SINCE, 0.0

    def advance(self, until: float) -> None:
        """Breathe evenly, which speakers stop doing."""
        while self._next < until:
            cycle = self._cycle()
            self._breathe(self._next, INHALES * cycle, (1.0 - INHALES) * cycle)
            self._next += cycle

    def hear(self, moment: Moment) -> None:
        """Hold the rhythm while speaking; breathe in where speech halts (Winkworth et al. 1995)."""
        match moment.kind:
            case Kind.TURN:
                self._next = float("inf")
            case Kind.PAUSE if moment.time > self._last + SINCE:
                self._breathe(moment.time, self._chance.around(*GASP), self._chance.around(*SENTENCE))
            case Kind.SILENCE:
                self._next = max(moment.time, self._out)

    def _breathe(self, start: float, inwards: float, outwards: float) -> None:
        size = -LIFT * self._options.size * self._chance.around(1.0, 0.15)
        self.pulses.append(Pulse(start, inwards, 0.0, outwards, (size,)))
        self._last, self._out = start, start + inwards + outwards

    def _cycle(self) -> float:
        mean = 60.0 / self._options.rate
        return self._chance.around(mean, VARIES * mean)
