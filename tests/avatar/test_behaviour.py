import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.animation import Animation
from avatar.behaviour import CLOSED, CLOSING, LONGEST_PAUSE, OPENING, SHORTEST_PAUSE, Blinks, add_blinks, blink_times
from avatar.controls import ARKIT, Control, ControlSpace

seeds = st.integers(0, 10_000)


def rest(seconds, fps=60.0):
    return Animation(ARKIT, np.zeros((round(seconds * fps), 61)), fps)


@given(seeds)
def test_pauses_are_two_to_six_seconds(seed):
    times = blink_times(120.0, seed=seed)
    assert 0.5 <= times[0] <= LONGEST_PAUSE
    assert np.diff(times).min() >= SHORTEST_PAUSE and np.diff(times).max() <= LONGEST_PAUSE
    assert 120.0 - LONGEST_PAUSE <= times[-1] < 120.0


@given(seeds, st.floats(5, 60))
def test_a_longer_clip_begins_the_same(seed, seconds):
    short, long = blink_times(seconds, seed=seed), blink_times(seconds + 30, seed=seed)
    np.testing.assert_array_equal(short, long[: len(short)])
    assert len(long) - len(short) >= 4


@pytest.mark.parametrize("fps", [24.0, 30.0, 60.0])
def test_lids_close_fully_and_open_again(fps):
    animation = add_blinks(rest(30, fps), seed=1)
    lids = animation["eyeBlinkLeft"]
    for start in blink_times(30.0 - CLOSING - CLOSED - OPENING, seed=1):
        during = (animation.times >= start) & (animation.times <= start + CLOSING + CLOSED + OPENING)
        assert lids[during].max() > 0.98
    assert lids[0] == lids.min() == 0.0 and lids.max() <= 1.0
    np.testing.assert_array_equal(lids, animation["eyeBlinkRight"])


@given(seeds, st.lists(st.integers(0, 400), min_size=1, max_size=12), st.sampled_from([24.0, 30000 / 1001, 60.0]))
def test_pieces_blink_as_the_whole_does(seed, lengths, fps):
    whole = add_blinks(rest(sum(lengths) / fps, fps), seed=seed)
    blinks, done, pieces = Blinks(seed=seed), 0, []
    for length in lengths:
        pieces.append(blinks.add(rest(length / fps, fps), first=done))
        done += length
    np.testing.assert_array_equal(Animation.concatenate(pieces).weights, whole.weights)


@given(seeds, st.integers(0, 900))
def test_a_blink_may_be_cut_off_but_is_the_same_until_then(seed, frames):
    whole = add_blinks(rest(15), seed=seed)
    np.testing.assert_array_equal(add_blinks(rest(frames / 60), seed=seed).weights, whole.weights[:frames])


def test_lids_fall_faster_than_they_rise():
    animation = add_blinks(rest(10, 1000.0), seed=0)
    (start, *_) = blink_times(10.0)
    lids = animation["eyeBlinkLeft"][round(start * 1000) :][:400]
    full = np.flatnonzero(lids == 1.0)
    assert full[0] == pytest.approx(1000 * CLOSING, abs=1)
    assert full[-1] - full[0] == pytest.approx(1000 * CLOSED, abs=2)
    assert np.flatnonzero(lids > 0)[-1] - full[-1] == pytest.approx(1000 * OPENING, abs=2)


def test_only_the_lids_move_and_never_open_what_was_closed():
    squint = rest(20).with_curves({"eyeBlinkLeft": 0.4, "jawOpen": 0.3})
    animation = add_blinks(squint)
    assert animation["eyeBlinkLeft"].min() == np.float32(0.4) and animation["eyeBlinkLeft"].max() == 1.0
    others = [i for i, name in enumerate(ARKIT.names) if not name.startswith("eyeBlink")]
    np.testing.assert_array_equal(animation.weights[:, others], squint.weights[:, others])


def test_seeds_differ_and_repeat():
    assert blink_times(60.0, seed=1).tolist() == blink_times(60.0, seed=1).tolist()
    assert blink_times(60.0, seed=1).tolist() != blink_times(60.0, seed=2).tolist()


def test_short_and_empty_clips_are_left_alone():
    for seconds in (0.0, 0.3):
        np.testing.assert_array_equal(add_blinks(rest(seconds)).weights, rest(seconds).weights)


def test_needs_lids():
    space = ControlSpace("mouth only", (Control("jawOpen"),))
    with pytest.raises(KeyError, match="mouth only has no control named 'eyeBlinkLeft'"):
        add_blinks(Animation(space, np.zeros((600, 1)), 60))
