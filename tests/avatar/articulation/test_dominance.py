"""Blending targets: holds, means, locality, and a slow twin."""

import numpy as np

from avatar.articulation.dominance import EDGE, REACH, Spans, blend


def slowly(
    spans: Spans, targets: np.ndarray, strengths: np.ndarray, before: float, after: float, count: int
) -> np.ndarray:
    """`blend` at 100 frames a second, one frame and one target at a time."""
    curves = np.zeros((count, targets.shape[1]))
    for t in range(count):
        time, total = t / 100, 0.0
        for start, end, target, strength in zip(spans.start, spans.end, targets, strengths, strict=True):
            if not start - REACH <= time <= end + REACH:
                continue
            edge = min((end - start) / 4, EDGE)
            lead, lag = max(start + edge - time, 0), max(time - end + edge, 0)
            left = np.exp(-REACH / (before if lead > 0 else after))
            dominance = strength * max(np.exp(-lead / before - lag / after) - left, 0)
            curves[t] += dominance * target
            total += dominance
        curves[t] /= max(total, 1e-300)
    return curves


def random_case(seed: int = 0, count: int = 12) -> tuple[Spans, np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    bounds = np.concatenate([[0.013], 0.013 + np.cumsum(chance.uniform(0.03, 0.3, count))])
    return Spans(bounds[:-1], bounds[1:]), chance.normal(size=(count, 2)), chance.uniform(0.1, 2, count)


def test_equals_its_slow_twin() -> None:
    spans, targets, strengths = random_case()
    fast = blend(spans, targets, strengths, before=0.08, after=0.05, count=220, rate=100)
    np.testing.assert_allclose(fast, slowly(spans, targets, strengths, 0.08, 0.05, 220), atol=1e-12)


def test_one_target_is_held_everywhere_in_reach() -> None:
    curve = blend(
        Spans(np.array([0.5]), np.array([0.6])),
        np.array([[7.0]]),
        np.ones(1),
        before=0.1,
        after=0.1,
        count=150,
        rate=100,
    )
    np.testing.assert_allclose(curve[20:90], 7)
    assert not curve[:10].any() and not curve[100:].any()


def test_a_long_target_is_held_throughout() -> None:
    spans = Spans(np.array([0.5]), np.array([3.0]))
    curve = blend(spans, np.array([[7.0]]), np.ones(1), before=0.03, after=0.03, count=350, rate=100)
    np.testing.assert_allclose(curve[50:300], 7)


def test_a_target_fades_before_its_reach_ends() -> None:
    spans = Spans(np.array([0.0, 1.0]), np.array([1.0, 1.2]))
    curve = blend(
        spans, np.array([[0.0], [1.0]]), np.array([0.1, 2.0]), before=0.085, after=0.05, count=1200, rate=1000
    )
    assert not curve[: 1000 - round(1000 * REACH)].any()
    assert np.abs(np.diff(curve[:1100, 0])).max() < 0.01


def test_the_blend_stays_between_the_targets() -> None:
    spans, targets, strengths = random_case(1)
    curve = blend(spans, targets, strengths, before=0.05, after=0.05, count=150, rate=100)
    assert (curve >= targets.min(0) - 1e-9).all() and (curve <= targets.max(0) + 1e-9).all()


def test_the_stronger_target_wins_its_neighbourhood() -> None:
    spans = Spans(np.array([0.0, 0.2]), np.array([0.2, 0.4]))
    targets, boundary = np.array([[0.0], [1.0]]), 20
    weak, strong = (
        blend(spans, targets, np.array([1.0, strength]), before=0.08, after=0.05, count=40, rate=100)[boundary, 0]
        for strength in (1.0, 3.0)
    )
    assert strong > weak + 0.1
