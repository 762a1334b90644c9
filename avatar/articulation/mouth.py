"""Measure the mouth of many poses quickly: only the points that are measured are moved."""

import torch
from torch import Tensor

from avatar.controls import ARKIT_SHAPES
from avatar.rigs import BuiltInHead
from avatar.rigs.mouth import MouthMeasures, measure

_MEASURED = ("upper_lip_middle", "lower_lip_middle", "upper_lip_front", "lower_lip_rim", "upper_teeth_edge")


def measure_poses(weights: Tensor, rig: BuiltInHead) -> MouthMeasures[Tensor]:
    """Measure the mouth at neutral identity, as `measure(rig(weights), rig)` does, without the rest of the head.

    The mouth is linear in the shapes, and the measures do not depend on where head and eyes turn.

    Args:
        weights: [B, 61] in the rig's control space.
        rig: the head to measure on.
    """
    points = torch.cat([*(rig.regions[name] for name in _MEASURED), torch.tensor(rig.mouth_corners)])
    points = torch.unique(points)
    with torch.no_grad():
        vertices = rig.rest.repeat(len(weights), 1, 1)
        shapes = rig.shapes.reshape(len(rig.shapes), -1, 3)[:, points]
        vertices[:, points] += torch.tensordot(weights[:, : len(ARKIT_SHAPES)].float(), shapes, 1)
        return measure(vertices, rig)
