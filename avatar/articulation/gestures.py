"""What each phone asks of jaw, lips and tongue, in millimetres: the table behind the articulation model.

Openings are inner-lip distances at normal loudness, on a mouth as wide as the built-in head's. The sizes are ours, set
by hand: what everyday speech shows on video (about 13 mm for the most open vowels). Their order follows what has been
measured. Jaw: lower in opener vowels (Lindblom and Sundberg 1971), highest in sibilants, then in other coronals, while
velars leave it to their neighbours (after Keating et al. 1994). Lips: widest in spread vowels, narrowest and furthest
forward in close rounded ones (Fromkin 1964); lips that go forward narrow the mouth by about as much.

How strongly a phone holds a parameter follows which parts of the mouth it needs: coronal and velar consonants leave the
lips to their neighbours, sibilants need the teeth close together, rounded phones need the lips (Cohen and Massaro 1993
call this dominance; Browman and Goldstein 1989 speak of tract variables that a gesture leaves unspecified).
"""

from dataclasses import dataclass

from avatar.articulation.phones import SILENCE


@dataclass(frozen=True, slots=True)
class Gesture:
    """Targets of one phone in mm, and how strongly it holds them against its neighbours.

    Args:
        opening: distance between the inner lips.
        jaw: part of the opening that the jaw makes; the lips make the rest.
        width: how much further apart than at rest the mouth's corners are, whatever the jaw does; negative is narrower.
        protrusion: how far the lips stand forward of rest.
        lower_lip: how far the lower lip is raised above where the jaw carries it; negative shows the lower teeth.
        tongue_tip: how far the tongue's tip is raised from its bed.
        tongue_back: how far its back is raised.
        tongue_out: how far its tip is put forward, out between the teeth.
        hold_opening: strength of opening and lower lip.
        hold_jaw: strength of the jaw.
        hold_lips: strength of width and protrusion.
        hold_tongue: strength of the tongue.
    """

    opening: float
    jaw: float
    width: float = 0.0
    protrusion: float = 0.0
    lower_lip: float = 0.0
    tongue_tip: float = 0.0
    tongue_back: float = 0.0
    tongue_out: float = 0.0
    hold_opening: float = 1.0
    hold_jaw: float = 1.0
    hold_lips: float = 1.0
    hold_tongue: float = 0.4


_REST = Gesture(0.0, 0.0, hold_lips=0.5)

SCHWA = Gesture(7.0, 5.0, 0.3, 0.0, -0.8, hold_opening=0.5, hold_jaw=0.5, hold_lips=0.25)
"""What is left of a vowel that is spoken in passing."""

REDUCED = frozenset({"AH", "ER", "IH", "UH"})
"""Vowels that become a schwa when they are short."""


def _consonant(
    opening: float, jaw: float, width: float, lower_lip: float, holds: tuple[float, float, float], **tongue: float
) -> tuple[Gesture]:
    """A consonant that does not round the lips."""
    hold_opening, hold_jaw, hold_lips = holds
    return (
        Gesture(
            opening,
            jaw,
            width,
            0.0,
            lower_lip,
            **tongue,
            hold_opening=hold_opening,
            hold_jaw=hold_jaw,
            hold_lips=hold_lips,
            hold_tongue=1.0 if tongue else 0.05,
        ),
    )


# A consonant made behind the lips: it brings the jaw up a little and leaves the shape of the lips to its neighbours.
_ALVEOLAR = _consonant(5.5, 4.0, 0.8, -0.5, (0.3, 0.4, 0.12), tongue_tip=8.0, tongue_out=1.0)
_VELAR = _consonant(8.0, 6.5, 0.3, -0.5, (0.2, 0.2, 0.08), tongue_back=10.0)
_DENTAL = _consonant(7.5, 5.0, 0.5, -1.3, (0.6, 0.5, 0.2), tongue_tip=4.0, tongue_out=12.0)
_SIBILANT = _consonant(5.5, 2.3, 1.5, -1.6, (0.5, 0.8, 0.3), tongue_tip=6.0)
_PALATAL = _consonant(6.5, 4.5, 1.5, -0.8, (0.5, 0.5, 0.3), tongue_tip=2.0, tongue_back=6.0)
# The contact itself is not here but in `contacts`: no blending may weaken it.
_BILABIAL = _consonant(1.5, 2.5, 0.0, 1.0, (0.3, 0.5, 0.3))
_LABIODENTAL = _consonant(2.0, 2.0, 0.5, 1.0, (0.5, 0.6, 0.3))
_POSTALVEOLAR = (
    Gesture(6.5, 2.3, -3.2, 4.0, -1.8, tongue_tip=6.0, hold_opening=0.5, hold_jaw=0.8, hold_lips=0.9, hold_tongue=1.0),
)

