"""Lengths that a loss can add up, in millimetres."""

from torch import Tensor

MILLIMETRES = 1000.0
"""In a metre."""

KNEE = 0.1
"""Millimetres under which lengths count less and less, so that gradients fade out where nothing is wrong."""


def soft_length(vectors: Tensor, knee: float = KNEE) -> Tensor:
    """Lengths with a round foot: like |v| far from zero, like |v|^2 / (2 knee) near it.

    Args:
        vectors: [..., D].
        knee: where the one goes over into the other, in the vectors' unit; above 0.

    Returns:
        [...], 0 for the zero vector, differentiable everywhere.

    Source:
        Charbonnier et al. (1997). Deterministic edge-preserving regularization in computed imaging, eq. 33, less its
        value at zero.
    """
    return (vectors.square().sum(-1) + knee**2).sqrt() - knee


def weighted_mean(values: Tensor, weights: Tensor | None) -> Tensor:
    """Mean of values [..., N] over everything, each weighted by weights that broadcast to them; 0 if all are 0."""
    if weights is None:
        return values.mean()
    spread = weights.to(values).expand(values.shape)
    return (values * spread).sum() / spread.sum().clamp(min=1e-9)
