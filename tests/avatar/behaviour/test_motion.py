from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.behaviour.motion import (
    Pulse,
    Step,
    early_speed,
    needed_pulses,
    needed_steps,
    parabolic_speed,
    pulse_curve,
    step_curve,
)
from avatar.easing import minimum_jerk

TIMES = np.arange(0.0, 6.0, 0.01)
steps = st.lists(
    st.builds(
        lambda start, duration, target: Step(start, duration, (target,)),
        st.floats(0, 5),
        st.floats(0.05, 2),
        st.floats(-1, 1),
    ),
    max_size=6,
).map(lambda each: sorted(each, key=lambda step: step.start))
pulses = st.lists(
    st.builds(
        lambda start, rise, hold, fall, size: Pulse(start, rise, hold, fall, (size,)),
        st.floats(0, 5),
        st.floats(0.05, 1),
        st.floats(0, 1),
        st.floats(0.05, 1),
        st.floats(-1, 1),
    ),
    max_size=6,
)


@pytest.mark.parametrize("ease", [minimum_jerk, parabolic_speed, early_speed])
def test_eases_go_from_rest_to_rest(ease):
    share = np.linspace(0.0, 1.0, 1001)
    eased = ease(share)
    assert eased[0] == 0.0 and eased[-1] == pytest.approx(1.0)
    assert (np.diff(eased) >= -1e-12).all()
    assert max(np.diff(eased)[0], np.diff(eased)[-1]) < 1e-5


def test_peaks_of_speed():
    share = np.linspace(0.0, 1.0, 10_001)
    assert np.gradient(parabolic_speed(share), share).max() == pytest.approx(1.5, abs=1e-3)
    assert np.gradient(minimum_jerk(share), share).max() == pytest.approx(1.875, abs=1e-3)
    assert share[np.gradient(early_speed(share), share).argmax()] == pytest.approx(1 / 3, abs=1e-3)


def test_a_step_arrives_and_stays():
    curve = step_curve(TIMES, [Step(1.0, 0.5, (2.0, -1.0))], home=(0.0, 1.0))
    np.testing.assert_array_equal(curve[TIMES <= 1.0], np.tile([0.0, 1.0], (101, 1)))
    np.testing.assert_allclose(curve[125], [1.0, 0.0], atol=1e-12)
    np.testing.assert_array_equal(curve[TIMES >= 1.5], np.tile([2.0, -1.0], (450, 1)))


def test_a_step_bends_the_one_before_without_a_jump():
    times = np.arange(0.0, 3.0, 0.001)
    curve = step_curve(times, [Step(0.5, 1.0, (1.0,)), Step(1.0, 1.0, (-1.0,))], home=(0.0,))[:, 0]
    speed = np.gradient(curve, times)
    assert np.abs(np.diff(curve)).max() < 0.005
    assert np.abs(np.diff(speed)).max() < 0.05
    assert curve[-1] == -1.0


def test_a_pulse_goes_there_and_back():
    curve = pulse_curve(TIMES, [Pulse(1.0, 0.2, 0.3, 0.5, (0.5, -2.0))], width=2)
    np.testing.assert_allclose(curve[(TIMES > 1.205) & (TIMES < 1.495)], np.tile([0.5, -2.0], (29, 1)), atol=1e-12)
    assert not curve[(TIMES < 1.0) | (TIMES > 2.0)].any()


@given(steps, pulses, st.lists(st.integers(0, 599), max_size=6))
def test_pieces_are_the_whole_to_the_bit_though_the_past_is_forgotten(steps, pulses, cuts):
    whole = step_curve(TIMES, steps, home=(0.3,)), pulse_curve(TIMES, pulses, width=1)
    edges = [0, *sorted(cuts), len(TIMES)]
    pieces = []
    for first, last in pairwise(edges):
        times = TIMES[first:last]
        pieces.append((step_curve(times, steps, home=(0.3,)), pulse_curve(times, pulses, width=1)))
        if len(times):
            steps, pulses = needed_steps(steps, times[-1]), needed_pulses(pulses, times[-1])
    for track in range(2):
        np.testing.assert_array_equal(np.concatenate([piece[track] for piece in pieces]), whole[track])


def test_durations_are_checked():
    with pytest.raises(ValueError, match="duration of a step must be above 0 s, got 0"):
        Step(0.0, 0.0, (1.0,))
    with pytest.raises(ValueError, match=r"fall above 0 s, got 0\.1, 0\.0, 0\.0"):
        Pulse(0.0, 0.1, 0.0, 0.0, (1.0,))
