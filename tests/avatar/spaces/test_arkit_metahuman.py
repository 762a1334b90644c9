import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatar import ARKIT, Animation
from avatar.controls import ARKIT_SHAPES
from avatar.spaces import METAHUMAN, METAHUMAN_RAW, convert
from avatar.spaces.gaze_shapes import LOOK
from avatar.spaces.metahuman import PREFIX
from avatar.spaces.tables import read_table

NAMED = {
    "browDownLeft": {"browDownL", "browLateralL"},
    "browInnerUp": {"browRaiseInL", "browRaiseInR"},
    "browOuterUpRight": {"browRaiseOuterR"},
    "eyeBlinkLeft": {"eyeBlinkL"},
    "eyeWideRight": {"eyeWidenR"},
    "eyeSquintLeft": {"eyeSquintInnerL"},
    "eyeLookInLeft": {"eyeLookRightL"},
    "eyeLookInRight": {"eyeLookLeftR"},
    "eyeLookOutLeft": {"eyeLookLeftL"},
    "eyeLookOutRight": {"eyeLookRightR"},
    "eyeLookUpLeft": {"eyeLookUpL"},
    "eyeLookDownRight": {"eyeLookDownR"},
    "cheekSquintLeft": {"eyeCheekRaiseL"},
    "noseSneerLeft": {"noseWrinkleL", "noseWrinkleUpperL", "noseNasolabialDeepenL"},
    "cheekPuff": {"mouthCheekBlowL", "mouthCheekBlowR"},
    "jawOpen": {"jawOpen"},
    "jawForward": {"jawFwd"},
    "jawLeft": {"jawLeft"},
    "mouthRight": {"mouthRight"},
    "mouthSmileRight": {"mouthCornerPullR"},
    "mouthFrownLeft": {"mouthCornerDepressL"},
    "mouthDimpleLeft": {"mouthDimpleL"},
    "mouthStretchRight": {"mouthStretchR"},
    "mouthPucker": {"mouthLipsPurseUL", "mouthLipsPurseUR", "mouthLipsPurseDL", "mouthLipsPurseDR"},
    "mouthFunnel": {"mouthFunnelUL", "mouthFunnelUR", "mouthFunnelDL", "mouthFunnelDR"},
    "mouthRollUpper": {"mouthUpperLipRollInL", "mouthUpperLipRollInR"},
    "mouthShrugLower": {"jawChinRaiseDL", "jawChinRaiseDR"},
    "mouthPressLeft": {"mouthLipsPressL", "mouthPressUL", "mouthPressDL"},
    "mouthLowerDownLeft": {"mouthLowerLipDepressL"},
    "mouthUpperUpRight": {"mouthUpperLipRaiseR", "noseNasolabialDeepenR"},
    "tongueOut": {"tongueOut"},
}


def arkit(**values):
    return Animation.from_curves(ARKIT, {name: [value] for name, value in values.items()}, 60)


def moved(animation):
    """Expression curves that are not 0, by their short names."""
    return {
        name.removeprefix(PREFIX): float(value)
        for name, value in zip(animation.space.names, animation.weights[0], strict=True)
        if name.startswith(PREFIX) and value
    }


@pytest.mark.parametrize("shape", NAMED)
def test_a_shape_alone_moves_the_curves_that_its_name_says(shape):
    curves = moved(convert(arkit(**{shape: 0.8}), METAHUMAN))
    assert set(curves) == NAMED[shape]
    assert max(curves.values()) == pytest.approx(0.8)


def test_every_shape_is_used():
    words = {word for row in read_table("arkit_to_metahuman.csv") for word in row.source.replace("&", "/").split("/")}
    assert {word.strip() for word in words} == set(ARKIT_SHAPES)


def test_a_curve_is_driven_by_shapes_or_by_a_rule_and_the_way_back_adds_others():
    rows = read_table("arkit_to_metahuman.csv")
    linear, rules = {row.target for row in rows if not row.is_rule}, {row.target for row in rows if row.is_rule}
    back = {row.source for row in read_table("metahuman_to_arkit.csv")}
    assert not linear & rules and not linear & back and not rules & back


@pytest.mark.parametrize(("close", "opened", "together"), [(0.2, 0.4, 0.5), (0.4, 0.4, 1), (0.6, 0.4, 1), (0, 0.4, 0)])
def test_lips_stay_together_by_the_share_of_the_jaw_that_they_take_back(close, opened, together):
    curves = convert(arkit(mouthClose=close, jawOpen=opened), METAHUMAN)
    for name in ("UL", "UR", "DL", "DR"):
        assert curves[f"{PREFIX}mouthLipsTogether{name}"][0] == pytest.approx(together)
    assert curves[f"{PREFIX}jawOpen"][0] == pytest.approx(opened)


