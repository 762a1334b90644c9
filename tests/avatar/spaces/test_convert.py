import csv
import subprocess
import sys

import numpy as np
import pytest

from avatar import ARKIT, Animation, Control, ControlSpace
from avatar.spaces import FLAME, METAHUMAN_RAW, OCULUS, SPACES, convert, flame_space, rekey


def test_spaces_are_registered_by_name():
    assert SPACES["arkit"] is ARKIT and set(SPACES) == {"arkit", "flame", "metahuman", "metahuman-raw", "oculus", "vrm"}


def test_the_same_space_is_left_alone(random_faces):
    face = random_faces(2)
    assert convert(face, ARKIT) is face


def test_other_orders_and_fewer_controls_are_put_in_their_places():
    space = ControlSpace("phone", (Control("TongueOut"), Control("jawOpen")))
    face = convert(Animation(space, [[0.2, 0.7]], 30), ARKIT)
    assert face["jawOpen"][0] == np.float32(0.7) and face["tongueOut"][0] == np.float32(0.2)
    assert face.weights.sum() == pytest.approx(0.9)
    assert convert(Animation(space, [[0.2, 0.7]], 30), METAHUMAN_RAW)["CTRL_expressions.jawOpen"][0] == np.float32(0.7)


def test_what_a_smaller_space_lacks_must_rest():
    small = flame_space(50)
    rest = Animation(FLAME, np.zeros((2, len(FLAME))), 30)
    assert convert(rest, small).space == small
    with pytest.raises(ValueError, match="FLAME with 67 controls lacks exp_80, which the animation uses"):
        convert(rest.with_curves({"exp_80": 1.0}), small)
    back = convert(Animation(small, np.ones((1, len(small))), 30), FLAME)
    assert back["exp_49"][0] == 1 and back["exp_50"][0] == 0 and back["eyelid_left"][0] == 1


def test_units_must_agree():
    space = ControlSpace("odd", (Control("headYaw"),))
    with pytest.raises(ValueError, match="'headYaw' is a weight in odd and a radian in ARKit"):
        rekey(Animation(space, [[0.1]], 30), ARKIT)


def test_flame_needs_its_file():
    for animation, space in ((Animation(ARKIT, ARKIT.neutral[None], 30), FLAME), (rest(FLAME), OCULUS)):
        with pytest.raises(ValueError, match="avatar retarget CLIP --to flame --rig"):
            convert(animation, space)


def test_an_unknown_space_lists_the_maps():
    space = ControlSpace("mine", (Control("wobble"),))
    with pytest.raises(ValueError, match="no map leads from mine to ARKit; there are ARKit to MetaHuman"):
        convert(rest(space), ARKIT)


def rest(space):
    return Animation(space, space.neutral[None], 30)


def test_the_documentation_shows_every_row(checkout):
    text = (checkout / "docs/spaces.md").read_text()
    for name in ("arkit_to_metahuman.csv", "metahuman_to_arkit.csv"):
        rows = csv.reader((checkout / "avatar/spaces/data" / name).read_text().splitlines())
        for source, target, weight, _ in list(rows)[1:]:
            assert f"| {source} | {target} | {weight} |" in text


def test_spaces_and_the_table_of_metahuman_do_without_torch():
    program = (
        "import sys; from avatar.spaces import *; from avatar import Animation\n"
        "convert(convert(Animation(ARKIT, ARKIT.neutral[None], 60), METAHUMAN), ARKIT)\n"
        "heavy = {'torch', 'numba', 'scipy'} & set(sys.modules); sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", [name for name in SPACES if name not in ("arkit", "flame")])
def test_no_frames_are_no_frames_anywhere_and_sound_stays(name, tmp_path):
    sound = tmp_path / "talk.wav"
    none = Animation(ARKIT, np.zeros((0, len(ARKIT))), 24, audio=sound)
    there = convert(none, SPACES[name])
    assert there.space == SPACES[name] and len(there) == 0 and there.fps == 24 and there.audio == sound
    assert len(convert(there, ARKIT)) == 0


@pytest.mark.parametrize("start", [name for name in SPACES if name != "flame"])
@pytest.mark.parametrize("end", [name for name in SPACES if name != "flame"])
def test_every_space_reaches_every_other(start, end):
    there = convert(rest(SPACES[start]), SPACES[end])
    assert there.space == SPACES[end] and not there.out_of_range()
    quiet = [
        n for n in there.space.names if n not in ("sil", "HeadControlSwitch", "MHFDSVersion", "DisableFaceOverride")
    ]
    assert not np.abs(
        there.weights[0, there.space.indices(quiet)] - there.space.neutral[there.space.indices(quiet)]
    ).any()
