"""Phones with times: what aligners and synthesizers say, and what the articulation model reads."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

SILENCE = "SIL"
"""The symbol of a stretch without speech."""

BILABIAL = frozenset({"P", "B", "M"})
"""Phones that close the lips against each other."""

LABIODENTAL = frozenset({"F", "V"})
"""Phones that bring the lower lip to the upper teeth."""

ROUNDED_VOWELS = frozenset({"AO", "OE", "OH", "OW", "OY", "UE", "UH", "UW"})
"""Vowels (and diphthongs that begin with one) spoken with rounded lips."""

OPEN_VOWELS = frozenset({"AA", "AE", "AY", "AW"})
"""Vowels (and diphthongs that begin with one) spoken with a wide open jaw."""

_ENGLISH_VOWELS = frozenset({"AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"})

_ENGLISH_CONSONANTS = (
    BILABIAL
    | LABIODENTAL
    | frozenset({"CH", "D", "DH", "G", "HH", "JH", "K", "L", "N", "NG", "R", "S", "SH", "T", "TH", "W", "Y", "Z", "ZH"})
)

ARPABET = (SILENCE, *sorted(_ENGLISH_VOWELS | _ENGLISH_CONSONANTS))
"""What English needs: the 39 ARPAbet phones without stress marks, and "SIL"."""

_OTHER_VOWELS = {
    "UE": "close front rounded, as in French tu (y)",
    "OE": "mid front rounded, as in French peu and peur (ø œ)",
    "OH": "mid back rounded that does not glide, as in Italian sole (o)",
    "UX": "close, unrounded, not front, as in Russian ты (ɨ ɯ)",
}

_OTHER_CONSONANTS = {
    "BH": "lips near each other but not closed, as in Spanish haber (β ɸ)",
    "LY": "palatal lateral, as in Italian figlio (ʎ)",
    "NY": "palatal nasal, as in Spanish año (ɲ)",
    "RR": "tap or trill with free lips, as in Spanish perro (r ɾ)",
    "X": "velar or uvular fricative, as in German Bach (x χ)",
}

VOWELS = _ENGLISH_VOWELS | _OTHER_VOWELS.keys()
"""All vowels; a diphthong is one symbol."""

CONSONANTS = _ENGLISH_CONSONANTS | _OTHER_CONSONANTS.keys()
"""All consonants."""

PHONES = (*ARPABET, *sorted(_OTHER_VOWELS | _OTHER_CONSONANTS))
"""Every symbol a `Phone` may carry, silence first: `ARPABET`, then what other languages add to it.

What a viewer cannot see is left out: nasal vowels are written as their oral ones, palatalised, aspirated and retroflex
consonants as plain ones.
"""

_KNOWN = frozenset(PHONES)


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone and where it lies in the recording.

    Args:
        symbol: one of `PHONES`.
        start: where it begins, in seconds; the closure of a stop counts as its beginning.
        end: where it ends, in seconds; greater than `start`.

    Raises:
        ValueError: if the symbol is unknown or the times do not go forwards.

    >>> Phone("B", 0.25, 0.5).duration
    0.25
    """

    symbol: str
    start: float
    end: float

    def __post_init__(self) -> None:
        if self.symbol not in _KNOWN:
            raise ValueError(
                f"symbol must be one of avatar.articulation.phones.PHONES (ARPAbet without stress marks, {SILENCE!r} "
                f"and a few of other languages), got {self.symbol!r}; "
                "strip the digit of 'AA1', or map the engine's phones with a table of avatar.datasets.phones"
            )
        if not 0 <= self.start < self.end < inf:
            raise ValueError(
                f"start and end must be finite seconds with 0 <= start < end, got {self.start} and {self.end} "
                f"for {self.symbol!r}; drop empty phones before making a Phone"
            )

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.end - self.start

    def scaled(self, factor: float) -> Phone:
        """The same phone in a recording that was stretched by `factor` (2 is twice as long)."""
        return Phone(self.symbol, self.start * factor, self.end * factor)

    def shifted(self, seconds: float) -> Phone:
        """The same phone `seconds` later."""
        return Phone(self.symbol, self.start + seconds, self.end + seconds)
