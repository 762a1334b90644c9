import pytest

from avatar.alignment.spelling import spell
from avatar.articulation.phones import ARPABET


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("blorking", "B L AO R K IH NG"),
        ("phumb", "F AH M"),
        ("whake", "W EY K"),
        ("knaffed", "N AE F T"),
        ("quightly", "K W AY T L IY"),
        ("zibbles", "Z IH B AH L Z"),
        ("vation", "V AE SH AH N"),
        ("", ""),
    ],
)
def test_unknown_words_are_said_by_rule(word: str, phones: str) -> None:
    assert " ".join(spell(word)) == phones


def test_all_letters_give_known_phones() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    for word in (a + b + c for a in letters for b in letters for c in "aeg"):
        assert set(spell(word)) <= set(ARPABET)
