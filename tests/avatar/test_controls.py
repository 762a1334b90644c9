import pytest

from avatar.controls import ARKIT, ARKIT_ROTATIONS, ARKIT_SHAPES, Control, ControlSpace


def test_arkit_is_52_shapes_and_9_rotations():
    assert len(ARKIT_SHAPES) == 52 and len(ARKIT_ROTATIONS) == 9 and len(ARKIT) == 61
    assert ARKIT.names == ARKIT_SHAPES + ARKIT_ROTATIONS
    assert {control.unit for control in ARKIT.controls[:52]} == {"weight"}
    assert {control.unit for control in ARKIT.controls[52:]} == {"radian"}
    assert ARKIT.neutral.tolist() == [0.0] * 61


def test_arkit_shapes_come_in_pairs():
    for name in ARKIT_SHAPES:
        if name.endswith("Left"):
            assert name.removesuffix("Left") + "Right" in ARKIT


def test_index_is_by_name():
    assert ARKIT.index("jawOpen") == ARKIT.names.index("jawOpen")
    assert ARKIT.indices(["tongueOut", "jawOpen"]) == [51, 17]
    assert "jawOpen" in ARKIT and "JawOpen" not in ARKIT


def test_unknown_name_suggests_the_nearest():
    with pytest.raises(KeyError, match=r"ARKit has no control named 'jawopen'; did you mean jawOpen"):
        ARKIT.index("jawopen")
    with pytest.raises(KeyError, match=r"no control named 'qqq'"):
        ARKIT.index("qqq")


@pytest.mark.parametrize("name", [0, slice(0, 3), None])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(TypeError, match=r"addressed by its name, for example 'eyeBlinkLeft'; got"):
        ARKIT.index(name)


def test_limits_are_arrays_in_order():
    space = ControlSpace("s", (Control("a"), Control("b", "radian", -2, 3, 1)))
    assert space.minimum.tolist() == [0, -2]
    assert space.maximum.tolist() == [1, 3]
    assert space.neutral.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("",), "needs a name"),
        (("a", "degree"), "unit of control 'a' must be one of"),
        (("a", "weight", 1.0, 0.0), "minimum <= neutral <= maximum"),
        (("a", "weight", 0.0, 1.0, 2.0), "minimum <= neutral <= maximum"),
        (("a", "weight", float("nan")), "minimum <= neutral <= maximum"),
        (("a", "weight", 0.0, float("inf")), "minimum <= neutral <= maximum"),
    ],
)
def test_impossible_controls_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Control(*arguments)


def test_names_are_unique():
    with pytest.raises(ValueError, match="must be unique, got twice: a"):
        ControlSpace("s", (Control("a"), Control("b"), Control("a")))


def test_names_differ_in_more_than_case():
    with pytest.raises(ValueError, match="must differ in more than case, got Smile and smile; rename one"):
        ControlSpace("s", (Control("Smile"), Control("a"), Control("smile")))


def test_a_name_is_found_in_any_case():
    assert ARKIT.spelling("JAWOPEN") == ARKIT.spelling("jawOpen") == "jawOpen"
    with pytest.raises(KeyError, match="did you mean jawOpen"):
        ARKIT.spelling("jawOpenn")
    with pytest.raises(TypeError, match="addressed by its name"):
        ARKIT.spelling(3)


def test_foreign_names_are_matched_and_never_two_to_one():
    assert ARKIT.spellings(["JawOpen", "other", "tongueout"]) == {"JawOpen": "jawOpen", "tongueout": "tongueOut"}
    with pytest.raises(ValueError, match="'JawOpen' and 'jawopen' both mean ARKit's 'jawOpen'"):
        ARKIT.spellings(["JawOpen", "jawopen"])
    with pytest.raises(ValueError, match="both mean"):
        ARKIT.spellings(["jawOpen", "jawOpen"])
