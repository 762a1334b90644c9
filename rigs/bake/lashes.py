"""Lashes: the source's cards, shortened because they are drawn opaque."""

import numpy as np
from scipy import sparse

from avatar.rigs.bake.source import Floats, Integers
from avatar.rigs.bake.surface import Surface

UPPER_LENGTH, LOWER_LENGTH = 0.42, 0.16
"""Shares of the source's lengths that are kept."""


def shorten(cards: Surface, margins: list[Integers], average: Floats) -> Surface:
    """Pull every lash vertex towards the nearest point of its lid's margin.

    Args:
        cards: the source's lash cards.
        margins: closed rings of the source's vertices, the outer edges of the lids.
        average: vertices of the average [N, 3].
    """
    points = cards.points(average)
    roots, heights = _nearest(points, margins, average)
    length = np.where(points[:, 1] > heights, UPPER_LENGTH, LOWER_LENGTH)
    weights = sparse.diags(length) @ cards.weights + sparse.diags(1 - length) @ roots
    return Surface(weights.tocsr(), cards.faces, cards.corner_uv)


def _nearest(points: Floats, margins: list[Integers], average: Floats) -> tuple[sparse.csr_matrix, Floats]:
    """Weights [n, N] of the nearest point on the margins' edges, and the height of that margin's middle [n]."""
    start = np.concatenate(margins)
    end = np.concatenate([np.roll(ring, -1) for ring in margins])
    middle = np.concatenate([np.full(len(ring), average[ring, 1].mean()) for ring in margins])
    along = average[end] - average[start]
    offset = points[:, None] - average[start]
    share = np.clip((offset * along).sum(-1) / (along * along).sum(-1), 0, 1)
    best = np.linalg.norm(offset - share[..., None] * along, axis=-1).argmin(1)
    rows = np.arange(len(points))
    at = share[rows, best]
    weights = sparse.csr_matrix(
        (np.concatenate([1 - at, at]), (np.tile(rows, 2), np.concatenate([start[best], end[best]]))),
        shape=(len(points), len(average)),
    )
    return weights, middle[best]
