"""Contacts are made in full, and the way between them is smooth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.articulation.contacts import Plateaus, contact

TIMES = np.arange(0, 2, 0.001)


def plateaus(*stretches: tuple[float, float]) -> Plateaus:
    array = np.array(stretches, np.float64).reshape(-1, 2)
    return Plateaus.merged(array[:, 0], array[:, 1])


def test_no_plateaus_no_contact() -> None:
    assert not contact(TIMES, plateaus(), release=0.1, approach=0.1).any()


def test_full_on_the_plateau_and_none_far_away() -> None:
    amount = contact(TIMES, plateaus((0.5, 0.6)), release=0.1, approach=0.2)
    assert (amount[(TIMES >= 0.5) & (TIMES <= 0.6)] == 1).all()
    assert (amount[(TIMES < 0.3) | (TIMES > 0.7)] == 0).all()
    assert 0.49 < amount[400] < 0.51 and 0.49 < amount[650] < 0.51


def test_touching_plateaus_become_one() -> None:
    merged = plateaus((0.1, 0.4), (0.2, 0.3), (0.4, 0.5), (0.7, 0.8))
    np.testing.assert_allclose(merged.start, [0.1, 0.7])
    np.testing.assert_allclose(merged.end, [0.5, 0.8])


@given(gap=st.floats(0.01, 0.5))
def test_a_short_gap_opens_less_and_never_jumps(gap: float) -> None:
    amount = contact(TIMES, plateaus((0.5, 0.6), (0.6 + gap, 0.7 + gap)), release=0.1, approach=0.1)
    between = amount[(TIMES > 0.6) & (0.6 + gap > TIMES)]
    assert between.min(initial=1) == pytest.approx(1 - min(gap / 0.2, 1), abs=0.1)
    # A full release in 0.1 s peaks at 1.875 / 0.1 per second, whatever the gap.
    assert np.abs(np.diff(amount)).max() <= 1.875 / 0.1 * 0.001 * 1.01
