import numpy as np
import pytest

from avatar.datasets.languages import LANGUAGES, compose
from avatar.datasets.letters import read_ipa

FESTIVAL = {"Russian", "Finnish"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_distinct_and_begin_alike(language: str) -> None:
    sentences = compose(language, 200)
    assert len(set(sentences)) == 200
    assert compose(language, 50) == sentences[:50]
    assert compose(language, 50, seed=1) != sentences[:50]
    for sentence in sentences:
        assert sentence[-1] in ".?!"
        assert 4 <= len(sentence.split()) <= 9


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - FESTIVAL))
def test_sentences_can_be_read(language: str) -> None:
    for sentence in compose(language, 100):
        spoken = read_ipa(sentence, np.ones(len(sentence), np.float32))
        assert sum(item.frames for item in spoken) == len(sentence)


def test_languages_bring_the_sounds_that_english_lacks() -> None:
    heard = {
        language: {
            item.symbol for text in compose(language, 100) for item in read_ipa(text, np.ones(len(text), np.float32))
        }
        for language in set(LANGUAGES) - FESTIVAL
    }
    assert {"BH", "RR", "X", "NY", "OH"} <= heard["Spanish"]
    assert {"UE", "OE"} <= heard["French"]
    assert {"UX", "BH"} <= heard["Japanese"]
    assert {"UE", "X"} <= heard["Mandarin"]
    assert "LY" in heard["Italian"]


def test_unknown_language_is_named() -> None:
    with pytest.raises(ValueError, match=r"language must be one of Spanish, .*, got 'Klingon'"):
        compose("Klingon", 1)
