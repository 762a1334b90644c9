"""Linear blend skinning."""

import torch
from torch import Tensor

_SMALL = 1e-4
"""Squared angles below this take a series instead of sines, whose quotients would lose their gradients."""


def rotation_matrices(axis_angle: Tensor) -> Tensor:
    """Rotation matrices of axis-angle vectors, by Rodrigues' formula.

    Args:
        axis_angle: [..., 3], the unit axis times the angle in radians.

    Returns:
        [..., 3, 3], for column vectors; smooth everywhere, zero and pi included.
    """
    squared = axis_angle.square().sum(-1, keepdim=True)[..., None]
    small = squared < _SMALL
    angle = torch.where(small, 1.0, squared).sqrt()
    half = torch.sin(angle / 2) / angle
    sine = torch.where(small, 1 - squared / 6 + squared.square() / 120, torch.sin(angle) / angle)
    versine = torch.where(small, 0.5 - squared / 24 + squared.square() / 720, 2 * half.square())
    x, y, z = axis_angle.unbind(-1)
    zero = torch.zeros_like(x)
    rows = ((zero, -z, y), (z, zero, -x), (-y, x, zero))
    cross = torch.stack([torch.stack(row, -1) for row in rows], -2)
    return torch.eye(3).to(axis_angle) + sine * cross + versine * (cross @ cross)


def skin(vertices: Tensor, rotations: Tensor, joints: Tensor, parents: tuple[int, ...], weights: Tensor) -> Tensor:
    """Pose vertices by a tree of joints.

    Args:
        vertices: in the rest pose [B, V, 3].
        rotations: of each joint against its parent [B, J, 3, 3].
        joints: places of the joints in the rest pose [B, J, 3].
        parents: of each joint, which come before it; -1 for the first.
        weights: share of each joint in each vertex [V, J], rows adding up to 1.

    Returns:
        [B, V, 3]; differentiable in all but parents.

    Source:
        Loper, Mahmood, Romero, Pons-Moll and Black (2015). SMPL: a skinned multi-person linear model. Equation 2.
    """
    turns, places = [rotations[:, 0]], [joints[:, 0]]
    for joint, parent in enumerate(parents[1:], start=1):
        bone = joints[:, joint] - joints[:, parent]
        places.append(places[parent] + (turns[parent] @ bone[..., None])[..., 0])
        turns.append(turns[parent] @ rotations[:, joint])
    turn, place = torch.stack(turns, 1), torch.stack(places, 1)
    offset = place - (turn @ joints[..., None])[..., 0]
    by_vertex = (weights @ turn.flatten(2)).reshape(*vertices.shape, 3)
    return (by_vertex @ vertices[..., None])[..., 0] + weights @ offset
