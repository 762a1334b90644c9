"""What each phone asks of jaw and lips: the table behind the articulation model.

Openings are inner-lip distances at normal loudness, set by hand: their order follows vowel height and rounding, their
size what everyday speech shows on video (about 12 mm for the most open vowels). How strongly a phone holds a parameter
follows which parts of the mouth it needs: coronal and velar consonants leave the lips to their neighbours, sibilants
need the teeth close together, rounded phones need the lips (Cohen and Massaro 1993 call this dominance; Browman and
Goldstein 1989 speak of tract variables that a gesture leaves unspecified).
"""

from dataclasses import dataclass

from avatar.articulation.phones import SILENCE


@dataclass(frozen=True, slots=True)
class Gesture:
    """Targets of one phone, and how strongly it holds them against its neighbours.

    Args:
        opening: distance between the inner lips in mm.
        jaw: part of the opening that the jaw makes, in mm; the lips make the rest.
        spread: how much wider than at rest the lips pull the mouth, in mm.
        rounding: 0..1, lips drawn together and forward (1 is a kiss).
        eversion: 0..1, lips turned outward as in "sh" (1 is a trumpet).
        hold_opening: strength of the opening target.
        hold_jaw: strength of the jaw target.
        hold_lips: strength of spread, rounding and eversion.
    """

    opening: float
    jaw: float
    spread: float = 0.0
    rounding: float = 0.0
    eversion: float = 0.0
    hold_opening: float = 1.0
    hold_jaw: float = 1.0
    hold_lips: float = 1.0


_REST = Gesture(0.0, 0.0, hold_opening=1.0, hold_jaw=1.0, hold_lips=0.25)

# A consonant made behind the lips: it brings the jaw up a little and leaves the shape of the lips to its neighbours.
_ALVEOLAR = Gesture(4.5, 3.5, 1.0, hold_opening=0.3, hold_jaw=0.4, hold_lips=0.12)
_VELAR = Gesture(6.0, 5.0, 0.5, hold_opening=0.2, hold_jaw=0.2, hold_lips=0.08)
_DENTAL = Gesture(4.5, 3.5, 0.5, hold_opening=0.4, hold_jaw=0.4, hold_lips=0.2)
_SIBILANT = Gesture(4.5, 2.0, 1.5, hold_opening=0.5, hold_jaw=0.8, hold_lips=0.3)
_POSTALVEOLAR = Gesture(5.0, 2.0, 0.0, 0.25, 0.5, hold_opening=0.5, hold_jaw=0.8, hold_lips=0.9)
# The contact itself is not here but in `contacts`: no blending may weaken it.
_BILABIAL = Gesture(1.5, 2.5, 0.0, hold_opening=0.3, hold_jaw=0.5, hold_lips=0.08)
_LABIODENTAL = Gesture(2.0, 2.0, 0.5, hold_opening=0.5, hold_jaw=0.6, hold_lips=0.3)

_OPEN_BACK = Gesture(12.0, 9.5, 0.0, hold_opening=1.2)
_OPEN_CENTRAL = Gesture(12.0, 9.0, 1.0, hold_opening=1.2)
_CLOSE_FRONT = Gesture(5.0, 3.0, 3.5, hold_lips=0.8)
_CLOSE_BACK = Gesture(3.0, 3.0, 0.0, 0.75, 0.1, hold_lips=1.5)
_OFFGLIDE_FRONT = Gesture(6.0, 4.0, 3.0, hold_opening=0.7, hold_jaw=0.7, hold_lips=0.6)
_OFFGLIDE_BACK = Gesture(3.5, 3.5, 0.0, 0.65, 0.1, hold_opening=0.8, hold_jaw=0.7, hold_lips=1.2)
_MID_BACK = Gesture(8.0, 6.5, 0.0, 0.4, 0.25, hold_lips=1.2)

