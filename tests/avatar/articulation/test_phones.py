import pytest

from avatar.articulation.phones import (
    ARPABET,
    BILABIAL,
    CONSONANTS,
    LABIODENTAL,
    OPEN_VOWELS,
    PHONES,
    ROUNDED_VOWELS,
    VOWELS,
    Phone,
)


def test_inventory_is_whole() -> None:
    assert len(ARPABET) == len(set(ARPABET)) == 40
    assert len(PHONES) == len(set(PHONES)) == 49
    assert PHONES[: len(ARPABET)] == ARPABET and PHONES[0] == "SIL"
    assert {*VOWELS, *CONSONANTS, "SIL"} == set(PHONES)
    assert not VOWELS & CONSONANTS
    assert BILABIAL | LABIODENTAL < CONSONANTS
    assert OPEN_VOWELS < VOWELS and ROUNDED_VOWELS < VOWELS and not OPEN_VOWELS & ROUNDED_VOWELS
    assert "BH" not in BILABIAL  # the lips come near, they don't close


def test_times_move_together() -> None:
    phone = Phone("B", 0.25, 0.5)
    assert phone.duration == 0.25
    assert phone.scaled(2) == Phone("B", 0.5, 1.0)
    assert phone.shifted(1) == Phone("B", 1.25, 1.5)


@pytest.mark.parametrize("symbol", ["AA1", "b", "pau", ""])
def test_unknown_symbol_is_named(symbol: str) -> None:
    with pytest.raises(ValueError, match=f"got '{symbol}'"):
        Phone(symbol, 0.0, 1.0)


@pytest.mark.parametrize(
    ("start", "end"), [(-0.1, 0.2), (0.2, 0.2), (0.3, 0.2), (float("nan"), 1.0), (0.0, float("inf"))]
)
def test_times_must_go_forwards(start: float, end: float) -> None:
    with pytest.raises(ValueError, match="0 <= start < end"):
        Phone("B", start, end)
