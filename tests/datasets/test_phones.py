import pytest

from avatar.articulation.phones import ARPABET, PHONES, SILENCE
from avatar.datasets.phones import (
    FESTIVAL,
    FINNISH,
    FLITE,
    IPA,
    IPA_LENGTHENING,
    KOKORO,
    KOKORO_MARKS,
    KOKORO_PAUSES,
    RUSSIAN,
    from_table,
    join,
)

# What Hibari's English dictionaries and rules write.
KOKORO_LETTERS = "AIOQWYabdefhijklmnpstuvwzæðŋɑɒɔəɛɜɡɪɹɾʃʊʌʒʔʤʧθᵊᵻT"
# Festival's "radio" phone set, which flite shares.
RADIO = {
    *("aa", "ae", "ah", "ao", "aw", "ax", "axr", "ay", "eh", "er", "ey", "ih", "iy", "ow", "oy", "uh", "uw"),
    *("b", "ch", "d", "dh", "dx", "el", "em", "en", "f", "g", "hh", "hv", "jh", "k", "l", "m", "n", "nx", "ng"),
    *("p", "pau", "r", "s", "sh", "t", "th", "v", "w", "y", "z", "zh"),
}


def test_tables_know_every_symbol() -> None:
    assert set(KOKORO_LETTERS) <= set(KOKORO)
    assert set(FLITE) >= RADIO
    assert FESTIVAL == FLITE


@pytest.mark.parametrize("table", [KOKORO, FLITE], ids=["kokoro", "flite"])
def test_tables_speak_all_of_arpabet(table: dict[str, str]) -> None:
    assert set(table.values()) <= set(ARPABET)
    assert {*table.values(), SILENCE, "ER"} == set(ARPABET)


def test_letters_have_one_meaning() -> None:
    assert not set(KOKORO) & (KOKORO_MARKS | KOKORO_PAUSES)
    assert not KOKORO_MARKS & KOKORO_PAUSES


@pytest.mark.parametrize("table", [IPA, RUSSIAN, FINNISH], ids=["ipa", "russian", "finnish"])
def test_tables_of_languages_know_only_phones(table: dict[str, str]) -> None:
    assert set(table.values()) <= set(PHONES)


def test_letters_of_languages_have_one_meaning() -> None:
    assert not set(IPA) & (IPA_LENGTHENING | KOKORO_MARKS | KOKORO_PAUSES)
    assert set(PHONES) - set(ARPABET) <= set(IPA.values())


def test_unknown_symbol_is_named() -> None:
    with pytest.raises(ValueError, match="got 'qq'; add it to its table"):
        from_table("qq", FLITE)


def test_join_merges_silences_and_drops_empty_pieces() -> None:
    phones = join([(SILENCE, 0.0, 0.1), (SILENCE, 0.1, 0.2), ("B", 0.2, 0.3), ("AA", 0.3, 0.301), ("M", 0.301, 0.4)])
    assert [(phone.symbol, phone.start, phone.end) for phone in phones] == [
        (SILENCE, 0.0, 0.2),
        ("B", 0.2, 0.301),
        ("M", 0.301, 0.4),
    ]
