import numpy as np
import pytest

from avatar import ARKIT, Animation
from avatar.articulation import Phone, articulate
from avatar.controls import ARKIT_SHAPES
from avatar.rigs import BuiltInHead
from avatar.rigs.mouth import measure
from avatar.spaces import OCULUS, VRM, convert
from avatar.spaces.nearest import nearest_weights, within_unit_sum
from avatar.spaces.vrm import EMOTIONS, MOUTH


@pytest.fixture(scope="module")
def head():
    return BuiltInHead.load()


def face(**values):
    return Animation.from_curves(ARKIT, {name: [value] for name, value in values.items()}, 60)


def both(**values):
    return {f"{name}{side}": value for name, value in values.items() for side in ("Left", "Right")}


def each(space):
    return Animation(space, np.eye(len(space)), 60)


def strongest(animation, frame=0):
    return animation.space.names[animation.weights[frame].argmax()]


def test_each_viseme_alone_comes_back_as_itself():
    back = convert(convert(each(OCULUS), ARKIT), OCULUS)
    np.testing.assert_allclose(back.weights, np.eye(15), atol=0.01)


def test_blends_come_back_as_the_same_mouth(head):
    weights = np.random.default_rng(3).dirichlet(np.full(15, 0.2), 60)
    there = convert(Animation(OCULUS, weights, 60), ARKIT)
    back = convert(convert(there, OCULUS), ARKIT)
    lips = head.regions["lips"]
    apart = (head(tensor(there)) - head(tensor(back)))[:, lips].norm(dim=-1) * 1000
    assert apart.mean() < 0.2 and apart.mean(1).max() < 0.5


def tensor(animation):
    import torch

    return torch.from_numpy(animation.weights.copy())


def test_the_lips_do_what_the_viseme_says(head):
    mouth = measure(head(tensor(convert(each(OCULUS), ARKIT))), head)
    opening = dict(zip(OCULUS.names, mouth.opening.tolist(), strict=True))
    width = dict(zip(OCULUS.names, mouth.width.tolist(), strict=True))
    assert opening["sil"] < 0.1 and opening["PP"] < 0.5
    assert max(opening, key=opening.get) in ("aa", "E") and opening["aa"] > 10
    assert mouth.lower_lip_to_teeth[OCULUS.index("FF")] < 2
    assert width["I"] > width["sil"] + 2 and width["U"] < width["O"] < width["sil"] - 2


def test_weights_add_up_to_one_whatever_comes(random_faces):
    visemes = convert(random_faces(40), OCULUS)
    np.testing.assert_allclose(visemes.weights.sum(1), 1, atol=1e-5)
    assert not visemes.out_of_range()
    rest = convert(Animation(ARKIT, ARKIT.neutral[None], 60), OCULUS)
    assert rest["sil"][0] == 1
    brows = convert(face(browInnerUp=1, eyeBlinkLeft=1, headYaw=0.3), OCULUS)
    assert brows["sil"][0] == pytest.approx(1, abs=1e-6)


def test_speech_is_read_from_the_lips():
    phones = [Phone("P", 0.3, 0.4), Phone("UW", 0.4, 0.6), Phone("F", 0.6, 0.7), Phone("AA", 0.7, 0.9)]
    phones += [Phone("M", 0.9, 1.0), Phone("SH", 1.0, 1.15), Phone("EH", 1.15, 1.35)]
    visemes = convert(articulate(phones, fps=60, duration=1.8), OCULUS)
    found = [strongest(visemes, round((phone.start + phone.end) / 2 * 60)) for phone in phones]
    assert found == ["PP", "U", "FF", "aa", "PP", "CH", "E"]
    assert strongest(visemes, 2) == "sil" == strongest(visemes, len(visemes) - 1)
    assert visemes["PP"][round(0.35 * 60)] > 0.9


def test_lips_that_close_over_a_low_jaw_are_pressed_only_if_they_press():
    pressed = convert(face(jawOpen=0.3, mouthClose=0.3, **both(mouthPress=0.3)), OCULUS)
    assert pressed["PP"][0] > 0.9
    assert convert(face(jawOpen=0.3, **both(mouthPress=0.3)), OCULUS)["PP"][0] < 0.5


