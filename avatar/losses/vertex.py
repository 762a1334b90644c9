"""Where the surface is, against where it should be."""

from torch import Tensor, nn

from avatar.losses.checks import check_alike, check_points
from avatar.losses.lengths import MILLIMETRES, soft_length, weighted_mean


class VertexLoss(nn.Module):
    """Mean distance of vertices from their targets, in millimetres.

    Args:
        weights: [V], how much each vertex counts, see `region_weights`; all alike when left out.

    >>> import torch
    >>> round(VertexLoss()(torch.zeros(1, 5, 3), torch.full((1, 5, 3), 0.001)).item(), 2)  # 1 mm along each axis
    1.63
    """

    weights: Tensor | None

    def __init__(self, weights: Tensor | None = None) -> None:
        super().__init__()
        self.register_buffer("weights", weights, persistent=False)

    def forward(self, vertices: Tensor, target: Tensor) -> Tensor:
        """Compare.

        Args:
            vertices: [..., V, 3] metres.
            target: the same shape.

        Returns:
            Millimetres, a single number; errors under about 0.1 mm count less than their size.

        Raises:
            ValueError: a shape does not fit.
        """
        check_points("vertices", vertices, None if self.weights is None else len(self.weights))
        check_alike("vertices", vertices, "target", target)
        return weighted_mean(soft_length(MILLIMETRES * (vertices - target)), self.weights)
