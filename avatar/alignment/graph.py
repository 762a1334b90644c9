"""Texts as graphs of words, through which a decoder finds its way."""

from collections.abc import Iterator, Sequence

from avatar.alignment.decoder import Arc, Decoder
from avatar.alignment.text import Token

_SKIPPED = 1e-12  # probability that a word of the text was not said
_UNKNOWN = 1e-16  # probability of each phone of speech that is in no word
_LEAST = 1e-48  # probability of leaving out however many words

Name = tuple[int, int, int]
"""Which token, which of its readings, which word of that."""


def learn(decoder: Decoder, tokens: Sequence[Token], first: int = 0) -> None:
    """Let a decoder know the words of tokens, the first of which has the number `first`."""
    for number, token in enumerate(tokens, first):
        for way, reading in enumerate(token.readings):
            for place, word in enumerate(reading):
                decoder.learn(_written(number, way, place), word)


def parse(name: str) -> Name:
    """Which word a name stands for."""
    number, way, place = name.split(".")
    return int(number), int(way), int(place)


def strict(tokens: Sequence[Token], first: int = 0) -> tuple[list[Arc], int]:
    """A graph in which each token is said, in one of its readings.

    Args:
        tokens: in order.
        first: number of the first.

    Returns:
        Its arcs and its final state.
    """
    inside = _free_states(tokens)
    arcs = [arc for place in range(len(tokens)) for arc in _said(tokens, first, place, place, 1.0, inside)]
    return arcs, len(tokens)


def lenient(tokens: Sequence[Token], unknown: Sequence[str], first: int = 0) -> tuple[list[Arc], int]:
    """A graph in which tokens may be left out, and speech that is in none may come in between.

    Args:
        tokens: in order; arcs grow with the square of their number.
        unknown: names of single phones.
        first: number of the first.

    Returns:
        Its arcs and its final state.
    """
    inside = _free_states(tokens)
    final = len(tokens)
    arcs: list[Arc] = []
    for state in range(final + 1):
        arcs += [(state, state, _UNKNOWN, phone) for phone in unknown]
        for place in range(state, final):
            chance = max(_SKIPPED ** (place - state), _LEAST)
            arcs += _said(tokens, first, state, place, chance, inside)
        if state < final:
            arcs.append((state, final, max(_SKIPPED ** (final - state), _LEAST)))
    return arcs, final


def _free_states(tokens: Sequence[Token]) -> Iterator[int]:
    """States after those between tokens, for the inside of readings of several words."""
    state = len(tokens)
    while True:
        state += 1
        yield state


def _said(
    tokens: Sequence[Token], first: int, state: int, place: int, chance: float, inside: Iterator[int]
) -> Iterator[Arc]:
    """Arcs from a state over one token to the state after it."""
    readings = tokens[place].readings
    for way, reading in enumerate(readings):
        now = state
        for word in range(len(reading)):
            following = place + 1 if word == len(reading) - 1 else next(inside)
            yield now, following, chance / len(readings) if word == 0 else 1.0, _written(first + place, way, word)
            now = following


def _written(number: int, way: int, place: int) -> str:
    return f"{number}.{way}.{place}"
