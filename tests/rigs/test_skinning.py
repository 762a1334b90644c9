"""Rotations by axis and angle, and skinning by a tree of joints."""

import math

import pytest
import torch

from avatar.rigs.skinning import rotation_matrices, skin

AXIS = torch.tensor([1.0, -2.0, 2.0], dtype=torch.float64) / 3


def exponential(vector: torch.Tensor) -> torch.Tensor:
    x, y, z = vector
    return torch.matrix_exp(torch.tensor([[0, -z, y], [z, 0, -x], [-y, x, 0]], dtype=torch.float64))


@pytest.mark.parametrize("angle", [0.0, 1e-9, 1e-3, 0.0099, 0.0101, 1.0, math.pi - 1e-6, math.pi, 5.0])
def test_rotations_are_matrix_exponentials(angle: float) -> None:
    vector = angle * AXIS
    torch.testing.assert_close(rotation_matrices(vector), exponential(vector), atol=1e-12, rtol=0)


@pytest.mark.parametrize("angle", [0.0, 1e-3, 0.0101, 1.0, math.pi])
def test_gradients_of_rotations_are_right(angle: float) -> None:
    assert torch.autograd.gradcheck(rotation_matrices, ((angle * AXIS).requires_grad_(),))


def test_a_chain_of_joints_bends_as_written_out() -> None:
    generator = torch.Generator().manual_seed(0)
    vertices, joints = torch.randn(2, 7, 3, generator=generator), torch.randn(2, 3, 3, generator=generator)
    turns = rotation_matrices(torch.randn(2, 3, 3, generator=generator))
    weights = torch.rand(7, 3, generator=generator)
    weights = weights / weights.sum(1, keepdim=True)
    posed = skin(vertices, turns, joints, (-1, 0, 1), weights)
    for b in range(2):
        for v in range(7):
            expected = torch.zeros(3)
            for leaf in range(3):
                point = vertices[b, v]
                for joint in range(leaf, -1, -1):  # a leaf's turn first, then those of the joints it hangs on
                    point = joints[b, joint] + turns[b, joint] @ (point - joints[b, joint])
                expected += weights[v, leaf] * point
            torch.testing.assert_close(posed[b, v], expected, atol=1e-5, rtol=0)
