"""What a listener notices in a voice: turns, phrases, pauses, stresses; one by one, while it speaks."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from avatar.behaviour.voice import TICKS

QUIETEST = -55.0
"""dB under full scale; what is softer is no voice."""
OVER_NOISE, UNDER_VOICE = 10.0, 30.0
"""dB that a voice is over the noise, and at most under its own loudest."""
NOISE_RISES, VOICE_FADES = 6.0 / TICKS, 1.0 / TICKS
"""dB a tick by which noise may have grown, and by which the loudest is forgotten."""
FIRST_NOISE, LOWEST_NOISE, FIRST_VOICE = -65.0, -80.0, -35.0
"""dB that are taken for granted before anything was heard."""

PAUSE = round(0.16 * TICKS)
"""Ticks without voice that are a pause: longer than what a closed mouth makes of a plosive."""
SILENCE = round(1.2 * TICKS)
"""Ticks without voice after which the turn is over."""
ONSET = 3
"""Ticks of voice, out of five, that begin a phrase."""

AROUND = 3
"""Ticks before and after a stress that are softer; as many are the look-ahead that a stress needs."""
APART = round(0.35 * TICKS)
"""Ticks between stresses, at least."""
FORGET = 0.2
"""Share by which each syllable's peak renews the usual one."""


class Kind(Enum):
    """What happens."""

    TURN = "turn"
    """Speech begins after silence."""
    PHRASE = "phrase"
    """Speech goes on after a pause."""
    STRESS = "stress"
    """A syllable stands out."""
    PAUSE = "pause"
    """Speech halts."""
    SILENCE = "silence"
    """Speech is over: from now on this face listens."""
    LOOK = "look"
    """The eyes go somewhere else."""


@dataclass(frozen=True)
class Moment:
    """Something that behaviour responds to.

    Args:
        kind: what happens.
        time: when it can first have an effect, in seconds; never before that of earlier moments.
        at: when it happens, in seconds: earlier than `time`, or later where there is look-ahead.
        strength: of a stress 0..1; of a look how far it goes, in radians.
        direction: yaw and pitch of a look, in radians.
    """

    kind: Kind
    time: float
    at: float
    strength: float = 0.0
    direction: tuple[float, float] = (0.0, 0.0)


class Listener:
    """Finds the moments in a voice by loudness alone, looking ahead by a fixed time.

    Args:
        lookahead: seconds of voice after an instant that may matter to it.
    """

    def __init__(self, lookahead: float) -> None:
        self._lookahead = lookahead
        self._heard = 0
        self._noise, self._loudest = FIRST_NOISE, FIRST_VOICE
        self._usual: float | None = None
        self._levels: deque[float] = deque(maxlen=5)
        self._voiced: deque[bool] = deque(maxlen=5)
        self._smooth: deque[float] = deque([QUIETEST] * (2 * AROUND + 1), maxlen=2 * AROUND + 1)
        self._turn = self._phrase = False
        self._quiet, self._last_stress = SILENCE, -APART

    @property
    def known(self) -> float:
        """Seconds up to which no further moment can come."""
        return self._heard / TICKS - self._lookahead

    def hear(self, loudness: Iterable[float]) -> list[Moment]:
        """Take in loudness, dB 50 times a second; give the moments that became known, in order."""
        return [moment for level in loudness for moment in self._tick(level)]

    def _tick(self, level: float) -> list[Moment]:
        self._heard += 1
        self._noise = max(min(level, self._noise + NOISE_RISES), LOWEST_NOISE)
        self._loudest = max(level, self._loudest - VOICE_FADES)
        voiced = level > max(self._noise + OVER_NOISE, self._loudest - UNDER_VOICE, QUIETEST)
        self._voiced.append(voiced)
        self._levels.append(max(level, QUIETEST))
        self._smooth.append(sum(self._levels) / len(self._levels))
        self._quiet = 0 if voiced else self._quiet + 1
        found = self._boundaries()
        stress = self._stress()
        return [*found, stress] if stress else found

    def _boundaries(self) -> list[Moment]:
        if not self._phrase and sum(self._voiced) >= ONSET and self._voiced[-1]:
            kind = Kind.PHRASE if self._turn else Kind.TURN
            self._turn = self._phrase = True
            return [self._moment(kind, ticks_ago=len(self._voiced) - self._voiced.index(True))]
        if self._phrase and self._quiet >= PAUSE:
            self._phrase = False
            return [self._moment(Kind.PAUSE, ticks_ago=self._quiet)]
        if self._turn and self._quiet >= SILENCE:
            self._turn = False
            return [self._moment(Kind.SILENCE, ticks_ago=self._quiet)]
        return []

    def _stress(self) -> Moment | None:
        """A peak of the smoothed loudness in the middle of what is remembered, louder than peaks usually are."""
        peak = self._smooth[AROUND]
        if not self._phrase or peak < max(self._smooth) or peak <= self._smooth[0] or self._smooth[AROUND + 1] == peak:
            return None
        usual = peak if self._usual is None else self._usual
        self._usual = usual + FORGET * (peak - usual)
        if peak < usual or self._heard - self._last_stress < APART:
            return None
        self._last_stress = self._heard
        # The mean of five ticks says what was loud two ticks ago.
        return self._moment(Kind.STRESS, ticks_ago=AROUND + 2.5, strength=min(0.4 + (peak - usual) / 10.0, 1.0))

    def _moment(self, kind: Kind, *, ticks_ago: float, strength: float = 0.0) -> Moment:
        return Moment(kind, self.known, (self._heard - ticks_ago) / TICKS, strength)
