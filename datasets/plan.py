"""What the corpus will hold: which voice speaks which sentence, in an order of which every beginning is balanced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
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
        split: one of `avatar.datasets.corpus.Split`.
    """

    id: str
    text: str
    voice: Voice
    speed: float
    pitch: float
    split: str


def jobs(
    part: str,
    voices: list[Voice],
    *,
    sentences: Sequence[str] | None = None,
    held_out_as: str | None = None,
    seed: int = 0,
) -> Iterator[Job]:
    """The utterances of a part of the corpus without end, the same for the same seed.

    Voices take turns. Held-out voices speak held-out sentences only, so that their utterances are new in both.

    Args:
        part: goes into the ids.
        voices: that speak in it.
        sentences: that are spoken; None is English ones.
        held_out_as: split of everything in a part of which training hears nothing; all its sentences are spoken.
        seed: of sentences, speeds and pitches.
    """
    rng = Random(f"{seed} {part}")
    sentences = compose(SENTENCES, seed=seed) if sentences is None else sentences
    if held_out_as is not None:
        yield from _held_out_jobs(part, voices, list(sentences), held_out_as, rng)
    training, held_out = split(sentences)
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
        yield Job(f"{part}-{index:05d}", text, voice, round(speed, 3), round(pitch, 3), name)
        index += 1


def _held_out_jobs(part: str, voices: list[Voice], sentences: list[str], name: str, rng: Random) -> Iterator[Job]:
    """All voices in turn with sentences that training never speaks."""
    rng.shuffle(sentences)
    for index in count():
        voice, text = voices[index % len(voices)], sentences[index % len(sentences)]
        speed, pitch = rng.uniform(0.85, 1.2), rng.uniform(0.85, 1.25)
        yield Job(f"{part}-{index:05d}", text, voice, round(speed, 3), round(pitch, 3), name)


def shard_of_jobs(plan: Iterator[Job], number: int, *, size: int) -> list[Job]:
    """The jobs of one shard.

    Args:
        plan: from `jobs`, from its beginning.
        number: counted from 0.
        size: jobs in a shard.
    """
    return list(islice(plan, number * size, (number + 1) * size))
