import numpy as np
import pytest

from avatar.animation import Animation
from avatar.articulation.model import articulate
from avatar.articulation.phones import Phone
from avatar.articulation.response import built_in_response
from avatar.articulation.sharpen import sharpen
from avatar.controls import ARKIT
from avatar.evaluation.contacts import demands
from avatar.evaluation.motion import mouth_motion
from avatar.rigs import BuiltInHead
from avatar.spaces import METAHUMAN

PHONES = (
    Phone("AH", 0.3, 0.4),
    Phone("B", 0.4, 0.46),
    Phone("AA", 0.46, 0.7),
    Phone("F", 0.7, 0.8),
    Phone("AE", 0.8, 1.0),
    Phone("M", 1.0, 1.05),
    Phone("IY", 1.05, 1.3),
)


def _steady(jaw: float, fps: float = 60.0, **more: float) -> Animation:
    frames = round(2 * fps)
    return Animation.from_curves(ARKIT, {name: np.full(frames, v) for name, v in {"jawOpen": jaw, **more}.items()}, fps)


@pytest.mark.parametrize("fps", [24.0, 30.0, 60.0, 120.0])
def test_contacts_are_made_where_phones_ask(fps: float) -> None:
    head = BuiltInHead.load()
    open_mouth = _steady(0.5, fps)
    before = demands(mouth_motion(open_mouth, head), PHONES)
    after = demands(mouth_motion(sharpen(open_mouth, PHONES), head), PHONES)
    assert before.closure.value == before.at_teeth.value == 0
    assert after.closure.value == after.at_teeth.value == 1


def test_contacts_that_phones_deny_are_opened() -> None:
    head = BuiltInHead.load()
    shut = _steady(0.0)
    assert demands(mouth_motion(shut, head), PHONES).false_closure.value == 1
    opened = mouth_motion(sharpen(shut, PHONES), head).opening
    assert demands(mouth_motion(sharpen(shut, PHONES), head), PHONES).false_closure.value == 0
    asked = mouth_motion(articulate(PHONES, fps=60, duration=2.0), head).opening
    assert np.all(opened > 0.3 * asked - 0.1)


def test_elsewhere_curves_stay() -> None:
    animation = _steady(0.4, mouthSmileLeft=0.3, browInnerUp=0.5)
    sharpened = sharpen(animation, PHONES)
    far = (animation.times < 0.25) | (animation.times > 1.25)
    np.testing.assert_array_equal(sharpened.weights[far], animation.weights[far])
    np.testing.assert_array_equal(sharpened["browInnerUp"], animation["browInnerUp"])
    vowel = np.abs(animation.times - 0.58) < 0.02  # the middle of AA, open enough
    np.testing.assert_allclose(sharpened.weights[vowel], animation.weights[vowel], atol=1e-6)


def test_speech_that_no_phone_tells_stays() -> None:
    animation = _steady(0.0)
    untold = (Phone("AH", 0.3, 0.4), Phone("IY", 1.4, 1.6))
    between = (animation.times > 0.6) & (animation.times < 1.1)
    np.testing.assert_array_equal(sharpen(animation, untold).weights[between], animation.weights[between])


def test_articulated_curves_are_sharp_already() -> None:
    articulated = articulate(PHONES, fps=60, duration=2.0)
    np.testing.assert_allclose(sharpen(articulated, PHONES).weights, articulated.weights, atol=1e-6)


def test_nothing_to_do() -> None:
    animation = _steady(0.3)
    assert sharpen(animation, ()) is animation


def test_another_space_is_refused() -> None:
    with pytest.raises(ValueError, match="sharpen before you retarget"):
        sharpen(Animation(METAHUMAN, np.tile(METAHUMAN.neutral, (4, 1)), 60), PHONES)
    assert built_in_response().space == ARKIT
