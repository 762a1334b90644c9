"""Where the eyes look: at the viewer, away, back; saccades with the speed of people's."""

from dataclasses import dataclass, field
from math import cos, degrees, log, pi, radians, sin

from avatar.behaviour.chance import Chance
from avatar.behaviour.layer import check_share, check_size
from avatar.behaviour.moments import Kind, Moment
from avatar.behaviour.motion import Step
from avatar.behaviour.path import Path

VIEWER = (0.0, 0.0035, 1.13)
"""Where the camera of a portrait stands, metres from between the ears."""

SPEAKING, LISTENING = ((3.13, 3.16), (0.93, 0.80)), ((7.92, 1.57), (0.43, 0.24))
"""Seconds that the eyes stay on the viewer and away, mean and standard deviation (Lee et al. 2002: 93.9 and 94.9, 27.8
and 24.0 frames at 30 a second while speaking, 237.5 and 47.1, 13.0 and 7.1 while listening)."""
FARTHEST_SPEAKING, FARTHEST_LISTENING = radians(27.5), radians(22.7)
"""No saccade goes farther (Lee et al. 2002)."""
COMPASS = (15.54, 6.46, 17.69, 7.44, 16.80, 7.89, 20.38, 7.79)
"""Percent of saccades to the right, up right, up, and so on round to down right (Lee et al. 2002, table 1)."""
TURN_LOOKS_AWAY, TURN_AWAY = 0.731, (1.27, 0.51)
"""Share of turns that begin with a look away, and seconds from the first sound that it lasts (Andrist et al. 2013)."""
TURN_WAYS, THINKING_WAYS = (29.5, 21.3, 49.2), (29.4, 39.3, 31.3)
"""Percent of looks away at the start of a turn, and in thought, that go up, down, sideways (Andrist et al. 2013)."""
THINKING_AWAY = (2.23, 0.63)
"""Seconds that a look away lasts after what made one think (Andrist et al. 2013)."""
CLEARLY = radians(6)
"""A look away that is meant to be one goes at least so far."""
FIXATION = (0.8, 0.35)
"""Seconds between the small saccades of a fixation: one or two a second (Martinez-Conde et al. 2013)."""
REST = 0.15
"""Seconds from one saccade to the next, at least (Ruhland et al. 2015)."""


@dataclass(frozen=True, kw_only=True)
class Gaze:
    """How a face looks around.

    Args:
        focus: the point to look at, metres from between the ears of the resting head (+x its left, +y up, +z ahead),
            all the time or as it moves: `Path(times, points)`.
        away: how often the eyes leave it, in parts of what people do in conversation; 0 never.
        thinking: probability 0..1 of a long look away when speech halts within a turn.
        restless: size of the small saccades of a fixation, in parts of people's; 0 holds the eyes still.

    Raises:
        ValueError: an option is out of range.
    """

    focus: Path = field(default_factory=lambda: Path.still(*VIEWER))
    away: float = 1.0
    thinking: float = 0.12
    restless: float = 1.0

    def __post_init__(self) -> None:
        if len(self.focus.values[0]) != 3:
            raise ValueError(f"focus must be points (x, y, z) in metres, got {len(self.focus.values[0])} numbers each")
        for name in ("away", "restless"):
            check_size(getattr(self, name), name)
        check_share(self.thinking, "thinking")


def saccade_duration(angle: float) -> float:
    """Seconds that a saccade takes: 25 ms and 2.4 ms a degree (Lee et al. 2002, after Becker 1989).

    Args:
        angle: radians, 0 or more.
    """
    return 0.025 + 0.0024 * degrees(angle)


