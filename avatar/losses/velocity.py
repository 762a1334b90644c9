"""How fast the surface moves, against how fast it should."""

from torch import Tensor, nn

from avatar.losses.checks import check_alike, check_points
from avatar.losses.lengths import MILLIMETRES, soft_length, weighted_mean

SLOW = 5.0
"""Millimetres a second under which differences of speed count less and less: lips that speak reach 100 and more."""


class VelocityLoss(nn.Module):
    """Mean difference between the velocities of vertices and of their targets, in millimetres a second.

    A face that is in the right places but jitters, or arrives late, is wrong here.

    Args:
        fps: frames a second.
        weights: [V], how much each vertex counts, see `region_weights`; all alike when left out.

    Source:
        Cudeiro et al. (2019). Capture, learning, and synthesis of 3D speaking styles (VOCA), eq. 3, with lengths in
        place of their squares.
    """

    weights: Tensor | None

    def __init__(self, fps: float, weights: Tensor | None = None) -> None:
        super().__init__()
        if not fps > 0:
            raise ValueError(f"fps must be frames a second above 0, got {fps}")
        self.fps = fps
        self.register_buffer("weights", weights, persistent=False)

    def forward(self, vertices: Tensor, target: Tensor) -> Tensor:
        """Compare two motions.

        Args:
            vertices: [..., T, V, 3] metres, frames in order, two or more.
            target: the same shape.

        Returns:
            Millimetres a second, a single number.

        Raises:
            ValueError: a shape does not fit.
        """
        check_points("vertices", vertices, None if self.weights is None else len(self.weights))
        check_alike("vertices", vertices, "target", target)
        if vertices.ndim < 3 or vertices.shape[-3] < 2:
            raise ValueError(f"vertices must be [..., T, V, 3] with two frames or more, got {list(vertices.shape)}")
        error = MILLIMETRES * self.fps * (vertices - target).diff(dim=-3)
        return weighted_mean(soft_length(error, SLOW), self.weights)
