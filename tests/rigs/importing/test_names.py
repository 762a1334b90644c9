"""Names of shapes in other programs' spellings."""

import pytest

from avatar.controls import ARKIT, ARKIT_SHAPES
from avatar.rigs.importing.names import key_of, match_names
from avatar.spaces import METAHUMAN, OCULUS, VRM


@pytest.mark.parametrize(
    ("shape", "control", "how"),
    [
        ("jawOpen", "jawOpen", "same"),
        ("blendShape1.eyeBlink_L", "eyeBlinkLeft", "spelled differently"),
        ("eyeBlink.R", "eyeBlinkRight", "spelled differently"),
        ("EYEBLINKLEFT", "eyeBlinkLeft", "spelled differently"),
        ("mouth_smile_right", "mouthSmileRight", "spelled differently"),
        ("LeftEyeBlink", "eyeBlinkLeft", "spelled differently"),
        ("MouthLeft", "mouthLeft", "spelled differently"),
        ("head:CTRL_jawOpen", "jawOpen", "spelled differently"),
        ("JawFwd", "jawForward", "a synonym"),
        ("LipsFunnel", "mouthFunnel", "a synonym"),
        ("eyeBlnkLeft", "eyeBlinkLeft", "guessed"),
    ],
)
def test_spellings(shape, control, how):
    (match,) = match_names([shape], ARKIT)
    assert (match.controls, match.how) == ((control,), how)


@pytest.mark.parametrize("shape", ["PupilDilate_L", "Basis", "earWiggle", "x", ""])
def test_others_are_no_control(shape):
    assert match_names([shape], ARKIT)[0].how == "no control"


def test_all_names_have_keys_of_their_own():
    for names in (ARKIT_SHAPES, OCULUS.names, VRM.names):
        assert len({key_of(name) for name in names}) == len(names)


def test_every_space_finds_its_own_names():
    for space in (ARKIT, OCULUS, VRM, METAHUMAN):
        assert [match.controls for match in match_names(space.names, space)] == [(name,) for name in space.names]


def test_the_right_name_wins_over_likeness():
    """A synonym must not take what another shape is called."""
    found = {match.shape: match.controls for match in match_names(["mouthOpen", "jawOpen"], ARKIT)}
    assert found == {"mouthOpen": (), "jawOpen": ("jawOpen",)}


def test_sides_are_put_together_and_taken_apart():
    found = match_names(["browInnerUp_L", "browInnerUp_R", "mouthSmile"], ARKIT)
    assert [match.controls for match in found[:2]] == [("browInnerUp",)] * 2
    assert found[2].controls == ("mouthSmileLeft", "mouthSmileRight")


def test_the_users_word_counts():
    found = match_names(["a", "jawOpen"], ARKIT, {"a": "jawOpen", "jawOpen": ""})
    assert [match.controls for match in found] == [("jawOpen",), ()]
    with pytest.raises(KeyError, match=r"speaks of the shape 'b', which the file does not have.*did you mean"):
        match_names(["bb", "jawOpen"], ARKIT, {"b": "jawOpen"} | {"bb": ""})
    with pytest.raises(KeyError, match="no control named 'jawOpn'"):
        match_names(["a"], ARKIT, {"a": "jawOpn"})
    with pytest.raises(ValueError, match="'a' and 'b' would both be jawOpen; say which"):
        match_names(["a", "b"], ARKIT, {"a": "jawOpen", "b": "jawOpen"})
