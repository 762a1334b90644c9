import numpy as np
import pytest

from avatar.behaviour import ALIVE, Behaviour, Breath, Brows, Nods, Path, Performance, Posture, perform
from avatar.behaviour.head import PostureLayer
from avatar.behaviour.moments import Kind, Listener, Moment
from avatar.behaviour.motion import step_curve
from avatar.behaviour.voice import LoudnessStream

OFF = {"blinks": None, "gaze": None, "posture": None, "nods": None, "brows": None, "breath": None}


def alone(**layers):
    return Behaviour(**{**OFF, **layers})


def angles(animation):
    return np.degrees(np.stack([animation[f"head{axis}"] for axis in ("Yaw", "Pitch", "Roll")], 1))


def test_the_head_moves_about_its_home_more_when_it_speaks(talk, still):
    speaking = angles(perform(talk(300.0), 300.0, behaviour=alone(posture=Posture(), nods=Nods())).add(still(300.0)))
    listening = angles(perform(None, 300.0, behaviour=alone(posture=Posture())).add(still(300.0)))
    assert (np.abs(speaking.mean(0)) < 1.0).all() and (np.abs(listening.mean(0)) < 1.0).all()
    assert (speaking.std(0) > listening.std(0)).all()
    assert speaking.std(0)[1] > speaking.std(0)[0] > speaking.std(0)[2]  # pitch, yaw, roll
    assert np.abs(speaking).max() < 15.0


def test_the_head_moves_smoothly(talk, still):
    fast = angles(perform(talk(60.0), 60.0, behaviour=alone(posture=Posture(), nods=Nods())).add(still(60.0, 240.0)))
    speed = np.linalg.norm(np.diff(fast, axis=0), axis=1) * 240.0
    assert speed.max() < 120.0
    assert np.abs(np.diff(speed)).max() * 240.0 < 2500.0  # degrees a second squared; a jump would be 50,000


def test_nods_meet_stressed_syllables(talk):
    voice = talk(120.0, seed=4)
    stresses = [
        moment.at for moment in Listener(ALIVE.lookahead).hear(LoudnessStream().push(voice.samples).tolist())
        if moment.kind is Kind.STRESS
    ]  # fmt: skip
    nods = perform(voice, 120.0, behaviour=alone(nods=Nods())).nods
    down = [nod for nod in nods if nod.size[1] > 0.0]
    assert 0.4 * len(stresses) < len(down) < 0.8 * len(stresses)
    lowest = np.array([nod.start + nod.rise for nod in down])
    distance = np.abs(lowest[:, None] - np.array(stresses)).min(1)
    assert distance.max() < 0.27


def test_size_scales_and_nothing_nods_in_silence(talk):
    voice = talk(30.0)
    once, twice = (perform(voice, 30.0, behaviour=alone(nods=Nods(size=size))).nods for size in (1.0, 2.0))
    np.testing.assert_allclose([nod.size for nod in twice], 2.0 * np.array([nod.size for nod in once]))
    assert perform(None, 60.0, behaviour=alone(nods=Nods(), brows=Brows())).nods == ()


def test_the_home_follows_a_mood(still):
    sad = Path((2.0, 3.0), ((0.0, 0.0, 0.0), (0.0, 0.2, 0.05)), eased=True)
    behaviour = alone(posture=Posture(home=sad, size=0.0))
    animation = perform(None, 5.0, behaviour=behaviour).add(still(5.0))
    assert not animation["headPitch"][:120].any()
    assert animation["headPitch"][-1] == pytest.approx(0.2) and animation["headRoll"][-1] == pytest.approx(0.05)


def test_the_head_follows_eyes_that_look_far_and_comes_back():
    layer = PostureLayer(Posture(size=0.0), seed=0)
    for time, direction in ((1.0, (0.45, 0.0)), (2.0, (0.0, 0.0)), (3.0, (0.2, 0.0))):
        layer.advance(time)
        layer.hear(Moment(Kind.LOOK, time, time, float(np.hypot(*direction)), direction))
    yaw = np.degrees(step_curve(np.array([0.9, 1.7, 2.9, 3.9]), layer.steps, home=(0.0, 0.0, 0.0))[:, 0])
    np.testing.assert_allclose(yaw, [0.0, 0.77 * (np.degrees(0.45) - 17.9), 0.0, 0.0], atol=0.05)


def test_brows_rise_rarely_and_together(talk, still):
    performance = perform(talk(120.0), 120.0, behaviour=alone(brows=Brows()))
    starts = [pulse.start for pulse in performance.brows]
    assert len(starts) > 10 and np.diff(starts).min() >= 1.5
    raised = performance.add(still(120.0, browInnerUp=0.9))
    assert raised["browInnerUp"].max() == 1.0 and 0.05 < raised["browOuterUpLeft"].max() < 0.4
    np.testing.assert_array_equal(raised["browOuterUpLeft"], raised["browOuterUpRight"])


def test_breath_is_even_at_rest_and_waits_for_pauses_in_speech(talk):
    rest = perform(None, 300.0, behaviour=alone(breath=Breath())).breath
    assert len(rest) / 5 == pytest.approx(15.0, rel=0.1)
    voice = talk(120.0, longest=0.6)
    pauses = [
        moment.time for moment in Listener(ALIVE.lookahead).hear(LoudnessStream().push(voice.samples).tolist())
        if moment.kind is Kind.PAUSE
    ]  # fmt: skip
    breaths = [pulse.start for pulse in perform(voice, 120.0, behaviour=alone(breath=Breath())).breath]
    assert set(breaths[1:]) <= set(pauses) and len(breaths) > 20
    assert np.diff(breaths).min() > 2.0


def test_added_to_what_the_head_does_already(still):
    turned = still(1.0, headYaw=0.3, headPitch=-0.1)
    animation = Performance(posture=()).add(turned)
    np.testing.assert_array_equal(animation.weights, turned.weights)


@pytest.mark.parametrize("options", [Posture, Nods, Brows, Breath])
def test_sizes_are_checked(options):
    with pytest.raises(ValueError, match="size must be a number, 0 or more, got -1"):
        options(size=-1.0)


def test_home_must_be_angles():
    with pytest.raises(ValueError, match=r"home must be \(yaw, pitch, roll\) in radians, got 1 numbers each"):
        Posture(home=Path.still(0.1))
