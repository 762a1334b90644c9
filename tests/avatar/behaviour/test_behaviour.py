import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatar.animation import Animation
from avatar.audio import Sound
from avatar.behaviour import (
    ALIVE,
    Behaviour,
    Blinks,
    Brows,
    Gaze,
    Nods,
    Path,
    Performance,
    Performer,
    Posture,
    Pulse,
    Step,
    add_behaviour,
    perform,
)
from avatar.controls import ARKIT, Control, ControlSpace

LAYERS = ("blinks", "gaze", "posture", "nods", "brows", "breath")
TOUCHED = ("eye", "Eye", "head", "brow")


def in_pieces(voice, frames, fps, cuts, *, behaviour=ALIVE, seed=0):
    """What a live performer makes of sound that comes in pieces, with every frame asked for as soon as it is known."""
    performer = Performer(behaviour, seed=seed)
    edges = [0, *sorted(cuts), len(voice)]
    pieces, given_frames = [], 0
    for first, last in zip(edges, [*edges[1:], None], strict=True):
        performer.hear(voice.samples[first:last])
        if last is None:
            performer.end()
        count = max(min(performer.frames_known(fps), frames) - given_frames, 0)
        pieces.append(performer.add(Animation(ARKIT, np.zeros((count, len(ARKIT))), fps)))
        given_frames += count
    return np.concatenate([piece.weights for piece in pieces])


@given(
    st.lists(st.integers(0, 16000 * 15), max_size=12), st.integers(0, 1000), st.sampled_from([24.0, 60.0, 30000 / 1001])
)
@settings(max_examples=25, deadline=None)
def test_a_live_face_does_to_the_bit_what_a_recorded_one_does(talk, still, cuts, seed, fps):
    voice = talk(15.0, seed=7)
    whole = add_behaviour(still(15.0, fps), voice, seed=seed)
    np.testing.assert_array_equal(in_pieces(voice, len(whole), fps, cuts, seed=seed), whole.weights)


@pytest.mark.parametrize("lookahead", [0.0, 0.1, 0.6])
def test_any_lookahead_is_kept_to(talk, still, lookahead):
    voice, behaviour = talk(12.0, seed=2), Behaviour(lookahead=lookahead)
    whole = add_behaviour(still(12.0), voice, behaviour=behaviour)
    made = in_pieces(voice, len(whole), 60.0, range(0, len(voice), 1600), behaviour=behaviour)
    np.testing.assert_array_equal(made, whole.weights)
    # What is said later changes nothing.
    cut = Sound(np.concatenate([voice.samples[: 16000 * 6], 0.5 * np.ones(16000, np.float32)]), 16000)
    same = round((6.0 - lookahead) * 60)
    other = add_behaviour(still(12.0), cut, behaviour=behaviour)
    np.testing.assert_array_equal(other.weights[:same], whole.weights[:same])


