"""Correlation and lag of curves that are known."""

import numpy as np
import pytest

from avatar.evaluation.correlation import agreement, pearson

TIMES = np.arange(0, 5, 0.01)
WAVE = np.sin(2 * np.pi * 2 * TIMES) + 0.3 * np.sin(2 * np.pi * 0.7 * TIMES)


def test_pearson_of_known_curves() -> None:
    assert pearson([1, 2, 3], [2, 4, 6]) == pytest.approx(1)
    assert pearson([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    assert pearson([1, 2, 3, 4], [1, 3, 2, 4]) == pytest.approx(0.8)
    assert pearson([1, 1, 1], [1, 2, 3]) == 0


@pytest.mark.parametrize("late", [-0.08, -0.03, 0.0, 0.05, 0.08])
def test_the_lag_is_found(late: float) -> None:
    found = agreement(np.interp(TIMES - late, TIMES, WAVE), WAVE, fps=100)
    assert found.lag == pytest.approx(late, abs=0.001)
    assert found.r > 0.999
    assert found.r0 == pytest.approx(1, abs=1e-3) if late == 0 else found.r0 < 0.99


def test_frame_rates_may_differ() -> None:
    coarse = np.arange(0, 5, 0.04)
    found = agreement(WAVE[::2], np.interp(coarse, TIMES, WAVE), fps=50, reference_times=coarse)
    assert found.r0 > 0.98 and found.lag == 0


def test_flat_curves_agree_with_nothing_and_have_no_lag() -> None:
    found = agreement(np.ones(500), WAVE, fps=100)
    assert (found.r0, found.r, found.lag) == (0, 0, 0)


def test_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match=r"must share at least 0\.3 s, got 0\.18 s"):
        agreement(np.ones(10), np.ones(100), fps=50)
