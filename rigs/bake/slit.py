"""The slit between the lips."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MIDDLE_SHARE = np.linspace(0.1, 0.9, 33)
"""Where the slit is looked at, as shares of the way from the right to the left corner."""


def slit(vertices: Floats, contact: NDArray[np.int64], rest: Floats) -> Floats:
    """Free height between the lips at places from corner to corner [B, 33], negative where they overlap.

    At each place it is the lowest point of the upper lip above the highest of the lower one, seen from the front.

    Args:
        vertices: [B, V, 3], the head not turned.
        contact: the head's region "lip_contact": three rings of vertices, one after the other.
        rest: the average at rest [V, 3].
    """
    upper: list[Floats] = []
    lower: list[Floats] = []
    for ring in contact.reshape(3, -1):
        first, last = sorted((int(rest[ring, 0].argmin()), int(rest[ring, 0].argmax())))
        around = np.concatenate([ring[last:], ring[: first + 1]])
        chains = (ring[first : last + 1], around) if first == 0 else (around, ring[first : last + 1])
        for chain, heights in zip(chains, (upper, lower), strict=True):
            heights.append(np.stack([_heights(points) for points in vertices[:, chain]]))
    return np.asarray(np.min(upper, axis=0) - np.max(lower, axis=0))


def _heights(chain: Floats) -> Floats:
    points = chain[np.argsort(chain[:, 0])]
    x = points[0, 0] + MIDDLE_SHARE * (points[-1, 0] - points[0, 0])
    return np.asarray(np.interp(x, points[:, 0], points[:, 1]))
