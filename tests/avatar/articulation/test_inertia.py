"""The spring: no delay on average, no overshoot, faster at its onset than at its end."""

import numpy as np
import pytest

from avatar.articulation.inertia import through_spring

RATE, TAU = 1000.0, 0.015


def impulse() -> np.ndarray:
    curve = np.zeros((401, 1))
    curve[200] = 1.0
    return through_spring(curve, rate=RATE, time_constant=TAU)[:, 0]


def test_it_is_the_springs_own_course() -> None:
    time = np.arange(401) / RATE - 0.2 + 2 * TAU
    course = np.where(time >= 0, time / TAU**2 * np.exp(-np.maximum(time, 0) / TAU), 0) / RATE
    np.testing.assert_allclose(impulse(), course, atol=2e-4)


def test_nothing_is_lost_and_nothing_comes_late() -> None:
    moved, time = impulse(), np.arange(401) / RATE
    assert moved.sum() == pytest.approx(1)
    assert moved @ time == pytest.approx(0.2, abs=0.001)


def test_a_step_starts_faster_than_it_ends_and_does_not_overshoot() -> None:
    step = (np.arange(400) >= 200).astype(float)[:, None]
    moved = through_spring(step, rate=RATE, time_constant=TAU)[:, 0]
    assert (np.diff(moved) >= -1e-12).all() and moved.max() <= 1 + 1e-12
    reached = [np.interp(share, moved, np.arange(400) / RATE) for share in (0.02, 0.5, 0.98)]
    assert reached[1] - reached[0] < 0.7 * (reached[2] - reached[1])
