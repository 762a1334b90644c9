"""Phones that look alike."""

from collections.abc import Iterable

from avatar.articulation.phones import PHONES, SILENCE

_GROUPS = {
    "PP": "P B M",
    "FF": "F V BH",
    "TH": "TH DH",
    "DD": "T D",
    "kk": "K G HH X",
    "CH": "CH JH SH ZH",
    "SS": "S Z",
    "nn": "N L NG NY LY",
    "RR": "R RR ER",
    "aa": "AA AE AH AY AW",
    "E": "EH EY",
    "I": "IH IY Y UX",
    "O": "AO OH OW OY",
    "U": "UH UW UE OE W",
}

VISEMES = ("sil", *_GROUPS)
"""The classes, after the 15 visemes of Oculus lip sync, silence first."""

VISEME_OF = {SILENCE: "sil"} | {phone: viseme for viseme, phones in _GROUPS.items() for phone in phones.split()}
"""The viseme of each phone; of diphthongs that of how they begin."""

assert set(VISEME_OF) == set(PHONES)


def visemes(phones: Iterable[str]) -> tuple[str, ...]:
    """The visemes of phones, one for each.

    >>> visemes(["B", "AA", "M"])
    ('PP', 'aa', 'PP')
    """
    return tuple(VISEME_OF[phone] for phone in phones)
