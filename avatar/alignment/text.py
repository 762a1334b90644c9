"""From a written text to the words that were said: numbers, abbreviations and signs in words."""

import re
import unicodedata
from dataclasses import dataclass

from avatar.alignment import numbers

_TOKEN = re.compile(
    r"""(?P<stage>\[[^\]]*\]|<[^>]*>)                       # [laughs], <i>: nobody says these
      | (?P<money>[$£€]\d[\d,]*(?:\.\d+)?)
      | (?P<number>\d{1,2}:\d\d(?!\d)|\d[\d,]*(?:st|nd|rd|th)\b|\d+(?:,\d{3})*(?:\.\d+)?)
      | (?P<sign>[&%@+=°#])
      | (?P<word>[^\W\d_]+(?:['’.][^\W\d_]+)*['’.]?)""",
    re.VERBOSE,
)
_SIGNS = {"&": "and", "%": "percent", "@": "at", "+": "plus", "=": "equals", "°": "degrees", "#": "number"}
_MONEY = {"$": ("dollar", "dollars"), "£": ("pound", "pounds"), "€": ("euro", "euros")}
_ABBREVIATIONS = {
    **{"mr": "mister", "mrs": "missus", "dr": "doctor", "st": "saint", "prof": "professor", "vs": "versus"},
    **{"etc": "et cetera", "e.g": "for example", "i.e": "that is", "approx": "approximately", "no.": "number"},
}
_LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ð": "th", "þ": "th", "ı": "i"}


@dataclass(frozen=True, slots=True)
class Token:
    """A written word and what it may be when it is said.

    Args:
        written: as in the text.
        readings: ways to say it, each one or more words in lower case; the likeliest first.
    """

    written: str
    readings: tuple[tuple[str, ...], ...]


def tokens_of(text: str) -> tuple[Token, ...]:
    """Split a text into what is said.

    Punctuation and what stands in square or angle brackets is not said.

    Args:
        text: English, in any layout.

    Raises:
        ValueError: a word is not in Latin letters, or there is no word; the message names it.

    >>> [token.readings[0] for token in tokens_of("It's 25%!")]
    [("it's",), ('twenty', 'five'), ('percent',)]
    """
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        written = match[0]
        if match.lastgroup == "stage":
            continue
        if match.lastgroup == "sign":
            tokens.append(Token(written, ((_SIGNS[written],),)))
        elif match.lastgroup == "number":
            tokens.append(Token(written, _distinct(numbers.readings(written))))
        elif match.lastgroup == "money":
            tokens.append(Token(written, _distinct(_money(written))))
        else:
            tokens.append(Token(written.rstrip(".'’"), _word(written, text, match.start())))
    if not tokens:
        raise ValueError("the text holds no words; give what is said in the recording")
    return tuple(tokens)


def _word(written: str, text: str, place: int) -> tuple[tuple[str, ...], ...]:
    plain = _plain(written)
    if not plain.isascii():
        line = text.count("\n", 0, place) + 1
        raise ValueError(
            f"line {line} of the text: {written!r} is not written in Latin letters; the aligner knows English, for "
            "other languages give the phones with times"
        )
    bare = plain.rstrip(".")
    bare = bare if bare.endswith("in'") else bare.rstrip("'")  # "goin'", but 'quoted'
    for known in (plain, bare):
        if known in _ABBREVIATIONS:
            return ((*_ABBREVIATIONS[known].split(),),)
    letters = bare.replace(".", "").replace("'", "")
    spelled = tuple(f"{letter}." if letter == "a" else letter for letter in letters)
    if "." in bare:  # U.S.A, or a full stop without a space after it
        if max(map(len, bare.split("."))) == 1:
            return (spelled,)
        return (tuple(part for part in bare.split(".") if part),)
    if written.rstrip(".").isupper() and 2 <= len(letters) <= 5:
        return ((bare,), spelled)
    return ((bare,),)


def _plain(written: str) -> str:
    """Lower case, with letters that English does not have brought to those it has."""
    lower = "".join(_LETTERS.get(letter, letter) for letter in written.lower().replace("’", "'"))
    return "".join(letter for letter in unicodedata.normalize("NFKD", lower) if unicodedata.category(letter) != "Mn")


def _money(written: str) -> list[list[str]]:
    one, many = _MONEY[written[0]]
    whole, _, cents = written[1:].partition(".")
    value = int(whole.replace(",", ""))
    said = [*numbers.readings(whole)[0], one if value == 1 else many] if len(whole) != 4 else []
    said = said or [*numbers.cardinal(value), many]
    return [said + (numbers.cardinal(int(cents)) if cents and int(cents) else [])]


def _distinct(ways: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(dict.fromkeys(tuple(way) for way in ways))
