"""Demands counted on curves drawn by hand."""

import numpy as np
import pytest

from avatar.articulation.phones import Phone
from avatar.evaluation.contacts import demands
from avatar.evaluation.motion import MouthMotion


def motion(
    opening: list[float] | np.ndarray, *, teeth: list[float] | np.ndarray | None = None, fps: float = 10
) -> MouthMotion:
    curve = np.asarray(opening, np.float64)
    return MouthMotion(curve, curve, curve, curve if teeth is None else np.asarray(teeth, np.float64), fps)


def test_closures_are_counted() -> None:
    phones = [Phone("P", 0.1, 0.3), Phone("AH", 0.3, 0.5), Phone("M", 0.5, 0.7), Phone("B", 0.7, 0.9)]
    found = demands(motion([5, 5, 0.5, 5, 5, 5, 1.5, 5, 0.9, 5, 5]), phones)
    assert (found.closure.total, found.closure.count) == (2, 3)


def test_a_closure_between_frames_counts() -> None:
    found = demands(motion([4, 0, 4]), [Phone("B", 0.08, 0.095)])
    assert (found.closure.total, found.closure.count) == (1, 1)


def test_lip_at_teeth_is_its_own_distance() -> None:
    phones = [Phone("F", 0.1, 0.3), Phone("V", 0.5, 0.7)]
    found = demands(motion([9] * 11, teeth=[7, 7, 1.9, 7, 7, 7, 2.1, 7, 7, 7, 7]), phones)
    assert (found.at_teeth.total, found.at_teeth.count) == (1, 2)
    assert found.closure.count == 0 and np.isnan(found.closure.value)


def test_open_vowels_must_open() -> None:
    phones = [Phone("AA", 0.1, 0.3), Phone("AY", 0.5, 0.7), Phone("IY", 0.7, 0.9)]
    found = demands(motion([0, 1, 1.9, 1, 0, 1, 2.5, 0, 0, 0, 0]), phones)
    assert (found.false_closure.total, found.false_closure.count) == (1, 2)


def test_silence_is_averaged_without_its_edges() -> None:
    opening = np.zeros(300)
    opening[100:107] = 4.0
    opening[150] = 1.5
    found = demands(
        motion(opening, fps=100), [Phone("AA", 0, 1), Phone("SIL", 1, 2), Phone("AA", 2, 2.1), Phone("SIL", 2.1, 2.25)]
    )
    assert found.pause_opening.value == pytest.approx((7 * 4 + 1.5) / 100)
    assert found.silence_opening.value == pytest.approx(1.5 / 84)
    # The frames before and after the peak have the slope of it.
    assert found.silence_moving.total == 2


def test_short_pauses_are_not_judged() -> None:
    assert demands(motion(np.ones(100), fps=100), [Phone("SIL", 0.2, 0.39)]).pause_opening.count == 0


def test_phones_beyond_the_motion_are_left_out() -> None:
    assert demands(motion([5, 5, 5]), [Phone("B", 0.5, 0.6)]).closure.count == 0


def test_recordings_pool() -> None:
    closed, missed = (demands(motion([9, 9, low, 9]), [Phone("B", 0.1, 0.25)]) for low in (0, 5))
    assert (closed + missed).closure.value == 0.5
