"""What the corpus will hold: which voice speaks which sentence, in an order of which every beginning is balanced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random

from avatar.datasets.sentences import compose, split
from avatar.datasets.synthesis import Voice

SENTENCES = 2600
"""How many sentences the corpus draws from."""

HELD_OUT_EVERY = 12
"""One utterance in so many of an engine is a held-out voice's, and one more a held-out sentence."""


@dataclass(frozen=True, slots=True)
class Job:
    """One utterance to make.

    Args:
        id: unique, for example "kokoro-00012".
        text: what is said.
        voice: who says it.
        speed: 1 is the voice's own.
        pitch: factor on the fundamental frequency, for engines that can.
        split: "train", "held_out_voice" or "held_out_sentence".
    """

    id: str
    text: str
    voice: Voice
    speed: float
    pitch: float
    split: str


def jobs(engine: str, voices: list[Voice], *, seed: int = 0) -> Iterator[Job]:
    """An engine's utterances without end, the same for the same seed.

    Voices take turns. Held-out voices speak held-out sentences only, so that their utterances are new in both.

    Args:
        engine: goes into the ids.
        voices: of that engine.
        seed: of sentences, speeds and pitches.
    """
    rng = Random(f"{seed} {engine}")
    training, held_out = split(compose(SENTENCES, seed=seed))
    rng.shuffle(training)
    rng.shuffle(held_out)
    speakers = [voice for voice in voices if not voice.held_out]
    strangers = [voice for voice in voices if voice.held_out]
    index = spoken = tested = 0
    while True:
        turn = index % HELD_OUT_EVERY
        if turn == 5 and strangers:
            voice, text, name = strangers[tested % len(strangers)], held_out[tested % len(held_out)], "held_out_voice"
        elif turn == 11:
            # An odd stride: the rota of speakers must not fall into step with the rota of turns.
            voice, text, name = rng.choice(speakers), held_out[(tested * 7) % len(held_out)], "held_out_sentence"
            tested += 1
        else:
            voice, text, name = speakers[spoken % len(speakers)], training[spoken % len(training)], "train"
            spoken += 1
        speed, pitch = rng.uniform(0.85, 1.2), rng.uniform(0.85, 1.25)
        yield Job(f"{engine}-{index:05d}", text, voice, round(speed, 3), round(pitch, 3), name)
        index += 1


def shard_of_jobs(engine: str, voices: list[Voice], number: int, *, size: int, seed: int = 0) -> list[Job]:
    """The jobs of one shard.

    Args:
        number: counted from 0.
        size: jobs in a shard.
    """
    return list(islice(jobs(engine, voices, seed=seed), number * size, (number + 1) * size))
