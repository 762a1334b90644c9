"""The parts that the corpus is made of, and how much of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from avatar.datasets import languages
from avatar.datasets.build import Part
from avatar.datasets.festival import Festival
from avatar.datasets.flite import Flite
from avatar.datasets.hibari import Hibari
from avatar.datasets.kokoro import Kokoro
from avatar.datasets.pairs import chains
from avatar.datasets.plan import SENTENCES
from avatar.datasets.sentences import compose, split
from avatar.datasets.single_words import single_words
from avatar.datasets.synthesis import Synthesizer
from avatar.datasets.voices import (
    festival_voices,
    finnish_voices,
    flite_voices,
    hibari_voices,
    in_manner,
    kokoro_voices,
    language_voices,
    russian_voices,
)

LANGUAGE_SHARES = {
    "Spanish": 0.025,
    "French": 0.025,
    "Mandarin": 0.03,
    "Japanese": 0.025,
    "Hindi": 0.025,
    "Portuguese": 0.015,
}
"""Parts of the hours in which Kokoro speaks other languages."""


@dataclass(frozen=True)
class Downloaded:
    """Makes a synthesizer from a folder of downloads; unlike a partial function, it equals its like in another process.

    Args:
        kind: of synthesizer.
        tools: the folder.
    """

    kind: Callable[[Path], Synthesizer]
    tools: Path

    def __call__(self) -> Synthesizer:
        """Make it."""
        return self.kind(self.tools)


def all_parts(tools: Path) -> list[Part]:
    """Everything the corpus is made of; the shares add up to 1.

    Args:
        tools: folder of the downloads that Kokoro and Hibari need.
    """
    # Kokoro counts in 25 ms, so the aligner weighs more; its speech is the most human and the slowest to make.
    kokoro = partial(Part, make=Downloaded(Kokoro, tools), trust=0.7)
    flite = partial(Part, make=Flite, trust=0.5)
    festival = partial(Part, make=Festival, trust=0.5)
    return [
        kokoro("kokoro", kokoro_voices(), share=0.30),
        flite("flite", flite_voices(), share=0.13),
        festival("festival", festival_voices(), share=0.11),
        kokoro("kokoro-pairs", kokoro_voices(), share=0.02, sentences=pair_sentences),
        flite("flite-pairs", flite_voices(), share=0.04, sentences=pair_sentences),
        kokoro("kokoro-words", kokoro_voices(), share=0.03, sentences=words_alone),
        flite("flite-words", flite_voices(), share=0.04, sentences=words_alone),
        festival("festival-words", festival_voices(), share=0.02, sentences=words_alone),
        kokoro("kokoro-manners", in_manner(kokoro_voices(), "whispered"), share=0.02, sentences=all_english),
        flite(
            "flite-manners", in_manner(flite_voices(), "shouted", "whispered"), share=0.05, sentences=all_english
        ),
        *(
            kokoro(
                f"kokoro-{language.lower()}", language_voices(language), share=share,
                sentences=partial(in_language, language),
            )
            for language, share in LANGUAGE_SHARES.items()
        ),
        festival("festival-russian", russian_voices(), share=0.04, sentences=partial(in_language, "Russian")),
        kokoro(
            "kokoro-italian", language_voices("Italian"), share=0.015, sentences=partial(in_language, "Italian"),
            held_out_as="held_out_language",
        ),
        festival(
            "festival-finnish", finnish_voices(), share=0.015, sentences=partial(in_language, "Finnish"),
            held_out_as="held_out_language",
        ),
        Part(
            "hibari", hibari_voices(), Downloaded(Hibari, tools), share=0.025, trust=0.7, sentences=unheard,
            held_out_as="held_out_synthesizer",
        ),
    ]  # fmt: skip


@cache
def pair_sentences(seed: int) -> tuple[str, ...]:
    """Some sets of chains of all pairs: what one loses to the held-out sentences, another has."""
    return tuple(dict.fromkeys(chain for number in range(4) for chain in chains(seed=4 * seed + number)))


def all_english(seed: int) -> tuple[str, ...]:
    """Ordinary sentences and those of all pairs."""
    return (*compose(SENTENCES, seed=seed), *pair_sentences(seed))


def words_alone(seed: int) -> tuple[str, ...]:
    """Lists of words that are said one by one."""
    return tuple(single_words(SENTENCES, seed=seed))


def unheard(seed: int) -> tuple[str, ...]:
    """English sentences that training never speaks."""
    return tuple(split(all_english(seed))[1])


def in_language(language: str, seed: int) -> tuple[str, ...]:
    """Sentences of another language's sounds."""
    return tuple(languages.compose(language, SENTENCES, seed=seed))
