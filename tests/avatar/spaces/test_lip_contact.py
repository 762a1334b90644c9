import numpy as np
import pytest

from avatar import ARKIT, Animation
from avatar.spaces import METAHUMAN, convert, metahuman_details
from avatar.spaces.metahuman import PREFIX


def poses(**curves):
    """A frame for each value; a name without side sets both."""
    sided = {
        name: values
        for bare, values in curves.items()
        for name in ((bare,) if bare in ARKIT else (f"{bare}Left", f"{bare}Right"))
    }
    return Animation.from_curves(ARKIT, sided, 60)


def curve(animation, name):
    return animation[PREFIX + name]


def changed(face):
    there, table = metahuman_details(face), convert(face, METAHUMAN)
    return [n.removeprefix(PREFIX) for n in METAHUMAN.names if not np.allclose(there[n], table[n], atol=1e-6)]


def test_lips_that_meet_by_any_shape_are_held_together():
    closed = poses(jawOpen=[0.07], mouthClose=[0.05], mouthPress=[0.15], mouthRollLower=[0.1], mouthRollUpper=[0.1])
    for name in ("UL", "UR", "DL", "DR"):
        assert curve(convert(closed, METAHUMAN), f"mouthLipsTogether{name}")[0] < 0.8
        assert curve(metahuman_details(closed), f"mouthLipsTogether{name}")[0] == 1
    assert not metahuman_details(closed).out_of_range()


def test_open_lips_are_the_tables():
    assert changed(poses(jawOpen=[0.3, 0.6], mouthClose=[0.1, 0.0], mouthFunnel=[0.0, 0.5])) == []
    assert changed(poses(jawOpen=[0.0], mouthSmile=[0.5])) == []


def test_a_lip_at_the_teeth_bites_and_closed_lips_do_not():
    face = poses(jawOpen=[0.12, 0.07, 0.3], mouthRollLower=[0.7, 0.1, 0.0], mouthClose=[0.0, 0.07, 0.0])
    assert curve(metahuman_details(face), "mouthLowerLipBiteR").tolist() == [0.5, 0, 0]


def test_closures_come_back_closed():
    closed = poses(jawOpen=[0.07, 0.2], mouthClose=[0.05, 0.15], mouthPress=[0.15, 0.5], mouthRollLower=[0.1, 0.1])
    back = convert(metahuman_details(closed), ARKIT)
    np.testing.assert_allclose(back["mouthClose"], back["jawOpen"], atol=1e-5)


def test_stretched_lips_stay_closed_when_they_meet():
    face = poses(mouthStretch=[0.4, 0.4], jawOpen=[0.0, 0.3])
    stretched = curve(metahuman_details(face), "mouthStretchLipsCloseL")
    assert stretched[1] == 0 and stretched[0] == pytest.approx(0.4, abs=0.05)


def test_long_clips_are_measured_frame_by_frame():
    face = poses(jawOpen=np.linspace(0, 0.5, 300), mouthClose=np.linspace(0, 0.3, 300))
    whole = metahuman_details(face)
    alone = metahuman_details(Animation(ARKIT, face.weights[270:271], 60))
    np.testing.assert_allclose(whole.weights[270], alone.weights[0], atol=1e-4)


def test_it_starts_from_arkit():
    with pytest.raises(ValueError, match="takes ARKit controls, got MetaHuman; convert it to ARKit first"):
        metahuman_details(Animation(METAHUMAN, METAHUMAN.neutral[None], 60))
