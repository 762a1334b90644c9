"""Judgements pool, compare and print."""

import json

import numpy as np
import pytest

from avatar.articulation.phones import Phone
from avatar.evaluation.judgement import Judgement, judge
from avatar.evaluation.motion import MouthMotion
from avatar.evaluation.table import MEASURES, layout, numbers, table

TIMES = np.arange(0, 3, 0.02)
OPENING = 5 + 5 * np.sin(2 * np.pi * 1.5 * TIMES)
PHONES = [Phone("AA", 0, 0.3), Phone("B", 0.45, 0.55), Phone("M", 1.4, 1.6)]


def motion(opening: np.ndarray, fps: float = 50) -> MouthMotion:
    return MouthMotion(opening, -opening, 2 * opening, opening, fps)


def test_a_motion_is_like_itself() -> None:
    itself = judge(motion(OPENING), PHONES, motion(OPENING))
    for likeness in (itself.opening, itself.width, itself.protrusion):
        assert likeness.r0.value == likeness.r.value == pytest.approx(1) and likeness.lag.value == 0
    assert (itself.demands.closure.total, itself.demands.closure.count) == (1, 2)


def test_a_late_motion_is_found_late() -> None:
    late = judge(motion(np.interp(TIMES - 0.04, TIMES, OPENING)), [], motion(OPENING))
    assert late.opening.lag.value == pytest.approx(0.04) and late.opening.r0.value < 0.99 < late.opening.r.value


def test_without_a_reference_there_is_no_likeness() -> None:
    assert np.isnan(judge(motion(OPENING), PHONES).opening.r0.value)


def test_frame_rates_must_match() -> None:
    with pytest.raises(ValueError, match=r"one frame rate, got 50 and 60; resample one first"):
        judge(motion(OPENING), PHONES, motion(OPENING, fps=60))


def test_judgements_pool() -> None:
    one = judge(motion(OPENING), PHONES, motion(OPENING))
    both = one + judge(motion(-OPENING), PHONES, motion(OPENING))
    assert both.opening.r0.value == pytest.approx(0, abs=1e-9)
    assert both.demands.closure.count == 4
    assert (Judgement() + one).opening.r0.value == one.opening.r0.value


def test_the_table_shows_what_was_measured() -> None:
    lines = table({"ours": judge(motion(OPENING), PHONES), "none": Judgement()}).splitlines()
    measured = [measure for measure in MEASURES if numbers(judge(motion(OPENING), PHONES))[measure.name] is not None]
    assert [line.split("  ")[0] for line in lines[1:]] == [measure.title for measure in measured]
    assert lines[0].split() == ["ours", "none"]
    (closed,) = (line for line in lines if line.startswith("p b m"))
    assert closed.split()[-3:] == ["50.0", "%", "-"]


def test_numbers_are_json() -> None:
    values = json.loads(json.dumps(numbers(judge(motion(OPENING), PHONES)), allow_nan=False))
    assert values["closure"] == 0.5 and values["opening_r0"] is None


def test_layout_aligns_columns() -> None:
    assert layout(["a", "b"], [["long", "1"], ["c", "22"]]) == "a      b\nlong   1\nc     22"
