"""How the head is held and moves: postures that shift, and nods on stressed syllables."""

from dataclasses import dataclass, field
from math import radians

from avatar.behaviour.chance import Chance
from avatar.behaviour.layer import check_share, check_size
from avatar.behaviour.moments import Kind, Moment
from avatar.behaviour.motion import Pulse, Step
from avatar.behaviour.path import Path

SPEAKING, LISTENING = (1.1, 0.4), (5.5, 2.0)
"""Seconds from one posture to the next, mean and standard deviation: speakers' heads move nine tenths of the time,
listeners' an eighth (Hadar et al. 1983)."""
SPEAKING_SIZE = tuple(map(radians, (1.7, 2.4, 0.9)))
"""Standard deviation of yaw, pitch and roll of postures: nodding most, rolling least (Graf et al. 2002; Busso et al.
2007 measured 3.3 degrees of pitch with nods)."""
LISTENING_SIZE = tuple(map(radians, (1.2, 1.0, 0.8)))
WIDE = 1.6
"""How much wider the first posture of a turn is (Hadar et al. 1984)."""
SPEAKING_SHIFT, LISTENING_SHIFT = (1.2, 0.3), (1.1, 0.25)
"""Seconds that a shift takes."""
SWING, SWING_SHIFT = 0.20, (0.35, 0.06)
"""Share of stresses that the head swings on, to stay there (Graf et al. 2002), and seconds that it takes."""
EYES_ALONE, FOLLOWS = radians(17.9), 0.77
"""The eyes go so far alone; of what lies beyond, the head takes this share (Stahl 1999)."""
FOLLOW_SHIFT, REST_SHIFT = (0.45, 0.06), (1.0, 0.2)

NODS, OVERSHOOTS = 0.60, 0.30
"""Share of stresses with a nod, and of nods that swing back over their start (Graf et al. 2002: 42 % and 18 % of
accents)."""
NOD = (2.6, 0.9)
"""Degrees, mean and standard deviation, of nods at full strength."""
NOD_DOWN, NOD_UP = (0.21, 0.03), (0.36, 0.06)
"""Seconds: with the wait between stresses, Hadar's ordinary movements of 1.9 to 3.6 Hz."""
BEFORE_STRESS = 0.10
"""Seconds that a nod starts before its stress, where the look-ahead lets it."""


@dataclass(frozen=True, kw_only=True)
class Posture:
    """How the head is held.

    Args:
        home: yaw, pitch and roll in radians around which it moves, all the time or as a mood changes:
            `Path(times, angles, eased=True)`.
        size: how far it moves, in parts of what people do.

    Raises:
        ValueError: an option is out of range.
    """

    home: Path = field(default_factory=lambda: Path.still(0.0, 0.0, 0.0))
    size: float = 1.0

    def __post_init__(self) -> None:
        if len(self.home.values[0]) != 3:
            raise ValueError(f"home must be (yaw, pitch, roll) in radians, got {len(self.home.values[0])} numbers each")
        check_size(self.size, "size")


@dataclass(frozen=True, kw_only=True)
class Nods:
    """How the head nods along with speech.

    Args:
        size: how far, in parts of what people do.
        often: share 0..1 of stressed syllables that get one.

    Raises:
        ValueError: an option is out of range.
    """

    size: float = 1.0
    often: float = NODS

    def __post_init__(self) -> None:
        check_size(self.size, "size")
        check_share(self.often, "often")


class PostureLayer:
    """Decides how the head is held beside its home: steps of yaw, pitch and roll, radians.

    Args:
        options: how the head is held.
        seed: of its chance.
    """

    def __init__(self, options: Posture, *, seed: int) -> None:
        self.steps: list[Step] = []
        self._options = options
        self._chance = Chance(seed, "posture")
        self._speaking = False
        self._looking = (0.0, 0.0)
        self._next = self._chance.waiting(*LISTENING) * self._chance.share()

    def advance(self, until: float) -> None:
        """Shift when it is time."""
        while self._next < until:
            self._shift(self._next, SPEAKING_SHIFT if self._speaking else LISTENING_SHIFT)

    def hear(self, moment: Moment) -> None:
        """Shift widely as a turn begins, swing on stresses, come to rest as it ends, follow the eyes far out."""
        match moment.kind:
            case Kind.TURN:
                self._speaking = True
                self._shift(moment.time, SPEAKING_SHIFT, size=WIDE)
            case Kind.STRESS if self._chance.happens(SWING):
                self._shift(max(moment.time, moment.at - BEFORE_STRESS), SWING_SHIFT)
            case Kind.SILENCE:
                self._speaking = False
                self._shift(moment.time, REST_SHIFT, size=0.4)
            case Kind.LOOK:
                beyond = max(1.0 - EYES_ALONE / max(moment.strength, 1e-9), 0.0)
                yaw, pitch = (FOLLOWS * beyond * angle for angle in moment.direction)
                if (yaw, pitch) != self._looking:
                    self._looking = (yaw, pitch)
                    self._shift(max(moment.time, moment.at), FOLLOW_SHIFT)

    def _shift(self, start: float, duration: tuple[float, float], *, size: float = 1.0) -> None:
        if self.steps:
            start = max(start, self.steps[-1].start + 0.1)
        spread = SPEAKING_SIZE if self._speaking else LISTENING_SIZE
        drawn = [self._chance.around(0.0, size * self._options.size * each) for each in spread]
        target = (drawn[0] + self._looking[0], drawn[1] + self._looking[1], drawn[2])
        self.steps.append(Step(start, self._chance.around(*duration, least=0.2), target))
        self._next = start + self._chance.waiting(*(SPEAKING if self._speaking else LISTENING))


class NodLayer:
    """Decides where the head nods: pulses of yaw, pitch and roll, radians.

    Args:
        options: how the head nods.
        seed: of its chance.
    """

    def __init__(self, options: Nods, *, seed: int) -> None:
        self.pulses: list[Pulse] = []
        self._options = options
        self._chance = Chance(seed, "nods")

    def advance(self, until: float) -> None:
        """Nothing: who hears no stress does not nod."""

    def hear(self, moment: Moment) -> None:
        """Nod on stresses, often a little sideways."""
        chance = self._chance
        if moment.kind is not Kind.STRESS or not chance.happens(self._options.often):
            return
        start = max(moment.time, moment.at - BEFORE_STRESS)
        pitch = radians(chance.waiting(*NOD)) * moment.strength * self._options.size
        size = (pitch * chance.around(0.0, 0.35), pitch, pitch * chance.around(0.0, 0.12))
        nod = Pulse(start, chance.around(*NOD_DOWN), 0.0, chance.around(*NOD_UP), size)
        self.pulses.append(nod)
        if chance.happens(OVERSHOOTS):
            back = (0.0, -0.45 * pitch, 0.0)
            self.pulses.append(Pulse(start + 0.75 * (nod.rise + nod.fall), nod.rise, 0.0, nod.fall, back))
