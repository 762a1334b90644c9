from itertools import pairwise

from avatar.articulation.phones import ARPABET
from avatar.datasets.pairs import FIRST, LAST, LONGEST_CHAIN, SEAMS, WORDS, chains

EDGES = {word.text: word for word in WORDS}


def seams(sentence: str) -> set[tuple[str, str]]:
    words = [EDGES[word] for word in sentence.rstrip(".?!").lower().split()]
    return {(before.last, after.first) for before, after in pairwise(words)}


def test_chains_hold_every_seam() -> None:
    assert set().union(*map(seams, chains())) == SEAMS


def test_chains_are_few_and_short() -> None:
    sentences = chains()
    assert len(sentences) < 400
    assert max(len(sentence.split()) for sentence in sentences) == LONGEST_CHAIN
    assert chains() == sentences
    assert chains(seed=1) != sentences


def test_edges_are_those_of_english() -> None:
    assert set(ARPABET) - FIRST == {"SIL", "NG", "UH"}
    assert set(ARPABET) - LAST == {"SIL", "HH", "W", "Y", "AE", "EH", "IH", "UH"}
    assert len(EDGES) == len(WORDS)
