"""Rigid motions."""

import numpy as np
import torch
from scipy.spatial.transform import Rotation

from avatar.rigs.rigid import axis_angle_of, rigid_motion, yaw_pitch_roll_of
from avatar.rigs.rotations import yaw_pitch_roll


def test_motions_are_found_and_are_never_mirrored() -> None:
    chance = np.random.default_rng(0)
    points = chance.normal(size=(30, 3)) * [1, 1, 0.001]
    rotations, shift = Rotation.random(5, random_state=1).as_matrix(), chance.normal(size=(5, 3))
    moved = points @ rotations.transpose(0, 2, 1) + shift[:, None]
    found, translation = rigid_motion(moved, points)
    np.testing.assert_allclose(found, rotations, atol=1e-9)
    np.testing.assert_allclose(translation, shift, atol=1e-9)
    np.testing.assert_allclose(np.linalg.det(rigid_motion(points[None] * [1, 1, -1], points)[0]), 1, atol=1e-9)


def test_angles_undo_the_rigs_own_rotations() -> None:
    angles = torch.tensor([[0.4, -0.3, 0.2], [0.0, 0.0, 0.0], [-1.2, 0.9, -0.5]], dtype=torch.float64)
    np.testing.assert_allclose(yaw_pitch_roll_of(yaw_pitch_roll(angles).numpy()), angles, atol=1e-12)


def test_axis_times_angle_agrees_with_scipy_at_rest_too() -> None:
    vectors = np.array([[0.0, 0, 0], [1e-10, 0, 0], [0.3, -0.2, 0.9], [0, 3.1, 0]])
    np.testing.assert_allclose(axis_angle_of(Rotation.from_rotvec(vectors).as_matrix()), vectors, atol=1e-8)
