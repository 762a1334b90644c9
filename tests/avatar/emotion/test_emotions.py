"""Words for emotions, mixtures, and their places in valence, arousal and dominance."""

import numpy as np
import pytest

from avatar.emotion.dimensions import PLACES, from_dimensions, to_dimensions
from avatar.emotion.emotions import EMOTIONS, SYNONYMS, emotion_named, mixture, parse_mixture
from avatar.emotion.track import ONSET


def test_names_are_found_in_any_case_and_by_other_words() -> None:
    assert emotion_named(" Happy ") == "happy"
    assert emotion_named("amazement") == "surprised"
    assert {emotion_named(word) for word in SYNONYMS} <= {*EMOTIONS, "neutral"}


def test_an_unknown_emotion_lists_those_known_and_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"neutral, happy, sad, .*calm, got 'hapy'; did you mean happy\?"):
        emotion_named("hapy")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("happy:0.7", {"happy": 0.7}),
        ("calm", {"calm": 1.0}),
        ("neutral", {}),
        ("happy:0.5 + surprised:0.3", {"happy": 0.5, "surprised": 0.3}),
        ("joy:0.2+happy:0.4", {"happy": 0.4}),
    ],
)
def test_mixtures_are_read(text: str, expected: dict[str, float]) -> None:
    assert parse_mixture(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("happy:1.5", "intensity of 'happy' must be within 0..1, got 1.5"),
        ("happy:much", "written like happy:0.7"),
        ("", "written like happy:0.7"),
        ("happy:nan", "written like happy:0.7"),
        ("happy:0.1+happy:0.2", "names happy twice"),
        ("mad:0.5", "emotion must be one of"),
    ],
)
def test_what_is_no_mixture_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_mixture(text)


def test_every_emotion_has_a_place_and_an_onset() -> None:
    assert set(PLACES) == set(EMOTIONS) == set(ONSET)


@pytest.mark.parametrize("emotion", EMOTIONS)
@pytest.mark.parametrize("intensity", [0.3, 1.0])
def test_an_emotion_is_found_again_from_its_place(emotion: str, intensity: float) -> None:
    found = from_dimensions(to_dimensions({emotion: intensity}))
    assert max(found, key=lambda name: found[name]) == emotion
    assert found[emotion] == pytest.approx(intensity, abs=0.02)
    assert sum(found.values()) == pytest.approx(intensity, abs=0.02)


def test_places_within_the_emotions_are_met_and_those_beyond_come_near() -> None:
    place = to_dimensions({"happy": 0.3, "afraid": 0.4})
    np.testing.assert_allclose(to_dimensions(from_dimensions(place)), place, atol=0.02)
    beyond = from_dimensions((1.0, 1.0, 1.0))
    assert sum(beyond.values()) == pytest.approx(1.0, abs=0.02)
    assert max(beyond, key=lambda name: beyond[name]) == "happy"
    assert from_dimensions((0.0, 0.0, 0.0)) == {}


def test_places_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match=r"three numbers within -1\.\.1"):
        from_dimensions((0.0, 2.0, 0.0))


def test_intensities_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match=r"must be within 0\.\.1, got nan"):
        mixture({"sad": float("nan")})
