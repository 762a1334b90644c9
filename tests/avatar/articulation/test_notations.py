import pytest

from avatar.articulation.notations import guess_notation, to_phones
from avatar.articulation.phones import PHONES


@pytest.mark.parametrize("symbol", PHONES)
def test_our_own_symbols_stand_for_themselves(symbol: str) -> None:
    assert to_phones(symbol, "arpabet") == (symbol,)


@pytest.mark.parametrize(
    ("label", "notation", "phones"),
    [
        ("AA1", "arpabet", ("AA",)),
        ("hh_B", "arpabet", ("HH",)),
        ("ax", "arpabet", ("AH",)),
        ("pcl", "arpabet", ("P",)),
        ("aɪ", "ipa", ("AY",)),
        ("ˈaɪ̯", "ipa", ("AY",)),
        ("t͡sʰ", "ipa", ("T", "S")),
        ("tʃ", "ipa", ("CH",)),
        ("ɑ̃", "ipa", ("AA",)),
        ("ç", "ipa", ("HH",)),
        ("l̩", "ipa", ("L",)),
        ("iː", "ipa", ("IY",)),
        ("pʲ", "ipa", ("P",)),
        ("r", "ipa", ("RR",)),
        ("ɹ", "ipa", ("R",)),
        ("{", "x-sampa", ("AE",)),
        ("@U", "x-sampa", ("OW",)),
        ("r\\", "x-sampa", ("R",)),
        ("2:", "x-sampa", ("OE",)),
        ("tS", "x-sampa", ("CH",)),
        ("a~", "x-sampa", ("AA",)),
        ("n_=", "x-sampa", ("N",)),
        ("<p:>", "x-sampa", ("SIL",)),
    ],
)
def test_labels_of_three_notations(label: str, notation: str, phones: tuple[str, ...]) -> None:
    assert to_phones(label, notation) == phones


@pytest.mark.parametrize(("label", "notation"), [("QQ", "arpabet"), ("S", "ipa"), ("ː", "ipa"), ("€", "x-sampa")])
def test_what_a_notation_lacks_is_none(label: str, notation: str) -> None:
    assert to_phones(label, notation) is None


@pytest.mark.parametrize(
    ("labels", "notation"),
    [
        ({"HH", "AH0", "L", "OW1", "sil"}, "arpabet"),
        ({"hh", "ax", "l", "ow", "pau"}, "arpabet"),
        ({"t", "y"}, "ipa"),  # French "tu", for ARPAbet's y is no vowel
        ({"h", "ə", "l", "ow", "spn"}, "ipa"),
        ({"t", "S", "i:"}, "x-sampa"),
        ({"b", "I", "n"}, "x-sampa"),
        ({"", "<p:>"}, "arpabet"),
        ({"AA1", "ʃ"}, None),
    ],
)
def test_notation_is_told_from_all_labels(labels: set[str], notation: str | None) -> None:
    assert guess_notation(labels) == notation


def test_unknown_notation_is_refused() -> None:
    with pytest.raises(ValueError, match="arpabet, ipa, x-sampa, got 'sampa'"):
        to_phones("a", "sampa")
