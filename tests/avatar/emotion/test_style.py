"""People differ in how they show emotions."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from avatar.animation import Animation
from avatar.articulation import Phone, articulate
from avatar.controls import ARKIT
from avatar.emotion import EMOTIONS, EmotionTrack, ExpressionStyle, express
from avatar.emotion.action_units import ACTION_UNITS, unit_shapes
from avatar.emotion.prototypes import PROTOTYPES, prototype_table, shares
from avatar.emotion.style import REGIONS


def still(seconds: float = 4.0) -> Animation:
    return Animation(ARKIT, np.zeros((int(60 * seconds), len(ARKIT))), 60)


def test_tables_name_arkit_shapes_and_known_units() -> None:
    for unit in ACTION_UNITS.values():
        for stem in unit.shapes:
            assert stem.replace("*", "Left") in ARKIT and stem.replace("*", "Right") in ARKIT
    assert unit_shapes(ARKIT).any(axis=(1, 2)).all()
    assert all(unit in ACTION_UNITS for parts in PROTOTYPES.values() for unit in parts)
    table = prototype_table()
    assert table.min() >= 0 and table.max() <= 1 and (shares() <= 1).all() and shares().min() == 0.26


def test_one_seed_is_one_person() -> None:
    assert ExpressionStyle.sample(3) == ExpressionStyle.sample(3) != ExpressionStyle.sample(4)
    people = [ExpressionStyle.sample(seed) for seed in range(200)]
    assert np.mean([person.mouth for person in people]) == pytest.approx(1.0, abs=0.05)
    assert 0.05 < np.std([person.asymmetry for person in people]) < 0.1


def test_styles_are_saved_and_loaded(tmp_path: Path) -> None:
    style = ExpressionStyle.sample(1)
    style.save(tmp_path / "style.json")
    assert ExpressionStyle.load(tmp_path / "style.json") == style
    (tmp_path / "other.json").write_text('{"nose": 1}')
    with pytest.raises(ValueError, match=r"other\.json is no expression style"):
        ExpressionStyle.load(tmp_path / "other.json")


def test_a_style_moves_what_it_says() -> None:
    plain = express(still(), "angry:0.5")
    brows = express(still(), "angry:0.5", style=ExpressionStyle(brows=1.5))
    np.testing.assert_allclose(brows["browDownLeft"], 1.5 * plain["browDownLeft"], atol=1e-5)
    np.testing.assert_array_equal(brows["eyeSquintLeft"], plain["eyeSquintLeft"])
    leaning = express(still(), "happy:0.5", style=ExpressionStyle(asymmetry=0.2))
    np.testing.assert_allclose(leaning["mouthSmileLeft"] / leaning["mouthSmileRight"], 1.2 / 0.8, rtol=1e-4)


@pytest.mark.parametrize("speaking", [False, True])
def test_a_style_is_found_in_a_clip(speaking: bool) -> None:
    style = ExpressionStyle(brows=1.3, eyes=0.7, mouth=0.9, asymmetry=-0.1)
    phones = [Phone(symbol, 0.2 + 0.12 * k, 0.32 + 0.12 * k) for k, symbol in enumerate(["B", "AA", "IY", "M", "EH"])]
    neutral = articulate(phones, fps=60, duration=4.0) if speaking else still()
    track = EmotionTrack.parse("happy:0.4+sad:0.3")
    clip = express(neutral, track, style=style, seed=5)
    found = ExpressionStyle.estimate(clip, track, neutral=neutral)
    for name in ("brows", "eyes", "mouth", "asymmetry"):
        assert getattr(found, name) == pytest.approx(getattr(style, name), abs=0.1), name


@pytest.mark.parametrize("emotion", EMOTIONS)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_drawn_person_is_found_again(emotion: str, seed: int) -> None:
    person = replace(ExpressionStyle.sample(seed), habits=())
    track = EmotionTrack.parse(f"{emotion}:0.6")
    found = ExpressionStyle.estimate(express(still(), track, style=person), track, neutral=still())
    regions = {ACTION_UNITS[unit].region for unit in PROTOTYPES[emotion]}
    for region in REGIONS:
        expected = getattr(person, region) if region in regions else 1.0
        assert getattr(found, region) == pytest.approx(expected, rel=0.06), region  # the emotion waxes and wanes
    assert found.asymmetry == pytest.approx(person.asymmetry, abs=0.01)


@pytest.mark.parametrize(
    ("emotion", "style"),
    [
        ("happy:0.6", ExpressionStyle(mouth=2.4, asymmetry=0.2)),
        ("happy:0.6", ExpressionStyle(asymmetry=-0.1)),
        ("contempt:0.6", ExpressionStyle(asymmetry=-0.1)),
    ],
)
def test_wide_and_one_sided_faces_are_found_again(emotion: str, style: ExpressionStyle) -> None:
    found = ExpressionStyle.estimate(express(still(), emotion, style=style), EmotionTrack.parse(emotion))
    for name in REGIONS:
        assert getattr(found, name) == pytest.approx(getattr(style, name), rel=0.05), name
    assert found.asymmetry == pytest.approx(style.asymmetry, abs=0.015)


def test_a_style_is_asked_for_by_a_seed_too() -> None:
    assert ExpressionStyle.of(3) == ExpressionStyle.of(ExpressionStyle.sample(3)) == ExpressionStyle.sample(3)
    with pytest.raises(TypeError, match=r"style must be an ExpressionStyle, or a whole number .*got 1\.5"):
        express(still(), "happy", style=1.5)
    with pytest.raises(ValueError, match="seed of a style must be 0 or more, got -1"):
        express(still(), "happy", style=-1)


def test_a_style_cannot_be_found_where_nothing_is_shown() -> None:
    with pytest.raises(ValueError, match="neutral all the time"):
        ExpressionStyle.estimate(still(), EmotionTrack.parse("neutral"))


def test_styles_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match=r"brows must be within 0\.\.2\.5, got 3"):
        ExpressionStyle(brows=3.0)
    with pytest.raises(ValueError, match="habits must be 19 numbers"):
        ExpressionStyle(habits=(1.0,))
