"""How usual a motion is."""

from collections.abc import Iterable
from typing import Self

import torch
from torch import Tensor, nn

LEAST = 1e-3
"""Deviation of a control under which differences count no more: a thousandth of its range is seen by nobody."""


class MotionPrior(nn.Module):
    """Surprise at short pieces of motion: 1 for what the prior has seen, more for what it has not.

    A probabilistic principal component analysis of windows: a Gaussian that is wide along the few directions in which
    faces move, all controls and frames together, and narrow in all others. It is fitted in a second, always alike,
    and its gradient is linear in the curves. `python -m benchmarks.motion_prior` compares it with a variational
    autoencoder of the same windows.

    Args:
        mean: [W, C] of the windows' controls.
        directions: [R, W, C], orthonormal.
        variances: [R] along each.
        noise: variance along all others.

    Source:
        Tipping and Bishop (1999). Probabilistic principal component analysis, section 3.

    Example:
        >>> times = torch.arange(200)[:, None] / 25
        >>> clips = [torch.sin(times * torch.tensor([3.0, 4.0, 5.0]) + phase) for phase in range(9)]
        >>> prior = MotionPrior.fit(clips, window=5, rank=8)
        >>> bool(prior(torch.stack(clips)) < 0.5 * prior(torch.rand(9, 200, 3)))
        True
    """

    mean: Tensor
    directions: Tensor
    variances: Tensor
    noise: Tensor

    def __init__(self, mean: Tensor, directions: Tensor, variances: Tensor, noise: Tensor) -> None:
        super().__init__()
        if directions.shape[1:] != mean.shape or variances.shape != directions.shape[:1]:
            raise ValueError(
                "directions must be [R, W, C], mean [W, C] and variances [R], "
                f"got {list(directions.shape)}, {list(mean.shape)} and {list(variances.shape)}"
            )
        self.register_buffer("mean", mean)
        self.register_buffer("directions", directions)
        self.register_buffer("variances", variances)
        self.register_buffer("noise", noise)

    @classmethod
    def fit(cls, clips: Iterable[Tensor], *, window: int = 13, rank: int = 128) -> Self:
        """Learn what is usual, by maximum likelihood.

        Args:
            clips: motions [T, C] of one frame rate, longer than the window; at least as many frames in all as the
                windows have numbers.
            window: frames W that are seen together; half a second is good.
            rank: directions in which motion is free.

        Raises:
            ValueError: the rank is not below the windows' numbers, or there is too little motion.
        """
        count, total, products = 0, torch.zeros(()), torch.zeros(())
        controls = 0
        for clip in clips:
            pieces = windows(clip[None], window).flatten(0, 1).flatten(1).double()
            count, controls = count + len(pieces), clip.shape[1]
            total, products = total + pieces.sum(0), products + pieces.T @ pieces
        size = window * controls
        if not 0 < rank < size:
            raise ValueError(f"rank must be from 1 to {size - 1}, below the numbers of a window, got {rank}")
        if count < size:
            raise ValueError(f"clips must hold {size} windows or more, got {count}; give more or longer motions")
        mean = total / count
        spread = products / count - mean[:, None] * mean
        spread.diagonal().add_(LEAST**2)
        values, vectors = torch.linalg.eigh(spread)
        free = vectors[:, -rank:].T.reshape(rank, window, controls)
        parts = (mean.reshape(window, controls), free, values[-rank:], values[:-rank].mean())
        return cls(*(part.float() for part in parts))

    def surprise(self, curves: Tensor) -> Tensor:
        """Surprise [B, T - W + 1] at each window of motions [B, T, C], differentiable.

        It is the squared Mahalanobis distance in parts of the numbers of a window, which is 1 on average over what the
        prior was fitted to.

        Raises:
            ValueError: other controls, or less than a window.
        """
        length, controls = self.mean.shape
        if curves.ndim != 3 or curves.shape[1] < length or curves.shape[2] != controls:
            raise ValueError(
                f"curves must be [B, T, {controls}] with {length} frames or more, got {list(curves.shape)}"
            )
        away = (windows(curves, length) - self.mean).flatten(2)
        along = away @ self.directions.flatten(1).T
        rest = (away.square().sum(-1) - along.square().sum(-1)).clamp(min=0.0)
        return ((along.square() / self.variances).sum(-1) + rest / self.noise) / self.mean.numel()

    def forward(self, curves: Tensor) -> Tensor:
        """Mean surprise at motions [B, T, C], a single number."""
        return self.surprise(curves).mean()


def windows(curves: Tensor, length: int) -> Tensor:
    """All pieces [B, T - length + 1, length, C] of motions [B, T, C]."""
    return curves.unfold(1, length, 1).transpose(2, 3)