_OPEN_BACK = Gesture(13.0, 10.2, 0.0, 0.0, -1.4, hold_opening=1.2)
# The first vowel of "now" is as unrounded as that of "nigh": rounding of the second must not spread over it.
_OPEN_CENTRAL = Gesture(13.5, 10.0, 1.0, 0.0, -1.6, hold_opening=1.2, hold_lips=2.5)
_CLOSE_BACK = Gesture(4.5, 4.0, -6.2, 5.6, -0.5, tongue_back=6.0, hold_lips=1.5)
_OFFGLIDE_FRONT = Gesture(8.0, 5.5, 3.0, 0.0, -1.1, tongue_tip=2.0, hold_opening=0.7, hold_jaw=0.7, hold_lips=0.8)
_OFFGLIDE_BACK = Gesture(5.0, 4.5, -5.5, 5.0, -0.4, tongue_back=4.0, hold_opening=0.8, hold_jaw=0.7)
_MID_BACK = Gesture(10.0, 8.0, -4.0, 4.0, -0.8, tongue_back=4.0, hold_lips=1.2)

GESTURES: dict[str, tuple[Gesture, ...]] = {
    SILENCE: (_REST,),
    "AA": (_OPEN_BACK,),
    "AE": (Gesture(12.5, 9.2, 2.3, 0.0, -1.7, hold_opening=1.2),),
    "AH": (Gesture(10.0, 7.4, 0.5, 0.0, -1.1, hold_opening=0.8, hold_jaw=0.8, hold_lips=0.5),),
    "AO": (Gesture(12.0, 9.4, -3.2, 3.0, -1.0, tongue_back=2.0, hold_lips=1.1),),
    "AW": (_OPEN_CENTRAL, _OFFGLIDE_BACK),
    "AY": (_OPEN_CENTRAL, _OFFGLIDE_FRONT),
    "EH": (Gesture(11.0, 7.7, 2.3, 0.0, -1.6),),
    "ER": (Gesture(6.5, 4.7, -2.8, 3.0, -0.8, tongue_tip=4.0, hold_lips=0.9),),
    "EY": (Gesture(10.0, 7.0, 3.0, 0.0, -1.4), _OFFGLIDE_FRONT),
    "IH": (Gesture(8.5, 5.9, 2.0, 0.0, -1.1, tongue_tip=1.0, hold_opening=0.8, hold_jaw=0.8, hold_lips=0.6),),
    "IY": (Gesture(7.0, 4.4, 3.5, 0.0, -1.1, tongue_tip=2.0, tongue_back=3.0, hold_lips=1.2),),
    "OW": (_MID_BACK, _OFFGLIDE_BACK),
    "OY": (_MID_BACK, _OFFGLIDE_FRONT),
    "UH": (Gesture(7.0, 5.4, -3.2, 3.2, -0.6, tongue_back=4.0, hold_opening=0.8, hold_jaw=0.8, hold_lips=1.0),),
    "UW": (_CLOSE_BACK,),
    "UE": (Gesture(4.5, 3.5, -6.0, 5.8, -0.5, tongue_tip=2.0, hold_lips=1.5),),
    "OE": (Gesture(8.0, 5.9, -4.2, 4.3, -0.8, tongue_tip=1.0, hold_lips=1.3),),
    "OH": (_MID_BACK,),
    "UX": (Gesture(7.0, 4.6, 1.5, 0.0, -1.0, tongue_back=5.0, hold_opening=0.8, hold_jaw=0.8, hold_lips=0.6),),
    "P": _BILABIAL,
    "B": _BILABIAL,
    "M": _BILABIAL,
    "F": _LABIODENTAL,
    "V": _LABIODENTAL,
    "TH": _DENTAL,
    "DH": _DENTAL,
    "T": _ALVEOLAR,
    "D": _ALVEOLAR,
    "N": _ALVEOLAR,
    "L": _consonant(7.0, 5.2, 0.5, -0.8, (0.4, 0.4, 0.15), tongue_tip=9.0, tongue_out=2.5),
    "S": _SIBILANT,
    "Z": _SIBILANT,
    "SH": _POSTALVEOLAR,
    "ZH": _POSTALVEOLAR,
    "CH": _POSTALVEOLAR,
    "JH": _POSTALVEOLAR,
    "K": _VELAR,
    "G": _VELAR,
    "NG": _VELAR,
    "X": _VELAR,
    "HH": _consonant(8.0, 6.5, 0.0, -0.5, (0.05, 0.05, 0.02)),
    "R": (Gesture(3.0, 3.0, -3.3, 3.4, -0.3, tongue_tip=5.0, hold_opening=0.8, hold_jaw=0.5, hold_tongue=1.0),),
    "RR": _consonant(6.0, 4.7, 0.6, -0.5, (0.3, 0.4, 0.12), tongue_tip=8.0),
    "NY": _PALATAL,
    "LY": _PALATAL,
    "BH": (Gesture(1.8, 3.0, 0.0, 0.0, 1.0, hold_opening=2.0, hold_jaw=0.6, hold_lips=0.1, hold_tongue=0.05),),
    "W": (Gesture(1.5, 2.5, -6.5, 6.0, 0.3, tongue_back=5.0, hold_opening=1.6, hold_jaw=0.6, hold_lips=1.5),),
    "Y": (Gesture(6.5, 4.5, 2.5, 0.0, -0.8, tongue_back=5.0, hold_opening=0.6, hold_jaw=0.5, hold_lips=0.5),),
}
"""Each phone's gestures in time: one, or two for a diphthong."""
