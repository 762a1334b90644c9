"""The solver on a rig of joints and a hundred expressions, which bends."""

import numpy as np
import pytest
import torch

from avatar.animation import Animation
from avatar.rigs import BuiltInHead
from avatar.rigs.flame import FlameRig
from avatar.rigs.flame_import import read_flame
from avatar.rigs.preferences import Preferences
from avatar.rigs.retarget import retarget
from avatar.rigs.solve import solve

from . import synthetic_flame as synthetic


@pytest.fixture(scope="module")
def flame(tmp_path_factory: pytest.TempPathFactory) -> FlameRig:
    return FlameRig(read_flame(synthetic.write(tmp_path_factory.mktemp("flame"), "2023")), expressions=10)


def test_poses_and_expressions_are_followed(flame: FlameRig) -> None:
    chance = np.random.default_rng(0)
    weights = np.zeros((8, len(flame.space)), np.float32)
    weights[:, :10] = chance.normal(0, 0.7, (8, 10))
    for name in ("neck_pose_x", "neck_pose_y", "left_eye_pose_y"):
        weights[:, flame.space.index(name)] = chance.normal(0, 0.1, 8)
    weights[:, flame.space.index("jaw_pose_x")] = chance.uniform(0, 0.3, 8)
    vertices = flame(torch.from_numpy(weights))
    found = solve(vertices, flame, preferences=Preferences(smoothness=0.0))
    assert found.residual.by_region["face"] < 0.1
    again = flame(torch.tensor(found.animation.weights))
    assert 1000 * (again - vertices).norm(dim=-1).mean() < 0.2
    poses = flame.space.indices(["neck_pose_x", "neck_pose_y", "left_eye_pose_y"])
    np.testing.assert_allclose(found.animation.weights[:, poses], weights[:, poses], atol=0.01)


def test_an_opening_jaw_goes_to_flame_and_back(head: BuiltInHead, flame: FlameRig) -> None:
    opening = np.array([0.0, 0.2, 0.4], np.float32)
    clip = Animation.from_curves(head.space, {"jawOpen": opening}, 30.0)
    there = retarget(clip, head, flame).animation
    assert (np.diff(there["jaw_pose_x"]) > 0.02).all()
    back = retarget(there, flame, head).animation
    assert (np.diff(back["jawOpen"]) > 0.03).all() and abs(back["jawOpen"][0]) < 0.02
