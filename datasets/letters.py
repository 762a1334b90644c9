"""Phones with times out of the letters that Kokoro and Hibari speak, each of which lasts some frames."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.articulation.phones import SILENCE, VOWELS, Phone
from avatar.datasets.phones import IPA, IPA_LENGTHENING, KOKORO, KOKORO_MARKS, KOKORO_PAUSES, from_table, join


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one letter of Kokoro's alphabet becomes: a symbol, and the word it belongs to (-1: none)."""

    symbol: str
    word: int
    frames: float


def read_letters(letters: str, frames: NDArray[np.float32]) -> list[Spoken]:
    """Turn Kokoro's letters and their durations into phones.

    Stress marks and spaces give their time to the next phone, length marks to the last; a schwa or open vowel
    before an r that no vowel follows becomes the one phone ER.

    Args:
        letters: in Kokoro's alphabet.
        frames: how long each lasts, [letters], in `FRAME_SECONDS`.
    """

    def melted(place: int, symbol: str, word: int, previous: Spoken) -> str | None:
        return "ER" if letters[place] == "ɹ" and _colours(letters, place) else None

    return _read(letters, frames, KOKORO, frozenset("ː"), melted)


def _colours(letters: str, place: int) -> bool:
    """Whether the r at a place melts into the vowel before it."""
    before = letters[place - 1] if place else ""
    if before == "ɜ":
        return True
    following = re.sub("[ˈˌː]", "", letters[place + 1 : place + 3])[:1]
    return before == "ə" and KOKORO.get(following) not in VOWELS


def read_ipa(letters: str, frames: NDArray[np.float32]) -> list[Spoken]:
    """Turn the letters of `avatar.datasets.languages` and their durations into phones.

    Stress marks and spaces give their time to the next phone; length, nasality and tone to the last. A double
    consonant is one long phone.

    Args:
        letters: phonetic ones.
        frames: how long each lasts, [letters].
    """

    def melted(place: int, symbol: str, word: int, previous: Spoken) -> str | None:
        return symbol if previous.symbol == symbol and previous.word == word else None

    return _read(letters, frames, IPA, IPA_LENGTHENING, melted)


def _read(
    letters: str,
    frames: NDArray[np.float32],
    table: dict[str, str],
    lengthening: frozenset[str],
    melted: Callable[[int, str, int, Spoken], str | None],
) -> list[Spoken]:
    """Phones of letters that last some frames.

    Args:
        letters: that are spoken.
        frames: how long each lasts, [letters].
        table: the phone of each letter.
        lengthening: marks that give their time to the last phone.
        melted: what the phone before becomes together with the one at a place, given that one's symbol and word; None
            keeps them apart.
    """
    spoken: list[Spoken] = []
    carried, word, at_edge = 0.0, -1, True
    for place, (letter, duration) in enumerate(zip(letters, map(float, frames), strict=True)):
        previous = spoken[-1] if spoken else None
        if letter in lengthening and previous:
            spoken[-1] = Spoken(previous.symbol, previous.word, previous.frames + duration)
        elif letter in KOKORO_MARKS | lengthening:
            carried += duration
            at_edge = at_edge or letter == " "
        elif letter in KOKORO_PAUSES:
            spoken.append(Spoken(SILENCE, -1, carried + duration))
            carried, at_edge = 0.0, True
        else:
            symbol = from_table(letter, table)
            if at_edge:
                word, at_edge = word + 1, False
            whole = melted(place, symbol, word, previous) if previous else None
            if previous and whole:
                spoken[-1] = Spoken(whole, previous.word, previous.frames + carried + duration)
            else:
                spoken.append(Spoken(symbol, word, carried + duration))
            carried = 0.0
    return spoken


def timed(
    spoken: Sequence[Spoken], *, frame: float, start: float, seconds: float
) -> tuple[tuple[Phone, ...], tuple[tuple[str, ...], ...]]:
    """Phones with times, and the symbols of each word.

    Args:
        spoken: in order.
        frame: seconds of one frame.
        start: second at which the first begins; before and after all lies silence.
        seconds: length of the recording.
    """
    pieces, time = [(SILENCE, 0.0, max(start, 0.0))], start
    words: dict[int, list[str]] = {}
    for item in spoken:
        end = time + item.frames * frame
        pieces.append((item.symbol, max(time, 0.0), max(end, 0.0)))
        time = end
        if item.word >= 0:
            words.setdefault(item.word, []).append(item.symbol)
    pieces.append((SILENCE, time, seconds))
    return join(pieces), tuple(tuple(word) for word in words.values())
