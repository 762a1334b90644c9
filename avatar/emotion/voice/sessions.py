"""Sessions of one voice in one room that says each sentence in another emotion, some of them in none."""

import numpy as np
from numpy.typing import NDArray

from avatar.datasets.channel import TELEPHONE, add_noise, band, reverberate, tilt
from avatar.datasets.corpus import Corpus
from avatar.emotion.emotions import NEUTRAL
from avatar.emotion.voice.acting import CUES, Cues, act, draw_cues, draw_habit, range_levels
from avatar.emotion.voice.clips import Clip
from avatar.emotion.voice.frames import analyse
from avatar.emotion.voice.prosody import prosody

PLAIN = 4
"""Sentences of a session that are said without emotion, beside one in each emotion."""

_SHORTEST, _LONGEST = 1.5, 6.0  # seconds of a sentence that are used


class Room:
    """What a session's room and microphone do to all of it."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._slope = float(rng.uniform(-8.0, 8.0))
        self._echo = float(rng.uniform(0.1, 0.5)) if rng.random() < 0.4 else None
        self._telephone = bool(rng.random() < 0.15)
        self._noise = float(rng.uniform(12.0, 45.0))
        self._colour = float(rng.uniform(-20.0, 0.0))
        # Recorders that level what is loud and quiet out.
        self._levelling = float(rng.uniform(0.5, 1.0)) if rng.random() < 0.4 else 1.0
        self._loudness = float(rng.uniform(-8.0, 0.0))

    def hear(self, samples: NDArray[np.float32], level: float, rng: np.random.Generator) -> NDArray[np.float32]:
        """A sentence [N] that is `level` dB louder than usual, as it is recorded."""
        heard = tilt(samples, self._slope)
        if self._levelling < 1.0:
            heard = range_levels(heard, self._levelling, level * (self._levelling - 1.0))
        if self._echo is not None:
            heard = reverberate(heard, self._echo, rng)
        noise = tilt(rng.standard_normal(len(heard)).astype(np.float32), self._colour)
        # The noise is the room's: it does not rise with the voice.
        heard = add_noise(heard, noise, self._noise + level * self._levelling)
        heard = band(heard, *TELEPHONE) if self._telephone else heard
        return np.asarray(heard * np.float32(10 ** (self._loudness / 20)), np.float32)


def voices(corpus: Corpus) -> dict[str, list[int]]:
    """Places of the sentences of each voice that has enough of them.

    Raises:
        ValueError: none has.
    """
    found: dict[str, list[int]] = {}
    for index, entry in enumerate(corpus.entries):
        if entry.seconds > _SHORTEST:
            found.setdefault(entry.voice, []).append(index)
    enough = {voice: places for voice, places in sorted(found.items()) if len(places) >= PLAIN}
    if not enough:
        raise ValueError(f"the corpus has no voice with {PLAIN} sentences of plain speech; build more of it")
    return enough


def session(corpus: Corpus, sentences: dict[str, list[int]], number: int, seed: int) -> list[Clip]:
    """One acted session.

    Args:
        corpus: plain speech.
        sentences: of its voices, from `voices`; all take their turns.
        number: which session.
        seed: of everything.
    """
    order = np.random.default_rng([seed, 0]).permutation(len(sentences))
    rng = np.random.default_rng([seed, 1, number])
    voice = list(sentences)[order[number % len(sentences)]]
    roles = [NEUTRAL] * PLAIN + [name for name in CUES if name != NEUTRAL]
    known = sentences[voice]
    chosen = rng.choice(known, len(roles), replace=len(known) < len(roles))
    room, habit = Room(rng), draw_habit(rng)
    return [
        _clip(corpus[int(index)].samples, role, f"{voice} {number}", room, habit, rng)
        for index, role in zip(chosen, roles, strict=True)
    ]


def _clip(
    samples: NDArray[np.float32], emotion: str, speaker: str, room: Room, habit: Cues, rng: np.random.Generator
) -> Clip:
    cues, intensity = draw_cues(emotion, habit, rng)
    acted = act(samples[: round(_LONGEST * 16000)], cues, rng)
    heard = room.hear(acted, cues.level, rng)
    return Clip(prosody(analyse(heard)), speaker, emotion, intensity)
