"""Rigid motions read off points, and their angles."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def rigid_motion(points: NDArray[np.floating], reference: NDArray[np.floating]) -> tuple[Floats, Floats]:
    """Rotations and translations that carry reference points onto moved ones, least squares.

    Args:
        points: moved points [B, N, 3].
        reference: the same points at rest [N, 3].

    Returns:
        Rotations [B, 3, 3] and translations [B, 3]: points = rotation @ reference + translation.

    Source:
        Kabsch (1976). A solution for the best rotation to relate two sets of vectors.
    """
    moved, still = np.asarray(points, np.float64), np.asarray(reference, np.float64)
    centre, start = moved.mean(1), still.mean(0)
    covariance = np.einsum("bni,nj->bij", moved - centre[:, None], still - start)
    left, _, right = np.linalg.svd(covariance)
    flip = np.ones((len(moved), 3))
    flip[:, 2] = np.linalg.det(left @ right)
    rotation = (left * flip[:, None]) @ right
    return rotation, centre - np.einsum("bij,j->bi", rotation, start)


def yaw_pitch_roll_of(rotations: NDArray[np.floating]) -> Floats:
    """Angles [B, 3] of Ry(yaw) Rx(pitch) Rz(roll), radians, for rotations [B, 3, 3]."""
    yaw = np.arctan2(rotations[:, 0, 2], rotations[:, 2, 2])
    pitch = np.arcsin(np.clip(-rotations[:, 1, 2], -1, 1))
    roll = np.arctan2(rotations[:, 1, 0], rotations[:, 1, 1])
    return np.stack([yaw, pitch, roll], -1)


def axis_angle_of(rotations: NDArray[np.floating]) -> Floats:
    """Axis times angle [B, 3], radians below pi, for rotations [B, 3, 3]."""
    skew = np.stack(
        [
            rotations[:, 2, 1] - rotations[:, 1, 2],
            rotations[:, 0, 2] - rotations[:, 2, 0],
            rotations[:, 1, 0] - rotations[:, 0, 1],
        ],
        -1,
    )
    sine = np.linalg.norm(skew, axis=-1) / 2
    cosine = (np.trace(rotations, axis1=1, axis2=2) - 1) / 2
    angle = np.arctan2(sine, cosine)
    return skew / 2 * (np.where(sine > 1e-9, angle / np.maximum(sine, 1e-9), 1.0))[:, None]
