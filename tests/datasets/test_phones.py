import numpy as np
import pytest

from avatar.articulation.phones import ARPABET, SILENCE
from avatar.datasets.kokoro import read_letters
from avatar.datasets.phones import FESTIVAL, FLITE, KOKORO, KOKORO_MARKS, KOKORO_PAUSES, from_table, join

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


def test_unknown_symbol_is_named() -> None:
    with pytest.raises(ValueError, match="got 'qq'; add it to its table"):
        from_table("qq", FLITE)


@pytest.mark.parametrize(
    ("letters", "symbols", "frames"),
    [
        ("ˈOvəɹ", ["OW", "V", "ER"], [3, 3, 9]),
        ("ə ɹˈOd", ["AH", "R", "OW", "D"], [1, 5, 9, 6]),
        ("əɹˈWnd", ["AH", "R", "AW", "N", "D"], [1, 2, 7, 5, 6]),
        ("hˈɜɹi", ["HH", "ER", "IY"], [1, 9, 5]),
        ("hˈɜːɹi", ["HH", "ER", "R", "IY"], [1, 9, 5, 6]),
        ("bˈi, mˈi", ["B", "IY", SILENCE, "M", "IY"], [1, 5, 4, 11, 15]),
    ],
)
def test_marks_give_their_time_to_a_neighbour(letters: str, symbols: list[str], frames: list[float]) -> None:
    spoken = read_letters(letters, np.arange(1, len(letters) + 1, dtype=np.float32))
    assert [item.symbol for item in spoken] == symbols
    assert [item.frames for item in spoken] == frames
    assert sum(frames) == len(letters) * (len(letters) + 1) / 2


def test_letters_keep_their_words() -> None:
    spoken = read_letters("bˈi, mˈi tˈu", np.ones(12, np.float32))
    assert [item.word for item in spoken] == [0, 0, -1, 1, 1, 2, 2]


def test_join_merges_silences_and_drops_empty_pieces() -> None:
    phones = join([(SILENCE, 0.0, 0.1), (SILENCE, 0.1, 0.2), ("B", 0.2, 0.3), ("AA", 0.3, 0.301), ("M", 0.301, 0.4)])
    assert [(phone.symbol, phone.start, phone.end) for phone in phones] == [
        (SILENCE, 0.0, 0.2),
        ("B", 0.2, 0.301),
        ("M", 0.301, 0.4),
    ]