GESTURES: dict[str, tuple[Gesture, ...]] = {
    SILENCE: (_REST,),
    "AA": (_OPEN_BACK,),
    "AE": (Gesture(11.5, 8.5, 2.5, hold_opening=1.2),),
    "AH": (Gesture(8.0, 6.0, 0.5, hold_opening=0.8, hold_jaw=0.8, hold_lips=0.5),),
    "AO": (Gesture(10.0, 8.0, 0.0, 0.15, 0.3, hold_lips=1.1),),
    "AW": (_OPEN_CENTRAL, _OFFGLIDE_BACK),
    "AY": (_OPEN_CENTRAL, _OFFGLIDE_FRONT),
    "EH": (Gesture(10.0, 7.0, 2.5),),
    "ER": (Gesture(5.5, 4.0, 0.0, 0.25, 0.25, hold_lips=0.9),),
    "EY": (Gesture(8.5, 6.0, 3.0), _OFFGLIDE_FRONT),
    "IH": (Gesture(6.5, 4.5, 2.0, hold_opening=0.8, hold_jaw=0.8, hold_lips=0.6),),
    "IY": (_CLOSE_FRONT,),
    "OW": (_MID_BACK, _OFFGLIDE_BACK),
    "OY": (_MID_BACK, _OFFGLIDE_FRONT),
    "UH": (Gesture(5.0, 4.0, 0.0, 0.35, 0.15, hold_opening=0.8, hold_jaw=0.8, hold_lips=1.0),),
    "UW": (_CLOSE_BACK,),
    "P": (_BILABIAL,),
    "B": (_BILABIAL,),
    "M": (_BILABIAL,),
    "F": (_LABIODENTAL,),
    "V": (_LABIODENTAL,),
    "TH": (_DENTAL,),
    "DH": (_DENTAL,),
    "T": (_ALVEOLAR,),
    "D": (_ALVEOLAR,),
    "N": (_ALVEOLAR,),
    "L": (Gesture(6.0, 4.5, 0.5, hold_opening=0.4, hold_jaw=0.4, hold_lips=0.15),),
    "S": (_SIBILANT,),
    "Z": (_SIBILANT,),
    "SH": (_POSTALVEOLAR,),
    "ZH": (_POSTALVEOLAR,),
    "CH": (_POSTALVEOLAR,),
    "JH": (_POSTALVEOLAR,),
    "K": (_VELAR,),
    "G": (_VELAR,),
    "NG": (_VELAR,),
    "HH": (Gesture(6.0, 5.0, 0.0, hold_opening=0.05, hold_jaw=0.05, hold_lips=0.02),),
    "R": (Gesture(3.0, 3.0, 0.0, 0.35, 0.2, hold_opening=0.8, hold_jaw=0.5, hold_lips=1.0),),
    "W": (Gesture(1.0, 2.5, 0.0, 0.85, 0.0, hold_opening=1.6, hold_jaw=0.6, hold_lips=1.8),),
    "Y": (Gesture(5.0, 3.5, 2.5, hold_opening=0.6, hold_jaw=0.5, hold_lips=0.5),),
    "UE": (Gesture(3.0, 2.5, 0.0, 0.75, 0.15, hold_lips=1.5),),
    "OE": (Gesture(6.0, 4.5, 0.0, 0.5, 0.2, hold_lips=1.3),),
    "OH": (_MID_BACK,),
    "UX": (Gesture(5.0, 3.0, 2.0, hold_opening=0.8, hold_jaw=0.8, hold_lips=0.6),),
    "X": (_VELAR,),
    "RR": (_ALVEOLAR,),
    "NY": (Gesture(5.0, 3.5, 1.5, hold_opening=0.5, hold_jaw=0.5, hold_lips=0.3),),
    "LY": (Gesture(5.5, 4.0, 1.5, hold_opening=0.5, hold_jaw=0.5, hold_lips=0.3),),
    "BH": (Gesture(1.8, 3.0, 0.0, hold_opening=2.0, hold_jaw=0.6, hold_lips=0.1),),
}
"""Each phone's gestures in time: one, or two for a diphthong."""