def test_seeds_differ_and_repeat(talk, still):
    voice = talk(20.0)
    first, again, other = (add_behaviour(still(20.0), voice, seed=seed).weights for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.5


def test_frame_rates_agree(talk, still):
    voice = talk(20.0)
    fine, coarse = (add_behaviour(still(20.0, fps), voice).weights for fps in (120.0, 30.0))
    np.testing.assert_array_equal(fine[::4], coarse)


def test_the_mouth_is_left_alone(talk, still):
    mouth = {name: 0.2 for name in ARKIT.names if not name.startswith(TOUCHED) and "Eye" not in name}
    before = still(10.0, **mouth)
    after = add_behaviour(before, talk(10.0))
    columns = ARKIT.indices(mouth)
    np.testing.assert_array_equal(after.weights[:, columns], before.weights[:, columns])
    assert not after.out_of_range()


def test_without_sound_the_mouth_says_when_it_speaks(still):
    times = np.arange(0.0, 20.0, 1 / 60)
    moves = still(20.0, jawOpen=np.where(times < 10.0, 0.15 - 0.15 * np.cos(2 * np.pi * 4.0 * times), 0.0))
    animation = add_behaviour(moves)
    speed = np.abs(np.diff(animation["headPitch"]))
    assert speed[:600].mean() > 3 * speed[720:].mean()


@pytest.mark.parametrize("layer", LAYERS)
def test_each_layer_can_be_off_and_changes_no_other(talk, layer):
    voice = talk(30.0)
    everything, without = perform(voice, 30.0), perform(voice, 30.0, behaviour=replace(Behaviour(), **{layer: None}))
    assert getattr(without, layer) is None
    for other in set(LAYERS) - {layer} - ({"blinks", "posture"} if layer == "gaze" else set()):
        assert getattr(without, other) == getattr(everything, other)


def test_nothing_at_all_changes_nothing(talk, still):
    nothing = Behaviour(**dict.fromkeys(LAYERS))
    before = still(5.0, jawOpen=0.1)
    np.testing.assert_array_equal(add_behaviour(before, talk(5.0), behaviour=nothing).weights, before.weights)


def test_only_the_controls_of_layers_that_are_on_are_needed():
    space = ControlSpace("lids only", (Control("eyeBlinkLeft"), Control("eyeBlinkRight")))
    face = Animation(space, np.zeros((600, 2)), 60.0)
    lids = Performance(blinks=(Pulse(1.0, 0.1, 0.05, 0.2, (1.0,)),)).add(face)
    assert lids["eyeBlinkLeft"].max() > 0.99
    with pytest.raises(KeyError, match="lids only has no control named 'headYaw'"):
        Performance(posture=()).add(face)


def test_lids_close_at_least_as_far_as_they_were(still):
    lids = Performance(blinks=(Pulse(1.0, 0.1, 0.05, 0.2, (1.0,)),)).add(still(2.0, eyeBlinkLeft=0.4))
    assert lids["eyeBlinkLeft"].min() == np.float32(0.4) and lids["eyeBlinkLeft"].max() > 0.99


def test_a_live_face_turns_its_eyes_to_a_point(still):
    performer = Performer(seed=1)
    performer.hear(np.zeros(16000 * 4, np.float32))
    performer.add(still(1.0))
    performer.look_at(0.5, 0.0, 1.0)
    after = performer.add(still(1.0))
    assert after["eyeLookOutLeft"][0] < 0.1 and after["eyeLookOutLeft"][-1] > 0.6
    with pytest.raises(ValueError, match="look_at needs a point"):
        performer.look_at(0.5, 0.0)
    with pytest.raises(ValueError, match=r"other than that between the ears, got \(0, 0, 0\)"):
        performer.look_at(0, 0, 0)
    with pytest.raises(ValueError, match=r"samples must be \[n\], one channel, got \[2, 160\]"):
        performer.hear(np.zeros((2, 160), np.float32))


def test_looking_somewhere_else_at_every_frame_takes_no_more_memory(still):
    """And draws to the bit what a face does that forgets nothing."""
    frame, live, other = still(1 / 30, 30.0), Performer(seed=1), Performer(seed=1, live=False)
    for performer in (live, other):
        performer.hear(np.zeros(16000 * 121, np.float32))
    for number in range(30 * 120):
        point = (np.sin(number / 30), 0.1 * np.cos(number / 7), 1.0)
        live.look_at(*point)
        drawn = live.add(frame)
        assert len(live.performance.focus.times) < 6
        if number < 500:
            other.look_at(*point)
            np.testing.assert_array_equal(drawn.weights, other.add(frame).weights)
    assert len(other.performance.focus.times) > 500


def test_a_focus_and_a_home_that_are_over_are_forgotten(talk, still):
    times = tuple(np.arange(0.0, 10.0, 0.1).tolist())
    focus = Path(times, tuple((np.sin(time), 0.0, 1.0) for time in times))
    home = Path(times, tuple((0.0, 0.1 * np.cos(time), 0.0) for time in times), eased=True)
    behaviour, voice = Behaviour(gaze=Gaze(focus=focus), posture=Posture(home=home)), talk(15.0)
    whole = add_behaviour(still(15.0), voice, behaviour=behaviour)
    made = in_pieces(voice, len(whole), 60.0, range(0, len(voice), 1000), behaviour=behaviour)
    np.testing.assert_array_equal(made, whole.weights)
    performer = Performer(behaviour)
    performer.hear(voice.samples)
    performer.add(still(14.0))
    assert performer.performance.focus.times == performer.performance.home.times == times[-1:]


def test_a_live_head_is_held_elsewhere(still):
    performer = Performer(Behaviour(**dict.fromkeys(LAYERS) | {"posture": Posture(size=0.0)}))
    performer.hear(np.zeros(16000 * 4, np.float32))
    performer.add(still(1.0))
    performer.hold_head(Path((1.0, 2.0), ((0.0, 0.0, 0.0), (0.0, 0.2, 0.0)), eased=True))
    pitch = performer.add(still(2.0))["headPitch"]
    assert pitch[0] == 0.0 and pitch[-1] == np.float32(0.2) and np.diff(pitch).max() < 0.01
    with pytest.raises(ValueError, match=r"home must be \(yaw, pitch, roll\)"):
        performer.hold_head(Path.still(0.1))
    with pytest.raises(ValueError, match="hold_head needs a head that behaves"):
        Performer(Behaviour(posture=None)).hold_head(Path.still(0.0, 0.0, 0.0))
    with pytest.raises(ValueError, match="look_at needs eyes that behave"):
        performer.look_at(0.0, 0.0, 1.0)


def test_a_live_face_forgets(talk):
    voice = talk(60.0)
    performer = Performer()
    most = 0
    for start in range(0, len(voice), 16000):
        performer.hear(voice.samples[start : start + 16000])
        count = performer.frames_known(60.0) - performer.frames
        performer.add(Animation(ARKIT, np.zeros((count, len(ARKIT))), 60.0))
        most = max(most, sum(len(getattr(performer.performance, layer)) for layer in LAYERS))
    assert most < 30 < sum(len(getattr(perform(voice, 60.0), layer)) for layer in LAYERS)


def test_frames_that_are_not_known_yet_are_refused(still):
    performer = Performer()
    performer.hear(np.zeros(16000, np.float32))
    with pytest.raises(ValueError, match=r"must end before 0\.840 s.*got 0\.983 s; hear more"):
        performer.add(still(1.0))
    assert performer.frames_known(60.0) == 51
    assert len(performer.add(still(51 / 60))) == 51
    performer.end()
    assert len(performer.add(still(1.0))) == 60


def test_saved_edited_and_loaded(talk, tmp_path):
    performance = perform(talk(20.0), 20.0, seed=5)
    performance.save(tmp_path / "life.json")
    assert replace(Performance.load(tmp_path / "life.json"), nods=None) == replace(performance, nods=None)
    assert set(Performance.load(tmp_path / "life.json").nods) == set(performance.nods)
    content = json.loads((tmp_path / "life.json").read_text())
    content["nods"] = None
    content["gaze"] = [{"start": 1, "duration": 0.05, "target": [0.2, 0]}]
    (tmp_path / "life.json").write_text(json.dumps(content))
    edited = Performance.load(tmp_path / "life.json")
    assert edited.nods is None and edited.gaze == (Step(1.0, 0.05, (0.2, 0.0)),) and edited.blinks == performance.blinks


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("no json", "is not a performance in JSON"),
        ("[1]", "expected an object with tracks, got list"),
        ('{"winks": []}', "tracks that are unknown: winks"),
        ('{"blinks": [{"start": 1}]}', "track 'blinks' cannot be read: 'size' is missing"),
        ('{"gaze": [{"start": 1, "duration": 1, "target": [1]}]}', "target needs 2 numbers, got 1"),
        ('{"nods": 3}', "track 'nods' cannot be read"),
        ('{"nods": [{"start": 0, "rise": 0, "hold": 0, "fall": 1, "size": [0, 1, 0]}]}', "rise above 0"),
        ('{"nods": [{"start": NaN, "rise": 1, "hold": 0, "fall": 1, "size": [0, 1, 0]}]}', "must be finite"),
        ('{"focus": {"times": [0]}}', "track 'focus' cannot be read"),
        ('{"focus": {"times": [0], "values": [[1, 2]]}}', "track 'focus' cannot be read: values need 3 numbers each"),
    ],
)
def test_damaged_files_are_named(tmp_path, content, message):
    (tmp_path / "life.json").write_text(content)
    with pytest.raises(ValueError, match=f"life.json.*{message}"):
        Performance.load(tmp_path / "life.json")


def test_arguments_are_checked(still):
    with pytest.raises(ValueError, match="lookahead must be within 0 and 1 s, got 2"):
        Behaviour(lookahead=2.0)
    with pytest.raises(ValueError, match="seed must be 0 or more, got -1"):
        add_behaviour(still(1.0), seed=-1)
    with pytest.raises(ValueError, match="voice must be at 16000 Hz, got 8000"):
        add_behaviour(still(1.0), Sound(np.zeros(8000, np.float32), 8000))
    assert len(add_behaviour(still(0.0))) == 0


@pytest.mark.parametrize("duration", [-1.0, float("nan"), float("inf")])
def test_durations_that_cannot_be_are_refused(duration):
    with pytest.raises(ValueError, match="duration must be seconds, 0 or more"):
        perform(None, duration)


@pytest.mark.parametrize(
    ("layer", "option"),
    [(Blinks, "at_pauses"), (Blinks, "partial"), (Gaze, "thinking"), (Nods, "often"), (Brows, "often")],
)
def test_shares_end_at_one(layer, option):
    assert getattr(layer(**{option: 1.0}), option) == 1.0
    with pytest.raises(ValueError, match=f"{option} must be a share within 0 and 1, got 1.5"):
        layer(**{option: 1.5})
