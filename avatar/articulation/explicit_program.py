"""Small least squares without negative unknowns, solved once for all right sides.

The solution of a strictly convex quadratic program is piecewise linear in its right side, one piece for each set of
unknowns that are at zero (Bemporad et al. 2002, "The explicit linear quadratic regulator for constrained systems").
With few unknowns all pieces are worked out beforehand; then a million right sides cost a few matrix products, and
because the solution is continuous, curves that are solved frame by frame do not jump where the set changes.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_FRAMES = 1024
"""Right sides that are solved together; keeps what lies in memory to a few megabytes."""


@dataclass(frozen=True, slots=True, eq=False)
class ExplicitProgram:
    """All pieces of: minimise |D (A x - y)|^2 + r |x|^2 over x >= 0 with exact.x = z.

    Args:
        solutions: [K, N, M + 1] of each piece, from (z, y) to x.
        signs: [K, N, M + 1] of each piece, from (z, y) to what is not negative where the piece holds.
    """

    solutions: Array
    signs: Array

    @classmethod
    def prepare(cls, exact: Array, rows: Array, importance: Array, ridge: float) -> "ExplicitProgram":
        """Work out the pieces.

        Args:
            exact: [N] the equation that must hold, with entries of both signs, so that it can hold for any z.
            rows: A [M, N].
            importance: the diagonal of D [M].
            ridge: r, above 0.

        Raises:
            ValueError: the equation cannot hold for every z.
        """
        if not (exact.min() < 0 < exact.max()):
            raise ValueError(f"exact must have entries of both signs, got {exact.round(3).tolist()}")
        count, weights = len(exact), np.square(importance)
        normal = rows.T @ (weights[:, None] * rows) + ridge * np.eye(count)
        linear = np.hstack([np.zeros((count, 1)), rows.T * weights])
        solutions, signs = [], []
        for kept in product((False, True), repeat=count):
            free = np.flatnonzero(kept)
            if not np.abs(exact[free]).sum() > 1e-6 * np.abs(exact).max():
                continue
            system = np.block([[normal[np.ix_(free, free)], exact[free, None]], [exact[None, free], np.zeros((1, 1))]])
            right = np.vstack([linear[free], np.eye(1, linear.shape[1])])
            solved = np.linalg.solve(system, right)
            solution = np.zeros_like(linear)
            solution[free] = solved[:-1]
            gradient = normal @ solution - linear + np.outer(exact, solved[-1])
            solutions.append(solution)
            signs.append(np.where(np.isin(np.arange(count), free)[:, None], solution, gradient))
        return cls(np.array(solutions), np.array(signs))

    def solve(self, exact: Array, targets: Array) -> Array:
        """The minimum for each right side.

        Args:
            exact: z [T].
            targets: y [T, M].

        Returns:
            x [T, N], not negative.
        """
        sides = np.column_stack([exact, targets])
        pieces, unknowns, _ = self.signs.shape
        flat = self.signs.reshape(pieces * unknowns, -1)
        out = np.empty((len(sides), unknowns))
        for first in range(0, len(sides), _FRAMES):
            part = sides[first : first + _FRAMES]
            worst = (flat @ part.T).reshape(pieces, unknowns, -1).min(1)
            out[first : first + _FRAMES] = np.einsum("tnm,tm->tn", self.solutions[worst.argmax(0)], part)
        return np.maximum(out, 0.0)
