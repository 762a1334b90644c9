import pytest

from avatar.alignment.text import tokens_of


def _said(text: str) -> list[str]:
    return [" ".join(token.readings[0]) for token in tokens_of(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello, world!", ["hello", "world"]),
        ("It’s 25% off.", ["it's", "twenty five", "percent", "off"]),
        ("Dr. Smith vs. Mr. Jones", ["doctor", "smith", "versus", "mister", "jones"]),
        ("It costs $5.50, or £1.", ["it", "costs", "five dollars fifty", "or", "one pound"]),
        ("[laughs] <i>Yes</i> & no", ["yes", "and", "no"]),
        ("well-known café naïve", ["well", "known", "cafe", "naive"]),
        ("e.g. the U.S.A. etc.", ["for example", "the", "u s a.", "et cetera"]),
        ("the end.Then", ["the", "end then"]),
        ("'quoted' dogs' goin'", ["quoted", "dogs", "goin'"]),
        ("the 1990s", ["the", "nineteen ninety", "s"]),
    ],
)
def test_what_is_written_is_said_in_words(text: str, words: list[str]) -> None:
    assert _said(text) == words


def test_capitals_may_be_spelled() -> None:
    (token,) = tokens_of("NASA")
    assert token.readings == (("nasa",), ("n", "a.", "s", "a."))


def test_other_scripts_are_refused_by_word_and_line() -> None:
    with pytest.raises(ValueError, match="line 2 of the text: 'Привет' is not written in Latin letters"):
        tokens_of("Hello\nПривет")


@pytest.mark.parametrize("text", ["", "  ...\n", "[music]"])
def test_a_text_without_words_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="holds no words"):
        tokens_of(text)
