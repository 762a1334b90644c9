"""What a picture shows, against what it should."""

from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from avatar.losses.checks import check_alike
from avatar.losses.lengths import soft_length, weighted_mean

ROBUST = 0.05
"""Difference of colours above which pixels count by their difference, not by its square: hair, beards, highlights."""


class PhotometricLoss(nn.Module):
    """Mean difference of two pictures' colours, robust, over some of their pixels and at several sizes.

    An edge pulls only where both pictures differ at it. Halved pictures, whose pixels are larger, pull from further
    away.

    Args:
        levels: how many sizes: the pictures, halved, halved again, ... Their means add up, divided by their number.
        knee: colour difference above which a pixel counts by its difference, under which by its square.

    Raises:
        ValueError: levels is under 1 or the knee is not above 0.
    """

    def __init__(self, *, levels: int = 1, knee: float = ROBUST) -> None:
        super().__init__()
        if levels < 1 or not knee > 0:
            raise ValueError(f"levels must be 1 or more and knee above 0, got {levels} and {knee}")
        self.levels, self.knee = levels, knee

    def forward(self, pictures: Tensor, target: Tensor, mask: Tensor | None = None) -> Tensor:
        """Compare.

        Args:
            pictures: [B, H, W, C] linear colours or any other channels, such as those of `motion_gradients`.
            target: the same shape.
            mask: [B, H, W] or [1, H, W], how much each pixel counts, 0 or more; all alike when left out.

        Returns:
            In the unit of the colours, a single number; 0 where no pixel counts.

        Raises:
            ValueError: a shape does not fit, or the pictures are too small for so many levels.
        """
        check_alike("pictures", pictures, "target", target)
        if pictures.ndim != 4:
            raise ValueError(f"pictures must be [B, H, W, C], got {list(pictures.shape)}; add a batch axis to one")
        if min(pictures.shape[1:3]) >> (self.levels - 1) < 1:
            raise ValueError(f"pictures must be at least {2 ** (self.levels - 1)} pixels for {self.levels} levels")
        if mask is not None and mask.shape not in (pictures.shape[:3], (1, *pictures.shape[1:3])):
            raise ValueError(f"mask must be {list(pictures.shape[:3])}, got {list(mask.shape)}")
        # What the mask leaves out must not come back in when pixels are averaged.
        weights = pictures.new_ones(1, 1, *pictures.shape[1:3]) if mask is None else mask.to(pictures)[:, None]
        error = (pictures - target).permute(0, 3, 1, 2) * weights
        total = pictures.new_zeros(())
        for level in range(self.levels):
            if level:
                error, weights = avg_pool2d(error, 2), avg_pool2d(weights, 2)
            mean = error / weights.clamp(min=1e-9)
            total = total + weighted_mean(soft_length(mean.permute(0, 2, 3, 1), self.knee), weights[:, 0])
        return total / self.levels
