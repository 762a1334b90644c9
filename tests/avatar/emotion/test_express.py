"""Faces show what is asked, and lips keep what they say."""

import numpy as np
import pytest
import torch

from avatar.animation import Animation
from avatar.articulation import Phone, articulate
from avatar.articulation.response import LipResponse
from avatar.controls import ARKIT
from avatar.emotion import EMOTIONS, EmotionKey, EmotionTrack, Expression, ExpressionStyle, express
from avatar.evaluation.contacts import demands
from avatar.evaluation.motion import mouth_motion
from avatar.rigs import BuiltInHead
from avatar.spaces import METAHUMAN, convert

SAID = ["M", "AA", "P", "IY", "F", "AE", "B", "UW", "M", "AY", "V", "OW", "P", "EH", "F", "IY", "B", "AA"]
PHONES = [Phone(symbol, 0.3 + 0.1 * k, 0.4 + 0.1 * k) for k, symbol in enumerate(SAID)]


@pytest.fixture(scope="module")
def head() -> BuiltInHead:
    return BuiltInHead.load()


@pytest.fixture(scope="module")
def spoken() -> Animation:
    return articulate(PHONES, fps=60, duration=4.2)


def still(frames: int = 120) -> Animation:
    return Animation(ARKIT, np.zeros((frames, len(ARKIT))), 60)


def test_neutral_changes_nothing(spoken: Animation) -> None:
    np.testing.assert_array_equal(express(spoken, "neutral").weights, spoken.weights)


@pytest.mark.parametrize("emotion", EMOTIONS)
@pytest.mark.parametrize("person", [None, 1])
def test_lips_keep_their_contacts_and_openings(
    head: BuiltInHead, spoken: Animation, emotion: str, person: int | None
) -> None:
    style = None if person is None else ExpressionStyle.sample(person)
    shown = express(spoken, {emotion: 0.8}, style=style)
    assert shown.out_of_range() == {}
    before, after = mouth_motion(spoken, head), mouth_motion(shown, head)
    asked, kept = demands(before, PHONES), demands(after, PHONES)
    assert asked.closure.value == kept.closure.value == 1.0
    assert asked.at_teeth.value == kept.at_teeth.value == 1.0
    speech = (after.times > 0.3) & (after.times < 2.1)
    closed = speech & (before.opening < 0.1)
    assert closed.sum() > 15 and after.opening[closed].max() < 0.3  # a wrinkled nose lifts the lip a little
    assert np.corrcoef(before.opening[speech], after.opening[speech])[0, 1] > 0.96


def test_the_opening_with_emotion_rises_with_the_opening_without(head: BuiltInHead, spoken: Animation) -> None:
    before = mouth_motion(spoken, head).opening
    after = mouth_motion(express(spoken, "happy:0.8"), head).opening
    speaks = np.zeros(len(spoken), bool)
    for phone in PHONES:
        if phone.symbol not in ("F", "V"):  # lips at the teeth show more of them in a smile
            speaks |= (spoken.times > phone.start + 0.02) & (spoken.times < phone.end - 0.02)
    order = np.argsort(before[speaks])
    assert np.diff(after[speaks][order]).min() > -0.05


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_more_intensity_moves_the_face_further_the_same_way(head: BuiltInHead, spoken: Animation, emotion: str) -> None:
    rows = np.arange(30, 126, 8)
    with torch.inference_mode():
        posed = [
            head(torch.from_numpy(express(spoken, {emotion: amount}).weights[rows])).mean(0)
            for amount in (0.0, 0.25, 0.5, 0.75, 1.0)
        ]
    way = posed[-1] - posed[0]
    along = [float(((each - posed[0]) * way).sum()) for each in posed]
    assert (np.diff(along) > 0).all()
    assert 1000 * float(way.norm(dim=-1).max()) > 1.0  # mm


def test_a_face_that_does_not_speak_shows_all_of_it(head: BuiltInHead) -> None:
    opening = {emotion: mouth_motion(express(still(), {emotion: 1.0}), head).opening for emotion in EMOTIONS}
    assert opening["surprised"].min() > 4.0
    for emotion in ("sad", "angry", "contempt", "calm"):
        assert opening[emotion].max() < 0.3, emotion


def test_after_speech_the_lips_go_back_to_the_emotion(head: BuiltInHead, spoken: Animation) -> None:
    opening = mouth_motion(express(spoken, "surprised:1"), head).opening
    assert opening[-1] > 3.0
    assert opening[:10].max() < 1.0 and opening[130:150].max() < 1.0  # as in a pause between phrases


def test_an_unspeaking_mouth_does_not_part_what_holds_together(spoken: Animation, head: BuiltInHead) -> None:
    pressed = still(240).with_curves({"mouthRollLower": 0.4, "mouthRollUpper": 0.4})
    assert mouth_motion(express(pressed, "surprised:1"), head).opening[60:].max() < 0.3


