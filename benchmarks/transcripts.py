"""What is said in the English recordings of the development data, and where its phones are."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatar.articulation.phones import Phone
from avatar.audio import load_audio
from avatar.datasets.alignment import Aligner
from benchmarks import grid_sentences

Words = tuple[tuple[str, ...], ...]

_SENTENCES = {
    "hello": (
        "hello i am avatar give me any voice and my lips will move to match it "
        "five bumpy bubbles above a purple puffin perfectly possible"
    ),
    "claire_neutral": (
        "she usually rushes to push the garage door closed george is at the church watching a magic show "
        "we rose with lucy about the tall tower in her new yellow car"
    ),
    "claire_anger": (
        "the beige hue on the waters of the loch impressed all including the french queen "
        "before she heard that symphony again just as young arthur wanted"
    ),
    "claire_sadness": " ".join(
        4 * ["are those shy eurasian footwear cowboy chaps or jolly earthmoving headgear"],
    ),
}
"""By file name; what the actress says was heard by Whisper (base and tiny.en agree but for a word or two)."""

_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

_BEYOND_THE_DICTIONARY = {
    "loch": "L AA K",
    "earthmoving": "ER TH M UW V IH NG",
    "headgear": "HH EH D G IH R",
    "footwear": "F UH T W EH R",
    "eurasian": "Y UH R EY ZH AH N",
}


def words_of(path: Path) -> Words | None:
    """The phones of each word of a recording, by its file's name; None for another language."""
    if path.stem.startswith("grid_"):
        return grid_sentences.words(path.stem.removeprefix("grid_"))
    if path.stem[0].isdigit():
        return (_pronounce(_DIGITS[int(path.stem[0])]),)
    sentence = _SENTENCES.get(path.stem)
    return None if sentence is None else tuple(map(_pronounce, sentence.split()))


def aligned(paths: list[Path]) -> Iterator[tuple[Path, NDArray[np.float32], tuple[Phone, ...] | None]]:
    """Each recording in English with its samples at 16 kHz and its phones, None where they do not fit."""
    aligner = Aligner()
    for path in paths:
        words = words_of(path)
        if words is not None:
            samples = load_audio(path).samples
            yield path, samples, aligner.align(samples, words)


def _pronounce(word: str) -> tuple[str, ...]:
    return tuple((_BEYOND_THE_DICTIONARY.get(word) or _dictionary()[word]).split())


@cache
def _dictionary() -> dict[str, str]:
    """PocketSphinx's own: its first pronunciation of each word."""
    import pocketsphinx

    lines = Path(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict")).read_text("utf-8").splitlines()
    return dict(line.split(maxsplit=1) for line in lines if line.strip())
