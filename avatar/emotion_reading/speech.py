"""Sentences with times, for faces that only have to look as if they spoke."""

from collections.abc import Sequence

import numpy as np

from avatar.alignment.spelling import spell
from avatar.articulation.phones import SILENCE, VOWELS, Phone

PAUSE = 0.3
"""Seconds of silence at a comma or a stop, and at either end."""

_MARKS = ".,;:!?"
_DIPHTHONGS = frozenset({"AW", "AY", "EY", "OW", "OY"})
_SHORT = frozenset({"AH", "IH", "UH"})
_HISSING = frozenset({"CH", "F", "JH", "S", "SH", "TH", "Z", "ZH"})
_SPREAD = 0.2  # of a duration's logarithm


def timed(sentence: str, chance: np.random.Generator) -> list[Phone]:
    """Say a sentence at some speed, by letter-to-sound rules and usual durations.

    Args:
        sentence: English.
        chance: the source of chance; equal seeds give equal times.

    Returns:
        Phones from 0 s on, silence at both ends.

    Source:
        Klatt (1976), "Linguistic uses of segmental duration in English": vowels last longer than consonants,
        diphthongs longest, fricatives longer than stops. The numbers are ours.
    """
    symbols = [SILENCE]
    for word in sentence.lower().split():
        symbols += spell(word)
        if word[-1] in _MARKS:
            symbols.append(SILENCE)
    if symbols[-1] != SILENCE:
        symbols.append(SILENCE)
    slower = np.exp(chance.normal(0.0, 0.15))
    lengths = slower * np.exp(chance.normal(0.0, _SPREAD, len(symbols))) * [_usual(symbol) for symbol in symbols]
    return _placed(symbols, lengths)


def _placed(symbols: Sequence[str], lengths: np.ndarray) -> list[Phone]:
    ends = np.cumsum(lengths).tolist()
    return [Phone(symbol, start, end) for symbol, start, end in zip(symbols, [0.0, *ends[:-1]], ends, strict=True)]


def _usual(symbol: str) -> float:
    """Seconds that a phone lasts."""
    if symbol == SILENCE:
        return PAUSE
    if symbol in VOWELS:
        return 0.15 if symbol in _DIPHTHONGS else 0.07 if symbol in _SHORT else 0.11
    return 0.1 if symbol in _HISSING else 0.07