def test_lips_without_a_jaw_to_close_are_together_only_when_asked():
    assert convert(arkit(mouthClose=0.1), METAHUMAN)[f"{PREFIX}mouthLipsTogetherUL"][0] == 1
    assert not moved(convert(arkit(jawOpen=0.0), METAHUMAN))


def test_rules_of_two_shapes():
    assert moved(convert(arkit(eyeBlinkLeft=1, eyeSquintLeft=0.4), METAHUMAN))["eyeLidPressL"] == pytest.approx(0.4)
    stretched = convert(arkit(mouthStretchLeft=0.6, mouthClose=0.2, jawOpen=0.2), METAHUMAN)
    assert moved(stretched)["mouthStretchLipsCloseL"] == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("angles", "curves"),
    [
        ({"leftEyeYaw": 0.15}, {"eyeLookLeftL": 0.15 / LOOK}),
        ({"rightEyeYaw": 0.15}, {"eyeLookLeftR": 0.15 / LOOK}),
        ({"rightEyeYaw": -0.15}, {"eyeLookRightR": 0.15 / LOOK}),
        ({"leftEyePitch": 0.1}, {"eyeLookDownL": 0.1 / LOOK}),
        ({"rightEyePitch": -0.1}, {"eyeLookUpR": 0.1 / LOOK}),
        ({"leftEyeYaw": -1.5}, {"eyeLookRightL": 1.0}),
        ({"leftEyeRoll": 0.5}, {}),
    ],
)
def test_eyes_turn_where_their_own_angles_say(angles, curves):
    assert moved(convert(arkit(**angles), METAHUMAN)) == pytest.approx(curves)


def test_a_gaze_that_is_said_twice_counts_once():
    assert moved(convert(arkit(eyeLookDownLeft=0.4, leftEyePitch=0.4 * LOOK), METAHUMAN)) == pytest.approx(
        {"eyeLookDownL": 0.4}
    )


def test_a_phone_says_its_gaze_twice_and_looks_once(shared):
    names = [*ARKIT_SHAPES, "headYaw", "headPitch", "headRoll", "leftEyeYaw", "leftEyePitch"]
    values = np.load(shared / "data/livelink/dao_180x61.npy")[:, : len(names)]
    face = Animation.from_curves(ARKIT, dict(zip(names, values.T, strict=True)), 60)
    down = face["eyeLookDownLeft"]
    np.testing.assert_allclose(face["leftEyePitch"], down * LOOK, atol=5e-3)
    np.testing.assert_allclose(convert(face, METAHUMAN)[f"{PREFIX}eyeLookDownL"], down, atol=8e-3)


def test_the_head_goes_along_and_its_switch_is_on():
    curves = convert(arkit(headYaw=0.3, headPitch=-0.2, headRoll=0.1), METAHUMAN)
    assert [curves[name][0] for name in ("HeadYaw", "HeadPitch", "HeadRoll")] == pytest.approx([0.3, -0.2, 0.1])
    assert curves["HeadControlSwitch"][0] == 1 and curves["DisableFaceOverride"][0] == 1
    back = convert(curves, ARKIT)
    assert [back[name][0] for name in ("headYaw", "headPitch", "headRoll")] == pytest.approx([0.3, -0.2, 0.1])
    off = convert(curves.with_curves({"HeadControlSwitch": 0.0}), ARKIT)
    assert not off["headYaw"].any()


def mirrored(animation, names):
    columns = [animation.space.index(names(name)) for name in animation.space.names]
    signs = [-1 if n.endswith(("Yaw", "Roll")) or n == "HeadTranslationX" else 1 for n in animation.space.names]
    return animation.weights[:, columns] * signs


def other_side(name):
    if name.startswith(("left", "right")):
        return name.replace("left", "right") if name.startswith("left") else name.replace("right", "left")
    return name.replace("Left", "#").replace("Right", "Left").replace("#", "Right")


def other_metahuman_side(name):
    if not name.startswith(PREFIX):
        return name
    name = other_side(name)
    swapped = name[:-1] + {"L": "R", "R": "L"}.get(name[-1], name[-1])
    if "StickyLPh" in name or "StickyRPh" in name:
        swapped = name.replace("StickyL", "#").replace("StickyR", "StickyL").replace("#", "StickyR")
    return swapped


