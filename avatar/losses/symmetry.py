"""How far a face's two halves do different things."""

import torch
from torch import Tensor, nn

from avatar.losses.checks import check_points
from avatar.losses.lengths import MILLIMETRES, soft_length, weighted_mean
from avatar.rigs.built_in_head import BuiltInHead
from avatar.rigs.mouth import held_still


class SymmetryLoss(nn.Module):
    """Mean distance between what each vertex does and what its mirror image's partner does, in millimetres.

    Displacements from rest are compared, so a person who is not symmetrical at rest is not punished for it, and turning
    the head changes nothing. People speak and smile a little askew: it is a prior, to be weighted weakly.

    Args:
        rig: the head, whose vertices are paired by where the average face has them.
        weights: [V], how much each vertex counts, see `region_weights`; all alike when left out.
    """

    partners: Tensor
    weights: Tensor | None

    def __init__(self, rig: BuiltInHead, weights: Tensor | None = None) -> None:
        super().__init__()
        self.rig = rig
        self.register_buffer("partners", mirror_partners(rig.rest), persistent=False)
        self.register_buffer("weights", weights, persistent=False)

    def forward(self, vertices: Tensor, *, neutral: Tensor | None = None) -> Tensor:
        """Judge faces.

        Args:
            vertices: [..., V, 3] metres.
            neutral: the same person at rest [1, V, 3]; the average when left out.

        Returns:
            Millimetres, a single number.

        Raises:
            ValueError: a shape does not fit.
        """
        check_points("vertices", vertices, len(self.partners))
        rest = (self.rig.rest[None] if neutral is None else neutral).to(vertices)
        moved = held_still(vertices.flatten(0, -3), self.rig, neutral=rest) - rest
        mirrored = moved[:, self.partners] * moved.new_tensor([-1.0, 1.0, 1.0])
        return weighted_mean(soft_length(MILLIMETRES * (moved - mirrored)), self.weights)


def mirror_partners(rest: Tensor) -> Tensor:
    """The vertex [V] nearest to each one's mirror image in x = 0, for a head [V, 3] that faces +z."""
    from scipy.spatial import KDTree

    points = rest.detach().cpu().double().numpy()
    return torch.from_numpy(KDTree(points).query(points * (-1.0, 1.0, 1.0))[1].astype("int64"))