def test_blinks_close_wide_eyes() -> None:
    blinking = still(60).with_curves({"eyeBlinkLeft": 1.0, "eyeBlinkRight": 0.5})
    shown = express(blinking, "afraid:1")
    assert shown["eyeWideLeft"].max() == 0.0
    assert shown["eyeWideRight"].max() < 0.6 < express(still(60), "afraid:1")["eyeWideLeft"].min()
    assert (shown["eyeBlinkLeft"] == 1.0).all()


def test_pieces_are_to_the_bit_what_the_whole_is(spoken: Animation) -> None:
    track = EmotionTrack((EmotionKey(0.0, {"happy": 0.5}), EmotionKey(0.8, {"surprised": 0.9, "afraid": 0.2})))
    whole = express(spoken, track, seed=3)
    expression, first, pieces = Expression(track, 60, seed=3), 0, []
    for frames in (1, 7, 0, 64, 2, 90, 88):
        part = Animation(ARKIT, spoken.weights[first : first + frames], 60)
        pieces.append(expression.add(part, first=first).weights)
        first += frames
    assert first == len(spoken)
    np.testing.assert_array_equal(np.concatenate(pieces), whole.weights)


def test_a_held_emotion_lives_and_seeds_differ() -> None:
    one, other = (express(still(600), "happy:0.6", seed=seed) for seed in (1, 2))
    assert 0.01 < np.std(one["mouthSmileLeft"]) < 0.08
    assert np.abs(one.weights - other.weights).max() > 0.02
    np.testing.assert_array_equal(one.weights, express(still(600), "happy:0.6", seed=1).weights)
    assert np.abs(np.diff(one["mouthSmileLeft"])).max() < 0.01


def test_brows_go_along_with_wide_syllables(spoken: Animation) -> None:
    shown = express(spoken, "angry:0.6")["browDownLeft"]
    alone = express(still(len(spoken)), "angry:0.6")["browDownLeft"]
    assert (shown - alone).min() >= 0.0 and (shown - alone).max() > 0.05


def fastest(head: BuiltInHead, animation: Animation, frames: slice) -> float:
    """The furthest that a vertex goes in a frame."""
    with torch.inference_mode():
        vertices = head(torch.from_numpy(animation.weights[frames].copy()))
    return float(vertices.diff(dim=0).norm(dim=-1).max())


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_transitions_are_no_faster_than_speech(head: BuiltInHead, spoken: Animation, emotion: str) -> None:
    track = EmotionTrack((EmotionKey(0.0), EmotionKey(0.5, {emotion: 1.0}), EmotionKey(1.5)))
    assert fastest(head, express(still(), track), slice(30, 120)) < fastest(head, spoken, slice(18, 80))


@pytest.fixture(scope="module")
def steady(head: BuiltInHead, spoken: Animation) -> dict[str, float]:
    """The fastest vertex of speech without emotion and with each."""
    held = {emotion: fastest(head, express(spoken, {emotion: 1.0}), slice(18, 132)) for emotion in EMOTIONS}
    return {"neutral": fastest(head, spoken, slice(18, 132)), **held}


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_transitions_while_speaking_are_no_faster_than_either_emotion(
    head: BuiltInHead, spoken: Animation, steady: dict[str, float], emotion: str
) -> None:
    other = EMOTIONS[(EMOTIONS.index(emotion) + 4) % len(EMOTIONS)]
    turns = ({emotion: 1.0}, {other: 1.0}, {emotion: 1.0}, {})
    track = EmotionTrack(tuple(EmotionKey(0.45 + 0.5 * k, mixture) for k, mixture in enumerate(turns)))
    changing = fastest(head, express(spoken, track), slice(18, 132))
    assert changing <= 1.001 * max(steady["neutral"], steady[emotion], steady[other])


def test_brows_and_corners_reach_a_metahuman() -> None:
    shown = convert(express(still(30), "happy:0.8"), METAHUMAN)
    assert shown["CTRL_expressions_mouthCornerPullL"].min() > 0.4
    shown = convert(express(still(30), "angry:0.8"), METAHUMAN)
    assert shown["CTRL_expressions_browDownR"].min() > 0.5


def test_another_heads_response_is_used(head: BuiltInHead, spoken: Animation) -> None:
    own = express(spoken, "disgusted:0.8", response=LipResponse.of(head))
    np.testing.assert_allclose(own.weights, express(spoken, "disgusted:0.8").weights, atol=1e-6)


def test_other_controls_and_unknown_emotions_are_refused(spoken: Animation) -> None:
    with pytest.raises(ValueError, match="animation must be in ARKit at 30 fps, got ARKit at 60"):
        Expression(EmotionTrack.parse("happy"), 30).add(spoken)
    with pytest.raises(ValueError, match=r"did you mean angry\?"):
        express(spoken, "angy:0.5")
    with pytest.raises(ValueError, match="seed must be 0 or more, got -1"):
        express(spoken, "happy", seed=-1)
