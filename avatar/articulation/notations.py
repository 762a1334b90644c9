"""Other people's names of phones, brought to the one set of symbols of `avatar.articulation.phones`.

Three notations are known: ARPAbet (with the extensions of TIMIT and Festival, in either case), the International
Phonetic Alphabet (its chart of 2020), and X-SAMPA (Wells 1995), which is read as the IPA that it stands for.
"""

import re
import unicodedata
from collections.abc import Collection
from functools import cache

from avatar.articulation.phones import PHONES, SILENCE, VOWELS

NOTATIONS = ("arpabet", "ipa", "x-sampa")
"""What a label may be written in."""

SILENCES = frozenset(
    {"", "sil", "sp", "spn", "nsn", "pau", "ssil", "brth", "h#", "#", "_", "-", "<eps>", "<sil>", "<p:>", "<p>"}
    | {"<usb>", "<nib>", "<silence>", "[silence]", "silence", "pause", "noise", "epi", "(...)", "..."}
)
"""Labels, in lower case, of stretches without speech (or with some that nobody could transcribe)."""

_ARPABET = {symbol: symbol for symbol in PHONES} | {
    **{"AX": "AH", "AX-H": "AH", "AXR": "ER", "IX": "IH", "DX": "T", "NX": "N", "HV": "HH", "EL": "L", "EM": "M"},
    **{"EN": "N", "ENG": "NG", "Q": "HH", "PCL": "P", "BCL": "B", "TCL": "T", "DCL": "D", "KCL": "K", "GCL": "G"},
}

_IPA_PHONES: dict[str, str] = {
    # vowels, from front to back
    **{"i": "IY", "ɪ": "IH", "ᵻ": "IH", "e": "EH", "ɛ": "EH", "æ": "AE", "a": "AA", "y": "UE", "ʏ": "UE", "ø": "OE"},
    **{"œ": "OE", "ɶ": "OE", "ɵ": "OE", "ɞ": "OE", "ɨ": "UX", "ɯ": "UX", "ɿ": "UX", "ʅ": "UX", "ə": "AH", "ɘ": "AH"},
    **{"ɐ": "AH", "ʌ": "AH", "ɤ": "AH", "ɜ": "ER", "ɝ": "ER", "ɚ": "ER", "ʉ": "UW", "u": "UW", "ʊ": "UH", "o": "OH"},
    **{"ɔ": "AO", "ɒ": "AO", "ɑ": "AA"},
    # consonants, from the lips inwards; the labiodental nasal looks like V
    **{"p": "P", "b": "B", "ʙ": "B", "ɓ": "B", "m": "M", "ɸ": "BH", "β": "BH", "ɱ": "V", "f": "F", "v": "V"},
    **{"ⱱ": "V", "ʋ": "V", "θ": "TH", "ð": "DH", "t": "T", "d": "D", "ʈ": "T", "ɖ": "D", "ɗ": "D", "n": "N"},
    **{"ɳ": "N", "s": "S", "z": "Z", "ʃ": "SH", "ʒ": "ZH", "ʂ": "SH", "ʐ": "ZH", "ɕ": "SH", "ʑ": "ZH", "ɧ": "SH"},
    **{"l": "L", "ɫ": "L", "ɭ": "L", "ɬ": "L", "ɮ": "L", "ʟ": "L", "ɺ": "L", "r": "RR", "ɾ": "RR", "ɽ": "RR"},
    **{"ɹ": "R", "ɻ": "R", "j": "Y", "ʝ": "Y", "ç": "HH", "ɲ": "NY", "ʎ": "LY", "c": "K", "ɟ": "G", "ʄ": "G"},
    **{"k": "K", "g": "G", "ɡ": "G", "ɠ": "G", "ɰ": "G", "q": "K", "ɢ": "G", "ʛ": "G", "ŋ": "NG", "ɴ": "NG"},
    **{"x": "X", "ɣ": "X", "χ": "X", "ʁ": "X", "ʀ": "X", "h": "HH", "ɦ": "HH", "ħ": "HH", "ʕ": "HH", "ʔ": "HH"},
    **{"w": "W", "ʍ": "W", "ɥ": "W", "ʧ": "CH", "ʤ": "JH", "ʨ": "CH", "ʥ": "JH"},
}

_IPA_PAIRS = {
    **dict.fromkeys(("aɪ", "ai", "aj", "ɑɪ", "ɑj", "ae"), "AY"),
    **dict.fromkeys(("aʊ", "au", "aw", "ɑʊ", "æw", "æʊ"), "AW"),
    **dict.fromkeys(("eɪ", "ei", "ej", "ɛɪ", "ɛj"), "EY"),
    **dict.fromkeys(("oʊ", "ou", "ow", "əʊ", "əw"), "OW"),
    **dict.fromkeys(("ɔɪ", "ɔi", "ɔj", "oɪ", "oi", "oj", "ɔʏ", "ɔy", "ɔø"), "OY"),
    **dict.fromkeys(("tʃ", "tɕ", "tʂ", "ʈʂ"), "CH"),
    **dict.fromkeys(("dʒ", "dʑ", "dʐ", "ɖʐ"), "JH"),
    **{"ɪə": "IH", "iə": "IH", "eə": "EH", "ɛə": "EH", "ʊə": "UH", "uə": "UH", "əɹ": "ER", "ɜɹ": "ER"},
}
# Length, stress, boundaries, ties, secondary articulation, tones: nothing that lips show.
_IPA_MARKS = frozenset("ːˑˈˌ'’.|‖‿ʰʱʷʲˠˤⁿˡ˞ʼ˥˦˧˨˩↗↘ꜛꜜ̩:")

