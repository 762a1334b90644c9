"""Every engine's phones in the one alphabet of `avatar.articulation.phones`.

A table maps an engine's symbol to an ARPAbet phone without stress, or to silence. A diphthong stays one phone.
"""

from __future__ import annotations

from collections.abc import Iterable

from avatar.articulation.phones import ARPABET, SILENCE, Phone

_SAME = {symbol.lower(): symbol for symbol in ARPABET if symbol != SILENCE}

FESTIVAL = {
    **_SAME,
    "ax": "AH",
    "axr": "ER",
    "ix": "IH",
    "dx": "T",
    "nx": "N",
    "hv": "HH",
    "el": "L",
    "em": "M",
    "en": "N",
    "pau": SILENCE,
    "h#": SILENCE,
    "brth": SILENCE,
    "ssil": SILENCE,
}
"""The "radio" phones of Festival's American voices."""

FLITE = FESTIVAL
"""Flite inherits Festival's phones."""

KOKORO = {
    "A": "EY",
    "I": "AY",
    "O": "OW",
    "Q": "OW",
    "W": "AW",
    "Y": "OY",
    "a": "AE",
    "i": "IY",
    "u": "UW",
    "æ": "AE",
    "ɑ": "AA",
    # The British vowel of "lot" is rounded, as "thought" is; the lips matter more here than the dictionary.
    "ɒ": "AO",
    "ɔ": "AO",
    "ə": "AH",
    "ɐ": "AH",
    "ᵊ": "AH",
    "ʌ": "AH",
    "ɛ": "EH",
    "e": "EH",
    "ɜ": "ER",
    "ɪ": "IH",
    "ᵻ": "IH",
    "ʊ": "UH",
    "b": "B",
    "d": "D",
    "f": "F",
    "h": "HH",
    "j": "Y",
    "k": "K",
    "l": "L",
    "m": "M",
    "n": "N",
    "p": "P",
    "r": "R",
    "s": "S",
    "t": "T",
    "v": "V",
    "w": "W",
    "z": "Z",
    "x": "K",
    "ð": "DH",
    "ŋ": "NG",
    "ɡ": "G",
    "ɹ": "R",
    "ɾ": "T",
    "T": "T",
    "ʔ": "T",
    "ʃ": "SH",
    "ʒ": "ZH",
    "ʤ": "JH",
    "ʧ": "CH",
    "θ": "TH",
}
"""The phoneme letters that Hibari's English G2P writes for Kokoro."""

IPA = {
    **{"a": "AA", "ɐ": "AH", "ə": "AH", "ɑ": "AA", "e": "EH", "ɛ": "EH", "i": "IY", "ɪ": "IH", "o": "OH", "ɔ": "AO"},
    **{"u": "UW", "ʊ": "UH", "y": "UE", "ø": "OE", "œ": "OE", "ɯ": "UX", "ɨ": "UX", "ɤ": "AH"},
    **{"õ": "OH", "ẽ": "EH", "ũ": "UW"},
    **{"j": "Y", "w": "W", "ɥ": "UE", "ʝ": "Y", "h": "HH", "ç": "HH", "ʰ": "HH"},
    **{"p": "P", "b": "B", "m": "M", "f": "F", "v": "V", "ʋ": "V", "β": "BH", "ɸ": "BH"},
    **{"t": "T", "d": "D", "ʈ": "T", "ɖ": "D", "ð": "DH", "θ": "TH", "s": "S", "z": "Z"},
    # An affricate is its fricative, whose lips it has.
    **{"ʦ": "S", "ʣ": "Z", "ʃ": "SH", "ʒ": "ZH", "ʂ": "SH", "ɕ": "SH"},
    **{"ʧ": "CH", "ʤ": "JH", "ʨ": "CH", "ʥ": "JH", "ꭧ": "CH"},
    **{"n": "N", "ɳ": "N", "ɴ": "N", "ɲ": "NY", "ŋ": "NG", "l": "L", "ʎ": "LY"},
    **{"r": "RR", "ɾ": "RR", "ɽ": "RR", "ʁ": "X", "x": "X", "χ": "X", "ɻ": "R"},
    **{"k": "K", "g": "G", "ɡ": "G", "ɣ": "G"},
}
"""The letters that `avatar.datasets.languages` writes for Kokoro."""

IPA_LENGTHENING = frozenset("ː\u0303→↗↓↘")
"""Letters whose time belongs to the one before: length, nasality, the tones of Mandarin."""

RUSSIAN = {
    **{"aa": "AA", "a": "AA", "ay": "AH", "ae": "AE", "oo": "AO", "o": "OH", "ee": "EH", "e": "EH", "ii": "IY"},
    **{"i": "IY", "ur": "UW", "uu": "UW", "u": "UW", "yy": "UX", "y": "UX", "ea": "EH", "ei": "EH", "ia": "AE"},
    **{"io": "OH", "iu": "UW", "au": "AW", "j": "Y", "ch": "CH", "sh": "SH", "sch": "SH", "zh": "ZH"},
    **{"c": "S", "ts": "S", "h": "X", "x": "X", "hh": "X", "xx": "X", "pau": SILENCE, "#": SILENCE},
    **{letter * times: symbol for letter, symbol in zip("bvgdzklmnprstf", "BVGDZKLMNPRSTF", strict=True)
       for times in (1, 2)},
    **{"r": "RR", "rr": "RR"},
}  # fmt: skip
"""The phones of Festival's Russian voice; a doubled consonant is a palatal one."""

FINNISH = {
    **{letter: letter.upper() for letter in "klmnpstbgdfv"},
    **{"a": "AA", "@": "AE", "o": "OH", "u": "UW", "e": "EH", "i": "IY", "y": "UE", "7": "OE"},
    **{"h": "HH", "j": "Y", "r": "RR", "N": "NG", "ng": "NG", "S": "SH", "pau": SILENCE, "#": SILENCE},
}
"""The phones of Festival's Finnish voices."""

KOKORO_MARKS = frozenset("ˈˌ ː")
"""Letters whose time belongs to a neighbour: stress and space to the next phone, length to the last."""

KOKORO_PAUSES = frozenset(';:,.!?—…"()“”')
"""Punctuation that Kokoro speaks as a pause."""


def from_table(symbol: str, table: dict[str, str]) -> str:
    """The ARPAbet phone of an engine's symbol.

    Args:
        symbol: as the engine wrote it.
        table: the engine's table, for example `FLITE`.

    Raises:
        ValueError: if the table lacks the symbol.
    """
    try:
        return table[symbol]
    except KeyError:
        raise ValueError(
            f"symbol must be one of the engine's {len(table)} known phones, got {symbol!r}; "
            "add it to its table in avatar.datasets.phones"
        ) from None


def join(pieces: Iterable[tuple[str, float, float]], *, shortest: float = 0.004) -> tuple[Phone, ...]:
    """Make phones of (symbol, start, end) in seconds: silences that touch become one, empty pieces vanish.

    Args:
        pieces: in order of time.
        shortest: pieces shorter than this many seconds are given to the piece before.
    """
    phones: list[Phone] = []
    for symbol, start, end in pieces:
        previous = phones[-1] if phones else None
        if previous and (end - start < shortest or (symbol == previous.symbol == SILENCE)):
            phones[-1] = Phone(previous.symbol, previous.start, max(end, previous.end))
        elif end - start >= shortest:
            phones.append(Phone(symbol, start, end))
    return tuple(phones)