class GazeLayer:
    """Decides where the eyes look beside their focus: steps of yaw and pitch, radians.

    Args:
        options: how the face looks around.
        seed: of its chance.
    """

    def __init__(self, options: Gaze, *, seed: int) -> None:
        self.steps: list[Step] = []
        self.looks: list[Moment] = []
        """Looks that no other layer has seen yet."""
        self._options = options
        self._chance = Chance(seed, "gaze")
        self._speaking, self._away = False, False
        self._turn = self._stay() * self._chance.share()
        self._twitch = self._chance.waiting(*FIXATION)
        self._here = (0.0, 0.0)
        self._free = 0.0

    def advance(self, until: float) -> None:
        """Look away and back when it is time; twitch in between. Stops after each look, so that others can see it."""
        while min(self._turn, self._twitch) < until and not self.looks:
            if self._turn <= self._twitch:
                self._leave(self._turn) if not self._away else self._return(self._turn)
            else:
                self._fixate(self._twitch)

    def hear(self, moment: Moment) -> None:
        """Look away where a turn begins or halts, and back where it ends (Kendon 1967)."""
        chance, options = self._chance, self._options
        match moment.kind:
            case Kind.TURN:
                self._speaking = True
                self._turn = moment.time + self._stay()
                if options.away and chance.happens(TURN_LOOKS_AWAY * min(options.away, 1.0)):
                    stay = max(moment.at + chance.around(*TURN_AWAY) - moment.time, 0.3)
                    self._avert(moment.time, stay, TURN_WAYS)
            case Kind.PAUSE:
                if options.away and not self._away and chance.happens(options.thinking):
                    self._avert(moment.time, chance.around(*THINKING_AWAY, least=0.5), THINKING_WAYS)
            case Kind.SILENCE:
                self._speaking = False
                if self._away:
                    self._return(moment.time)
                else:
                    self._turn = moment.time + self._stay()

    def _stay(self) -> float:
        on, off = SPEAKING if self._speaking else LISTENING
        if self._away:
            return self._chance.waiting(*off)
        return self._chance.waiting(*on) / self._options.away if self._options.away else float("inf")

    def _leave(self, time: float) -> None:
        """Go anywhere, by the odds of conversation: P = 15.7 exp(-A / 6.9) (Lee et al. 2002, equation 1)."""
        angle = radians(-6.9 * log(15.0 * max(self._chance.share(), 1e-6) / 15.7))
        towards = self._chance.one_of(COMPASS) * pi / 4
        self._go_away(time, angle, towards)
        self._turn = time + self._stay()

    def _avert(self, time: float, stay: float, ways: tuple[float, ...]) -> None:
        """Go clearly away for a reason, up, down or sideways."""
        way = self._chance.one_of(ways)
        side = 0.0 if self._chance.happens(0.5) else pi
        towards = (pi / 2, -pi / 2, side)[way] + self._chance.around(0.0, 0.35)
        self._go_away(time, CLEARLY + radians(self._chance.waiting(5.0, 3.0)), towards)
        self._turn = time + stay

    def _go_away(self, time: float, angle: float, towards: float) -> None:
        self._away = True
        angle = min(angle, FARTHEST_SPEAKING if self._speaking else FARTHEST_LISTENING)
        # The compass is the face's own: its right is our -yaw, up is -pitch.
        self._go(time, (-angle * cos(towards), -angle * sin(towards)))

    def _return(self, time: float) -> None:
        self._away = False
        self._go(time, (0.0, 0.0))
        self._turn = time + self._stay()

    def _fixate(self, time: float) -> None:
        self._twitch = time + self._chance.waiting(*FIXATION)
        size = radians(0.35) * self._options.restless
        if self._away or not size or time < self._free:
            return
        self._step(time, (self._chance.around(0.0, size), self._chance.around(0.0, size)))

    def _go(self, time: float, target: tuple[float, float]) -> None:
        start, angle = self._step(time, target)
        self.looks.append(Moment(Kind.LOOK, time, start, angle, target))

    def _step(self, time: float, target: tuple[float, float]) -> tuple[float, float]:
        start = max(time, self._free)
        angle = ((target[0] - self._here[0]) ** 2 + (target[1] - self._here[1]) ** 2) ** 0.5
        if angle:
            duration = saccade_duration(angle)
            self.steps.append(Step(start, duration, target))
            self._here, self._free = target, start + duration + REST
        return start, angle