_X_SAMPA = {
    **{"A": "ɑ", "{": "æ", "6": "ɐ", "Q": "ɒ", "E": "ɛ", "@": "ə", "@`": "ɚ", "@\\": "ɘ", "3": "ɜ", "3`": "ɝ"},
    **{"I": "ɪ", "I\\": "ᵻ", "O": "ɔ", "2": "ø", "9": "œ", "&": "ɶ", "8": "ɵ", "1": "ɨ", "}": "ʉ", "M": "ɯ"},
    **{"7": "ɤ", "V": "ʌ", "U": "ʊ", "Y": "ʏ", "B": "β", "p\\": "ɸ", "F": "ɱ", "P": "ʋ", "v\\": "ʋ", "T": "θ"},
    **{"D": "ð", "S": "ʃ", "Z": "ʒ", "s\\": "ɕ", "z\\": "ʑ", "s`": "ʂ", "z`": "ʐ", "t`": "ʈ", "d`": "ɖ", "n`": "ɳ"},
    **{"l`": "ɭ", "C": "ç", "j\\": "ʝ", "J": "ɲ", "J\\": "ɟ", "L": "ʎ", "L\\": "ʟ", "5": "ɫ", "K": "ɬ", "G": "ɣ"},
    **{"X": "χ", "R": "ʁ", "R\\": "ʀ", "r\\": "ɹ", "r\\`": "ɻ", "r`": "ɽ", "4": "ɾ", "N": "ŋ", "N\\": "ɴ", "H": "ɥ"},
    **{"W": "ʍ", "?": "ʔ", "?\\": "ʕ", "h\\": "ɦ", "X\\": "ħ", "M\\": "ɰ", "B\\": "ʙ", "G\\": "ɢ"},
}
_X_SAMPA_MARKS = re.compile(r'_[A-Za-z0-9~"=^>}]\\?|[:"%~=\'.]')


@cache
def to_phones(label: str, notation: str) -> tuple[str, ...] | None:
    """The symbols that a label stands for.

    Args:
        label: as somebody wrote it; one phone, or two without a space, such as "ts".
        notation: one of `NOTATIONS`.

    Returns:
        One symbol or two of `avatar.articulation.phones.PHONES`, or None if the notation knows no such label.

    >>> to_phones("AA1", "arpabet"), to_phones("t͡sʰ", "ipa"), to_phones("@U", "x-sampa")
    (('AA',), ('T', 'S'), ('OW',))
    """
    if notation not in NOTATIONS:
        raise ValueError(f"notation must be one of {', '.join(NOTATIONS)}, got {notation!r}")
    if label.lower() in SILENCES:
        return (SILENCE,)
    if notation == "arpabet":
        # Kaldi and Gentle say with _B, _I, _E and _S where in its word a phone stands.
        bare = re.sub(r"(?:_[BIES])?$", "", label)
        found = _ARPABET.get(re.sub(r"[0-9]$", "", bare).upper())
        return None if found is None else (found,)
    return _from_ipa(label if notation == "ipa" else _x_sampa_as_ipa(label))


def guess_notation(labels: Collection[str]) -> str | None:
    """The notation in which all labels of a recording are known, or None.

    Where several could be meant, ARPAbet is chosen if the labels have one case and contain a vowel in it: "y" and "s"
    alone would mean other phones there than they do in IPA.
    """
    spoken = {label for label in labels if label.lower() not in SILENCES}
    if not spoken:
        return "arpabet"
    found = [to_phones(label, "arpabet") for label in spoken]
    one_case = all(label.isupper() for label in spoken) or all(label == label.lower() for label in spoken)
    if None not in found and one_case and any(phone and phone[0] in VOWELS for phone in found):
        return "arpabet"
    known = [name for name in ("ipa", "x-sampa", "arpabet") if all(to_phones(label, name) for label in spoken)]
    return known[0] if known else None


def _from_ipa(label: str) -> tuple[str, ...] | None:
    composed = unicodedata.normalize("NFD", label).replace("c\u0327", "ç")
    letters = "".join(
        letter for letter in composed if letter not in _IPA_MARKS and unicodedata.category(letter) != "Mn"
    )
    phones: list[str] = []
    place = 0
    while place < len(letters):
        pair = letters[place : place + 2]
        if pair in _IPA_PAIRS:
            phones.append(_IPA_PAIRS[pair])
            place += 2
        elif letters[place] in _IPA_PHONES:
            phones.append(_IPA_PHONES[letters[place]])
            place += 1
        else:
            return None
    # More, or one twice, is a word or another notation.
    return tuple(phones) if 0 < len(set(phones)) == len(phones) <= 2 else None


def _x_sampa_as_ipa(label: str) -> str:
    """The IPA of an X-SAMPA label; lower-case letters stand for themselves."""
    bare = _X_SAMPA_MARKS.sub("", label)
    ipa: list[str] = []
    place = 0
    while place < len(bare):
        length = next((n for n in (3, 2, 1) if bare[place : place + n] in _X_SAMPA), 1)
        letter = bare[place : place + length]
        ipa.append(_X_SAMPA.get(letter, letter))
        place += length
    return "".join(ipa)
