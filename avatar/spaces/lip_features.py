"""How alike two faces are to somebody who watches the lips."""

from functools import cache

import numpy as np

from avatar.controls import ARKIT_SHAPES
from avatar.spaces.nearest import Array

_PER_SHAPE = 3.0
"""Millimetres of the lips that one whole shape is worth, so that shapes elsewhere in the face count too."""

_PER_OPENING = 2.0
"""Times that the gap between the lips counts: whether they meet is seen first."""


@cache
def lip_features() -> Array:
    """What each of the 52 shapes at weight 1 contributes to the features [52, 52].

    Distances between features are, in millimetres, those of the built-in head's lips (root mean square over their
    vertices), with the gap between the lips and the shapes' own weights beside them.
    """
    shapes, gap = _lips()
    products = shapes @ shapes.T + np.outer(gap, gap) * _PER_OPENING**2 + np.eye(len(ARKIT_SHAPES)) * _PER_SHAPE**2
    return np.asarray(np.linalg.cholesky(products))


def lip_gap(shapes: Array) -> Array:
    """Millimetres [T] by which shapes [T, 52] part the lips of the built-in head at their middle, without contact."""
    return np.asarray(shapes @ _lips()[1])


@cache
def _lips() -> tuple[Array, Array]:
    """Displacements [52, D] of the lips, and of their gap [52], millimetres."""
    from avatar.rigs import BuiltInHead

    head = BuiltInHead.load()
    moves = 1000.0 * head.shapes.reshape(len(ARKIT_SHAPES), -1, 3).double().numpy()
    lips = head.regions["lips"].numpy()
    upper, lower = head.inner_lip
    return moves[:, lips].reshape(len(moves), -1) / np.sqrt(len(lips)), moves[:, upper, 1] - moves[:, lower, 1]
