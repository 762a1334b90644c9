"""The word lists of the sentence grammar, read from `words.txt`."""

from importlib.resources import files


def read(text: str) -> dict[str, list[str]]:
    """Read lists: a heading in brackets, then phrases with bars between them; lines with # are remarks.

    Args:
        text: the content of such a file.

    Returns:
        The phrases of each heading, in order.
    """
    lists: dict[str, list[str]] = {}
    phrases: list[str] = []
    for line in text.splitlines():
        if line.startswith("["):
            phrases = lists.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            phrases += line.split(" | ")
    return lists


_LISTS = read(files("avatar.datasets").joinpath("words.txt").read_text("utf-8"))

PEOPLE = _LISTS["people"]
"""First names."""

THINGS = _LISTS["things"]
"""Countable things, without an article."""

ADJECTIVES = _LISTS["adjectives"]
"""What things can be."""

PLACES = _LISTS["places"]
"""Where something happens."""

TIMES = _LISTS["times"]
"""When something happens."""

PAST_VERBS = _LISTS["past_verbs"]
"""What people did to things."""

COMMAND_VERBS = _LISTS["command_verbs"]
"""What to do with things."""

COLOURS = _LISTS["colours"]
"""Colours."""

LETTERS = _LISTS["letters"]
"""The alphabet."""

NUMBERS = _LISTS["numbers"]
"""Zero to twenty."""

TENS = _LISTS["tens"]
"""Twenty to ninety."""

PREPOSITIONS = _LISTS["prepositions"]
"""Of short commands."""

ADVERBS = _LISTS["adverbs"]
"""Words that end short commands."""

FEELINGS = _LISTS["feelings"]
"""How people are."""

SUBJECT_VERBS = _LISTS["subject_verbs"]
"""What things and people do."""

OPINIONS = _LISTS["opinions"]
"""Whole clauses."""

INTERJECTIONS = _LISTS["interjections"]
"""Short exclamations and answers, with their punctuation."""

ABSTRACT = _LISTS["abstract"]
"""Things that cannot be counted."""
