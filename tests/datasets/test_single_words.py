import pytest

from avatar.datasets.single_words import LONGEST, SHORTEST, single_words


def test_each_word_is_a_sentence() -> None:
    lists = single_words(300)
    assert len(set(lists)) == 300
    for text in lists:
        said = text.split(". ")
        assert SHORTEST <= len(said) <= LONGEST
        assert text.endswith(".")
        assert all(word[0].isupper() for word in said)
    assert any("Seven" in text for text in lists)


def test_longer_results_begin_alike() -> None:
    assert single_words(40)[:10] == single_words(10)
    assert single_words(10) != single_words(10, seed=1)


def test_counts_are_not_negative() -> None:
    with pytest.raises(ValueError, match="count must be at least 0"):
        single_words(-1)
