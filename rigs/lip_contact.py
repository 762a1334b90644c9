"""Where lips and lids of a rig meet, and how far apart they are."""

import numpy as np
from numpy.typing import NDArray

from avatar.rigs.rig import Rig

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_MOST = 9
_REACH = 1.5
"""Millimetres between points of resting lips that touch."""


def lip_pairs(rig: Rig, rest: Floats) -> Integers:
    """Points of the upper and the lower lip that meet at rest [P, 2], spread from corner to corner.

    Args:
        rig: the head; regions "upper_lip" and "lower_lip" give more pairs than the middle one.
        rest: the head at rest [V, 3], millimetres.

    Returns:
        Vertex indices; the first pair is `rig.inner_lip`.
    """
    pairs = [tuple(rig.inner_lip)]
    if "upper_lip" in rig.regions and "lower_lip" in rig.regions:
        upper, lower = (rig.regions[name].cpu().numpy() for name in ("upper_lip", "lower_lip"))
        apart = np.linalg.norm(rest[upper, None] - rest[None, lower], axis=-1)
        nearest = apart.argmin(1)
        mutual = (apart[:, nearest].argmin(0) == np.arange(len(upper))) & (apart.min(1) < _REACH)
        left, right = (rest[corner, 0] for corner in rig.mouth_corners)
        share = (rest[upper, 0] - right) / (left - right)
        # Next to the corners lips touch whatever the mouth does, and say nothing.
        for place in np.linspace(0.15, 0.85, _MOST):
            distance = np.where(mutual, np.abs(share - place), np.inf)
            best = int(distance.argmin())
            if distance[best] < 0.06:
                pairs.append((int(upper[best]), int(lower[nearest[best]])))
    return np.array(list(dict.fromkeys(pairs)), np.int64)


def lid_pairs(rig: Rig) -> Integers:
    """Points of the upper and the lower lids above each other [4, 2], or none without landmarks."""
    if not len(rig.landmarks):
        return np.zeros((0, 2), np.int64)
    return np.asarray(rig.landmarks.cpu().numpy()[np.array([[37, 41], [38, 40], [43, 47], [44, 46]])])


def lid_gaps(
    vertices: NDArray[np.floating], source: tuple[Floats, Integers], target: tuple[Floats, Integers]
) -> Floats:
    """Height between lids of the target beyond that at rest [B, 4]: eyes are open by the same share of their height.

    Args:
        vertices: the source [B, V, 3], not turned, millimetres.
        source: its rest [V, 3] and pairs of lids [4, 2].
        target: the other head's.

    Returns:
        Millimetres; none where one of the heads has no pairs.
    """
    (rest, pairs), (other_rest, other_pairs) = source, target
    if not (len(pairs) and len(other_pairs)):
        return np.zeros((len(vertices), 0))
    height = rest[pairs[:, 0], 1] - rest[pairs[:, 1], 1]
    other = other_rest[other_pairs[:, 0], 1] - other_rest[other_pairs[:, 1], 1]
    return np.asarray(lip_gaps(vertices, rest, pairs) / height * other)


def lip_gaps(vertices: NDArray[np.floating], rest: Floats, pairs: Integers) -> Floats:
    """Height between pairs of lip points beyond that at rest [B, P], negative where lips press, millimetres.

    Args:
        vertices: [B, V, 3] of a head that is not turned, millimetres.
        rest: [V, 3].
        pairs: [P, 2].
    """
    moved = vertices[:, pairs[:, 0], 1] - vertices[:, pairs[:, 1], 1]
    return np.asarray(moved - (rest[pairs[:, 0], 1] - rest[pairs[:, 1], 1]), np.float64)
