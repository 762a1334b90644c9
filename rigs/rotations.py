"""Rotations from yaw, pitch and roll."""

import torch
from torch import Tensor


def yaw_pitch_roll(angles: Tensor) -> Tensor:
    """Rotation matrices Ry(yaw) Rx(pitch) Rz(roll).

    Args:
        angles: [..., 3] yaw, pitch and roll in radians: yaw turns to the subject's left (+x), pitch looks down,
            roll lifts the subject's left side.

    Returns:
        [..., 3, 3], for column vectors; smooth everywhere, zero included.
    """
    (cy, cx, cz), (sy, sx, sz) = torch.cos(angles).unbind(-1), torch.sin(angles).unbind(-1)
    rows = (
        (cy * cz + sy * sx * sz, sy * sx * cz - cy * sz, sy * cx),
        (cx * sz, cx * cz, -sx),
        (cy * sx * sz - sy * cz, sy * sz + cy * sx * cz, cy * cx),
    )
    return torch.stack([torch.stack(row, -1) for row in rows], -2)
