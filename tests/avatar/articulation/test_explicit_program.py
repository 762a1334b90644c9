"""The explicit solution equals a numerical solver's, and never jumps."""

import numpy as np
import pytest
from scipy.optimize import lsq_linear

from avatar.articulation.explicit_program import ExplicitProgram

CHANCE = np.random.default_rng(4)
EXACT = np.array([-3.0, 1.0, 2.0, -0.5, 1.5])
ROWS = CHANCE.normal(size=(3, 5))
IMPORTANCE = np.array([1.0, 2.0, 0.5])
RIDGE = 0.1
PROGRAM = ExplicitProgram.prepare(EXACT, ROWS, IMPORTANCE, RIDGE)


def numerically(exact: float, targets: np.ndarray) -> np.ndarray:
    heavy = 1e5  # an equation is a row that weighs so much
    matrix = np.vstack([heavy * EXACT, IMPORTANCE[:, None] * ROWS, np.sqrt(RIDGE) * np.eye(5)])
    right = np.concatenate([[heavy * exact], IMPORTANCE * targets, np.zeros(5)])
    return lsq_linear(matrix, right, (0, np.inf), method="bvls", tol=1e-14).x


def test_equals_a_numerical_solver() -> None:
    exact, targets = 2 * CHANCE.normal(size=60), 2 * CHANCE.normal(size=(60, 3))
    expected = np.stack([numerically(z, y) for z, y in zip(exact, targets, strict=True)])
    assert (expected < 1e-9).any() and (expected > 0.1).any()
    np.testing.assert_allclose(PROGRAM.solve(exact, targets), expected, atol=1e-6)


def test_the_equation_holds() -> None:
    exact, targets = 3 * CHANCE.normal(size=3000), 3 * CHANCE.normal(size=(3000, 3))
    solved = PROGRAM.solve(exact, targets)
    assert solved.min() >= 0
    np.testing.assert_allclose(solved @ EXACT, exact, atol=1e-9)


def test_the_solution_is_continuous() -> None:
    way = np.linspace(0, 1, 20001)[:, None]
    ends = CHANCE.normal(size=(2, 4)) * 4
    sides = (1 - way) * ends[0] + way * ends[1]
    solved = PROGRAM.solve(sides[:, 0], sides[:, 1:])
    assert len({tuple(row) for row in solved > 0}) > 2  # several pieces were crossed
    assert np.abs(np.diff(solved, axis=0)).max() < 2e-3


def test_an_equation_that_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="exact must have entries of both signs"):
        ExplicitProgram.prepare(np.abs(EXACT), ROWS, IMPORTANCE, RIDGE)
