"""What is said in a GRID clip: its name spells the sentence (Cooke et al. 2006), one character a word."""

import numpy as np
from numpy.typing import NDArray

from avatar.articulation.phones import Phone
from avatar.datasets.alignment import Aligner
from avatar.datasets.synthesis import MissingToolError

_SLOTS: tuple[dict[str, str], ...] = (
    {"b": "B IH N", "l": "L EY", "p": "P L EY S", "s": "S EH T"},
    {"b": "B L UW", "g": "G R IY N", "r": "R EH D", "w": "W AY T"},
    {"a": "AE T", "b": "B AY", "i": "IH N", "w": "W IH DH"},
    {
        **{"a": "EY", "b": "B IY", "c": "S IY", "d": "D IY", "e": "IY", "f": "EH F", "g": "JH IY", "h": "EY CH"},
        **{"i": "AY", "j": "JH EY", "k": "K EY", "l": "EH L", "m": "EH M", "n": "EH N", "o": "OW", "p": "P IY"},
        **{"q": "K Y UW", "r": "AA R", "s": "EH S", "t": "T IY", "u": "Y UW", "v": "V IY", "x": "EH K S"},
        **{"y": "W AY", "z": "Z EH D"},
    },
    {
        **{"z": "Z IH R OW", "1": "W AH N", "2": "T UW", "3": "TH R IY", "4": "F AO R", "5": "F AY V"},
        **{"6": "S IH K S", "7": "S EH V AH N", "8": "EY T", "9": "N AY N"},
    },
    {"a": "AH G EH N", "n": "N AW", "p": "P L IY Z", "s": "S UW N"},
)
"""Command, colour, preposition, letter, digit, adverb."""


def words(code: str) -> tuple[tuple[str, ...], ...]:
    """The phones of each word of a clip such as "bbaf2n" ("bin blue at F two now")."""
    return tuple(tuple(slot[letter].split()) for slot, letter in zip(_SLOTS, code, strict=True))


def align(samples: NDArray[np.float32], code: str) -> tuple[Phone, ...] | None:
    """Find a clip's phones; None without PocketSphinx (`pip install avatar[corpus]`) or where they do not fit."""
    try:
        aligner = Aligner()
    except MissingToolError:
        return None
    return aligner.align(samples, words(code))