def test_sides_do_not_matter_to_visemes(random_faces):
    faces = random_faces(10)
    columns = [ARKIT.index(swapped(name)) for name in ARKIT.names]
    mirror = Animation(ARKIT, faces.weights[:, columns], 60)
    np.testing.assert_allclose(convert(mirror, OCULUS).weights, convert(faces, OCULUS).weights, atol=0.06)


def swapped(name):
    if name.startswith(("left", "right")):
        return name.replace("left", "right") if name.startswith("left") else name.replace("right", "left")
    return name.replace("Left", "#").replace("Right", "Left").replace("#", "Right")


def test_each_expression_of_vrm_comes_back_as_itself():
    back = convert(convert(each(VRM), ARKIT), VRM)
    wanted = np.eye(len(VRM))
    wanted[VRM.index("neutral")] = 0
    np.testing.assert_allclose(back.weights, wanted, atol=1e-4)


def test_vowels_and_emotions_together_come_back():
    chance = np.random.default_rng(5)
    weights = np.zeros((30, len(VRM)))
    weights[:, VRM.indices(MOUTH)] = 0.7 * chance.dirichlet(np.ones(5), 30)
    weights[:, VRM.indices(EMOTIONS[:5])] = 0.6 * chance.dirichlet(np.ones(5), 30)
    back = convert(convert(Animation(VRM, weights, 60), ARKIT), VRM)
    np.testing.assert_allclose(back.weights, weights, atol=0.02)


def test_lids_and_gaze_of_vrm():
    eyes = convert(face(eyeBlinkLeft=0.8, eyeBlinkRight=0.3), VRM)
    assert [round(float(eyes[name][0]), 5) for name in ("blink", "blinkLeft", "blinkRight")] == [0.3, 0.5, 0]
    assert convert(face(eyeLookOutLeft=0.6, eyeLookInRight=0.6), VRM)["lookLeft"][0] == pytest.approx(0.6)
    assert convert(face(eyeLookInLeft=0.6, eyeLookInRight=0.6), VRM)["lookLeft"][0] == 0  # squinting at the nose
    turned = convert(face(leftEyeYaw=-0.2, rightEyeYaw=-0.2, leftEyePitch=-0.1, rightEyePitch=-0.1), VRM)
    assert turned["lookRight"][0] > 0.3 and turned["lookUp"][0] > 0.15 and turned["lookDown"][0] == 0
    left = convert(Animation.from_curves(VRM, {"lookLeft": [1.0], "blinkRight": [0.5]}, 60), ARKIT)
    assert left["eyeLookOutLeft"][0] == left["eyeLookInRight"][0] == 1 and left["eyeBlinkRight"][0] == 0.5


def test_emotions_read_as_their_names_say():
    assert strongest(convert(face(**both(mouthSmile=0.8, cheekSquint=0.6)), VRM)) == "happy"
    assert strongest(convert(face(**both(browDown=0.9, noseSneer=0.4)), VRM)) == "angry"
    assert strongest(convert(face(browInnerUp=0.8, **both(mouthFrown=0.6)), VRM)) == "sad"
    assert strongest(convert(face(browInnerUp=0.7, **both(browOuterUp=0.8, eyeWide=0.8)), VRM)) == "surprised"


def test_weights_are_the_nearest_allowed_ones():
    chance = np.random.default_rng(1)
    poses, targets = chance.normal(size=(3, 5)), chance.normal(size=(6, 5))
    found = nearest_weights(poses, targets, within_unit_sum, iterations=5000, tolerance=1e-10)
    tried = chance.dirichlet(np.ones(4), 20000)[:, :3]
    best = np.square(tried @ poses - targets[:, None]).sum(-1).min(1)
    assert (np.square(found @ poses - targets).sum(1) <= best + 1e-9).all()
    assert (found >= 0).all() and (found.sum(1) <= 1 + 1e-9).all()


def test_poses_use_known_shapes_on_both_sides_alike():
    for space in (OCULUS, VRM):
        poses = convert(each(space), ARKIT)
        for row, name in enumerate(space.names):
            if name in ("blinkLeft", "blinkRight", "lookLeft", "lookRight"):
                continue
            for shape in ARKIT_SHAPES:
                if shape.endswith("Left") and shape.startswith(("mouth", "cheek", "brow", "nose")) and len(shape) > 10:
                    assert poses[shape][row] == poses[swapped(shape)][row], (name, shape)