def test_mirroring_the_face_mirrors_the_curves(random_faces):
    face = random_faces(20)
    there = convert(face, METAHUMAN)
    mirror = convert(Animation(ARKIT, mirrored(face, other_side), 60), METAHUMAN)
    np.testing.assert_allclose(mirror.weights, mirrored(there, other_metahuman_side), atol=1e-6)


def gaze(animation, side):
    """Yaw and pitch of an eye in radians, and whether a look shape is cut off."""
    inward, outward, down, up = (animation[f"eyeLook{n}{side}"] for n in ("In", "Out", "Down", "Up"))
    sign = 1 if side == "Left" else -1
    return sign * (outward - inward) * LOOK, (down - up) * LOOK


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1, width=32), min_size=52, max_size=52))
def test_there_and_back_again(values):
    face = arkit(**dict(zip(ARKIT_SHAPES, values, strict=True)))
    back = convert(convert(face, METAHUMAN), ARKIT)
    # More closing than the jaw has opened cannot be said.
    wanted = face.with_curves({"mouthClose": np.minimum(face["mouthClose"], face["jawOpen"])})
    np.testing.assert_allclose(back.weights, wanted.weights, atol=1e-4)


def test_own_angles_come_back_as_look_shapes():
    face = arkit(leftEyeYaw=0.2, rightEyeYaw=0.2, leftEyePitch=-0.1, rightEyePitch=-0.1)
    back = convert(convert(face, METAHUMAN), ARKIT)
    for side in ("Left", "Right"):
        yaw, pitch = gaze(back, side)
        assert yaw[0] == pytest.approx(0.2, abs=1e-4) and pitch[0] == pytest.approx(-0.1, abs=1e-4)
        assert not back[f"{side.lower()}EyeYaw"].any()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31))
def test_whatever_comes_the_result_is_within_its_ranges(seed):
    chance = np.random.default_rng(seed)
    curves = Animation(METAHUMAN, chance.uniform(-0.5, 1.5, (3, len(METAHUMAN))), 60)
    face = convert(curves, ARKIT)
    assert not face.out_of_range()
    assert not convert(Animation(ARKIT, chance.uniform(-2, 2, (3, len(ARKIT))), 60), METAHUMAN).out_of_range()


def test_what_is_finer_than_arkit_becomes_what_it_is_like():
    def back(name):
        return convert(Animation.from_curves(METAHUMAN, {PREFIX + name: [1.0]}, 60), ARKIT)

    assert back("eyeUpperLidUpL")["eyeWideLeft"][0] > 0.5
    assert back("mouthLowerLipBiteR")["mouthRollLower"][0] > 0.3
    assert back("mouthCornerUpR")["mouthSmileRight"][0] > 0.3
    assert not moved_shapes(back("earUpL"))


def moved_shapes(animation):
    return [name for name in animation.space.names if animation[name].any()]


def test_a_closure_comes_back_closed(random_faces):
    face = random_faces(20)
    face = face.with_curves({"mouthClose": face["jawOpen"]})
    back = convert(convert(face, METAHUMAN), ARKIT)
    np.testing.assert_allclose(back["mouthClose"], back["jawOpen"], atol=1e-6)


def test_raw_controls_are_the_same_expressions_with_a_dot(random_faces):
    curves = convert(random_faces(3), METAHUMAN)
    raw = convert(curves, METAHUMAN_RAW)
    assert raw["CTRL_expressions.jawOpen"].tolist() == curves[f"{PREFIX}jawOpen"].tolist()
    assert raw["head.qw"].tolist() == [1, 1, 1] and not raw["head.qx"].any()
    again = convert(raw, METAHUMAN)
    expressions = [name for name in METAHUMAN.names if name.startswith(PREFIX)]
    for name in expressions:
        assert again[name].tolist() == curves[name].tolist()


def test_frames_do_not_depend_on_their_neighbours(random_faces):
    faces = random_faces(6)
    there = convert(faces, METAHUMAN)
    alone = convert(Animation(ARKIT, faces.weights[2:3], 60), METAHUMAN)
    np.testing.assert_allclose(alone.weights[0], there.weights[2], atol=1e-7)
    back, one = convert(there, ARKIT), convert(alone, ARKIT)
    np.testing.assert_allclose(one.weights[0], back.weights[2], atol=1e-4)
