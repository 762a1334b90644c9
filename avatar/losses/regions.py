"""How much each part of a face counts."""

from collections.abc import Mapping

import torch
from torch import Tensor

from avatar.rigs.rig import Rig


def region_weights(rig: Rig, shares: Mapping[str, float], *, elsewhere: float = 1.0) -> Tensor:
    """Weights of a rig's vertices by region; where regions overlap, the last one named counts.

    Args:
        rig: whose regions are meant.
        shares: weight by region, for example {"lips": 10.0, "hair": 0.0}; 0 or more.
        elsewhere: weight of all other vertices.

    Returns:
        [V], for `VertexLoss` and `VelocityLoss`.

    Raises:
        ValueError: the rig has no such region, a weight is negative, or all are 0.

    >>> from avatar.rigs import BuiltInHead
    >>> head = BuiltInHead.load()
    >>> int(region_weights(head, {"tongue": 1.0}, elsewhere=0.0).sum()) == len(head.regions["tongue"])
    True
    """
    weights = torch.full((len(rig.vertex_colours),), float(elsewhere))
    for name, share in shares.items():
        if name not in rig.regions:
            known = ", ".join(sorted(rig.regions)) or "none"
            raise ValueError(f"shares must name regions of the rig, got {name!r}; it has {known}")
        weights[rig.regions[name]] = float(share)
    if not (weights.min() >= 0 and weights.max() > 0):
        raise ValueError(f"shares and elsewhere must be 0 or more and not all 0, got {dict(shares)} and {elsewhere}")
    return weights
