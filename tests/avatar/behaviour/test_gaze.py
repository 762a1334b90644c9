import numpy as np
import pytest
import torch

from avatar.behaviour import Behaviour, Gaze, Path, Performance, Step, perform
from avatar.behaviour.eyes import EYES, NECK, SIDEWAYS, UPDOWN
from avatar.behaviour.gaze import FARTHEST_LISTENING, FARTHEST_SPEAKING, saccade_duration
from avatar.behaviour.motion import parabolic_speed, step_curve
from avatar.rigs import BuiltInHead, gaze
from avatar.rigs.rotations import yaw_pitch_roll


def alone(**options):
    return Behaviour(gaze=Gaze(**options), blinks=None, posture=None, nods=None, brows=None, breath=None)


def offsets(performance, seconds, fps=200.0):
    times = np.arange(round(seconds * fps)) / fps
    return step_curve(times, performance.gaze, home=(0.0, 0.0), ease=parabolic_speed)


def share_away(performance, seconds):
    return (np.hypot(*offsets(performance, seconds).T) > np.radians(2.0)).mean()


@pytest.fixture(scope="module")
def head():
    return BuiltInHead.load()


def test_the_built_in_heads_numbers(head):
    np.testing.assert_allclose(head.gaze.centres, EYES, atol=1e-4)
    np.testing.assert_allclose(head.neck_pivot, NECK, atol=1e-6)
    assert (SIDEWAYS, UPDOWN) == (gaze.SIDEWAYS, gaze.UPDOWN)


@pytest.mark.parametrize("turn", [(0.0, 0.0, 0.0), (0.2, 0.0, 0.0), (0.0, 0.15, 0.0), (-0.15, -0.1, 0.1)])
@pytest.mark.parametrize("point", [(0.0, 0.0, 1.0), (0.2, 0.1, 0.8), (0.0, 0.0156, 0.4)])
def test_both_eyes_meet_at_the_point_whatever_the_head_does(head, still, turn, point):
    posed = still(1 / 60, headYaw=turn[0], headPitch=turn[1], headRoll=turn[2])
    animation = Performance(gaze=(), focus=Path.still(*point)).add(posed)
    weights = torch.tensor(animation.weights)
    turned = yaw_pitch_roll(head.head_turns(weights))[0].double().numpy()
    rays = turned @ yaw_pitch_roll(head.ball_turns(weights))[0].double().numpy() @ np.array([0.0, 0.0, 1.0])
    centres = (np.array(EYES) - NECK) @ turned.T + NECK
    for ray, centre in zip(rays, centres, strict=True):
        towards = np.array(point) - centre
        assert np.linalg.norm(ray - towards / np.linalg.norm(towards)) < 1e-3


def test_near_points_make_eyes_converge(still):
    near, far = (Performance(gaze=(), focus=Path.still(0.0, 0.0156, z)).add(still(1 / 60)) for z in (0.3, 5.0))
    assert near["eyeLookInLeft"][0] > 4 * far["eyeLookInLeft"][0] > 0.0
    assert near["eyeLookInLeft"][0] == pytest.approx(near["eyeLookInRight"][0])


def test_a_step_to_the_left_and_down_is_one(still):
    looks = Performance(gaze=(Step(0.0, 0.05, (0.3, 0.2)),), focus=Path.still(0.0, 0.0156, 100.0)).add(still(0.2))
    last = {name: looks[f"eyeLook{name}"][-1] for name in ("OutLeft", "InRight", "DownLeft", "InLeft", "UpLeft")}
    assert last["OutLeft"] == pytest.approx(0.3 / SIDEWAYS, abs=0.01) == last["InRight"]
    assert last["DownLeft"] == pytest.approx(0.2 / UPDOWN, abs=0.01)
    assert last["InLeft"] == last["UpLeft"] == 0.0


def test_gaze_has_the_eyes_to_itself(still):
    busy = still(0.1, eyeLookOutLeft=0.7, leftEyeYaw=0.3, rightEyePitch=-0.2, leftEyeRoll=0.1)
    looks = Performance(gaze=()).add(busy)
    assert looks["eyeLookOutLeft"].max() == 0.0 and not looks["leftEyeYaw"].any() and not looks["rightEyePitch"].any()
    assert (looks["leftEyeRoll"] == np.float32(0.1)).all()


def test_eyes_follow_a_point_and_stay_within_their_reach(still):
    path = Path((0.0, 2.0), ((-3.0, 0.0, 1.0), (3.0, 0.0, 1.0)))
    animation = Performance(gaze=(), focus=path).add(still(2.5))
    yaw = animation["eyeLookOutLeft"] - animation["eyeLookInLeft"]
    assert (np.diff(yaw) >= 0.0).all() and yaw.min() == -1.0 and yaw.max() == 1.0


def test_speakers_look_away_more_than_listeners(talk):
    speaking = [perform(talk(300.0, seed=seed), 300.0, behaviour=alone(), seed=seed) for seed in (1, 2)]
    listening = [perform(None, 300.0, behaviour=alone(), seed=seed) for seed in (1, 2)]
    assert 0.15 < np.mean([share_away(each, 300.0) for each in speaking]) < 0.4
    assert 0.02 < np.mean([share_away(each, 300.0) for each in listening]) < 0.1


def test_saccades_keep_the_main_sequence_and_their_distance(talk):
    steps = perform(talk(120.0), 120.0, behaviour=alone()).gaze
    targets = np.array([(0.0, 0.0), *(step.target for step in steps)])
    sizes = np.hypot(*np.diff(targets, axis=0).T)
    np.testing.assert_allclose([step.duration for step in steps], [saccade_duration(size) for size in sizes])
    assert saccade_duration(np.radians(10.0)) == pytest.approx(0.049)
    starts, ends = np.array([(step.start, step.end) for step in steps]).T
    assert (starts[1:] - ends[:-1]).min() >= 0.15 - 1e-9
    assert np.hypot(*targets.T).max() <= FARTHEST_SPEAKING + 1e-9


def test_listeners_do_not_look_as_far():
    steps = perform(None, 1200.0, behaviour=alone()).gaze
    assert max(np.hypot(*step.target) for step in steps) <= FARTHEST_LISTENING + 1e-9


def test_turns_end_with_eyes_on_the_viewer(phrase, quiet):
    from avatar.audio import Sound

    voice = Sound(np.concatenate([quiet(1.0), phrase(*[0.5] * 16), quiet(3.0)]), 16000)
    for seed in range(20):
        performance = perform(voice, 8.0, behaviour=alone(thinking=0.0), seed=seed)
        # Speech ends at 5 s, which is certain 1.2 s later; two seconds of looking away are left out.
        at = offsets(performance, 8.0)[round(6.5 * 200) : round(6.6 * 200)]
        assert np.degrees(np.hypot(*at.T)).max() < 2.0


def test_eyes_can_be_held_still():
    assert perform(None, 60.0, behaviour=alone(away=0.0, restless=0.0)).gaze == ()
    twitches = perform(None, 60.0, behaviour=alone(away=0.0)).gaze
    assert len(twitches) > 30 and max(np.hypot(*step.target) for step in twitches) < np.radians(1.5)


def test_focus_must_be_points():
    with pytest.raises(ValueError, match=r"focus must be points \(x, y, z\) in metres, got 2 numbers each"):
        Gaze(focus=Path.still(0.0, 1.0))
    with pytest.raises(ValueError, match="away must be a number, 0 or more, got -1"):
        Gaze(away=-1.0)
