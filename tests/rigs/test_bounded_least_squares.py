"""Coordinate descent against what is known in closed form."""

import numpy as np
from scipy.optimize import lsq_linear

from avatar.rigs.bounded_least_squares import Priors, bounded_least_squares


def priors(count: int, *, sparsity: float = 0.0, smoothness: float = 0.0, rival: list[int] | None = None) -> Priors:
    whole = np.ones(count)
    return Priors(
        lower=0 * whole,
        upper=whole,
        rest=0 * whole,
        sparsity=sparsity * whole,
        smoothness=smoothness * whole,
        rival=np.full(count, -1) if rival is None else np.array(rival),
        rivalry=0 * whole if rival is None else 200 * whole,
    )


def problem(frames: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(3)
    return chance.normal(size=(20, count)), chance.normal(size=(frames, 20))


def test_single_frames_are_bounded_least_squares() -> None:
    matrix, wanted = problem(4, 6)
    normal = np.tile(matrix.T @ matrix, (4, 1, 1))
    found = bounded_least_squares(normal, wanted @ matrix, np.zeros((4, 6)), priors(6), sweeps=2000, tolerance=1e-10)
    for frame, right in enumerate(wanted):
        expected = lsq_linear(matrix, right, (0, 1), tol=1e-12).x
        np.testing.assert_allclose(found[frame], expected, atol=1e-5)


def test_a_price_takes_its_share_of_each_value_and_lets_small_ones_rest() -> None:
    normal, right = np.tile(np.eye(3), (1, 1, 1)), np.array([[0.5, 0.05, 2.0]])
    found = bounded_least_squares(normal, right, np.zeros((1, 3)), priors(3, sparsity=0.1))
    np.testing.assert_allclose(found, [[0.4, 0.0, 1.0]], atol=1e-9)


def test_smoothness_solves_the_tridiagonal_system() -> None:
    right = np.linspace(0.2, 0.8, 7) + 0.1 * (-1.0) ** np.arange(7)
    stiff = 3.0
    chain = np.diag(np.r_[1, np.full(5, 2), 1]) - np.eye(7, k=1) - np.eye(7, k=-1)
    expected = np.linalg.solve(np.eye(7) + stiff * chain, right)
    found = bounded_least_squares(
        np.ones((7, 1, 1)), right[:, None], np.zeros((7, 1)), priors(1, smoothness=stiff), tolerance=1e-12
    )
    np.testing.assert_allclose(found[:, 0], expected, atol=1e-8)


def test_of_two_rivals_one_rests() -> None:
    matrix, _ = problem(1, 2)
    right = (matrix @ np.array([0.6, 0.3]))[None] @ matrix
    free = bounded_least_squares((matrix.T @ matrix)[None], right, np.zeros((1, 2)), priors(2))
    found = bounded_least_squares((matrix.T @ matrix)[None], right, np.zeros((1, 2)), priors(2, rival=[1, 0]))
    assert (free > 0.2).all()
    assert found.min() == 0 and found.max() > 0.2
