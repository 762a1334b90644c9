"""Lips and lids that must meet, or must not."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from avatar.articulation.phones import BILABIAL, OPEN_VOWELS, Phone
from avatar.losses.checks import check_points
from avatar.losses.lengths import MILLIMETRES, soft_length
from avatar.rigs.built_in_head import BuiltInHead
from avatar.rigs.mouth import measure

CLOSED = 0.0
"""Millimetres of opening up to which lips or lids that must meet do."""

OPEN = 2.0
"""Millimetres of opening from which on lips or lids that must not meet are open enough."""


def contact_demands(phones: Sequence[Phone], *, fps: float, frames: int) -> Tensor:
    """Say in which frames lips must meet and in which they must not.

    Args:
        phones: what is said when, seconds.
        fps: frames a second; frame t is the instant t / fps.
        frames: how many.

    Returns:
        [frames]: 1 in the middle half of p b m, -1 in the middle half of open vowels, 0 elsewhere. A phone too short
        for that has the frame nearest to its middle.

    >>> contact_demands([Phone("B", 0.0, 0.1), Phone("AA", 0.1, 0.3)], fps=20, frames=6).tolist()
    [0.0, 1.0, 0.0, -1.0, -1.0, -1.0]
    """
    demands = torch.zeros(frames)
    for phone in phones:
        if phone.symbol in BILABIAL | OPEN_VOWELS:
            middle, reach = 0.5 * fps * (phone.start + phone.end), 0.25 * fps * phone.duration
            inside = (torch.arange(frames) - middle).abs() <= max(reach, 0.5)
            demands[inside] = 1.0 if phone.symbol in BILABIAL else -1.0
    return demands


class LipContactLoss(nn.Module):
    """Millimetres that lips are open where they must meet, and short of open where they must not.

    Args:
        rig: the head that is measured.
        closed: opening in mm that counts as met; lips may press further.
        open: opening in mm that counts as open.

    >>> head = BuiltInHead.load()
    >>> LipContactLoss(head)(head.neutral(), torch.ones(1)).item()  # resting lips meet
    0.0
    """

    def __init__(self, rig: BuiltInHead, *, closed: float = CLOSED, open: float = OPEN) -> None:  # noqa: A002
        super().__init__()
        self.rig, self.closed, self.open = rig, closed, open

    def forward(self, vertices: Tensor, demands: Tensor, *, neutral: Tensor | None = None) -> Tensor:
        """Judge faces; turning heads changes nothing.

        Args:
            vertices: [..., V, 3] metres.
            demands: [...]: above 0 lips must meet, below 0 they must not, and how far from 0 is how much it counts;
                see `contact_demands`.
            neutral: the same person at rest [1, V, 3]; the average when left out.

        Returns:
            Millimetres, the mean over what is demanded; 0 where nothing is.

        Raises:
            ValueError: a shape does not fit.
        """
        check_points("vertices", vertices, len(self.rig.rest))
        gap = measure(vertices.flatten(0, -3), self.rig, neutral=neutral).signed_opening
        return missed(gap, demands, vertices.shape[:-2], self.closed, self.open)


class LidContactLoss(nn.Module):
    """Millimetres that lids are open where they must meet, and short of open where they must not.

    The opening is the mean distance between points of the upper lids' margins and where they meet the lower ones.

    Args:
        rig: the head that is measured.
        closed: opening in mm that counts as met.
        open: opening in mm that counts as open; lids at rest are about 4.7 mm apart on average over the margins.
    """

    def __init__(self, rig: BuiltInHead, *, closed: float = CLOSED, open: float = OPEN) -> None:  # noqa: A002
        super().__init__()
        self.rig, self.closed, self.open = rig, closed, open

    def forward(self, vertices: Tensor, demands: Tensor) -> Tensor:
        """Judge faces.

        Args:
            vertices: [..., V, 3] metres.
            demands: [..., 2] of the left and the right eye: above 0 its lids must meet, below 0 they must not.

        Returns:
            Millimetres, the mean over what is demanded; 0 where nothing is.

        Raises:
            ValueError: a shape does not fit.
        """
        check_points("vertices", vertices, len(self.rig.rest))
        gaps = []
        for eye in self.rig.lids.eyes:
            upper, lower, match = (eye.get_buffer(name) for name in ("upper", "lower", "match"))
            apart = vertices[..., upper, :] - match.to(vertices) @ vertices[..., lower, :]
            gaps.append(soft_length(MILLIMETRES * apart).mean(-1))
        return missed(torch.stack(gaps, -1).flatten(), demands, (*vertices.shape[:-2], 2), self.closed, self.open)


def missed(gap: Tensor, demands: Tensor, shape: Sequence[int], closed: float, opened: float) -> Tensor:
    """How far openings [N] in mm miss demands of a shape whose size is N; the weighted mean, in mm."""
    if demands.shape != torch.Size(shape):
        raise ValueError(
            f"demands must be {list(shape)}, one for each opening, got {list(demands.shape)}; see contact_demands"
        )
    wanted = demands.to(gap).flatten()
    error = wanted.clamp(min=0) * (gap - closed).relu() - wanted.clamp(max=0) * (opened - gap).relu()
    return error.sum() / wanted.abs().sum().clamp(min=1e-9)
