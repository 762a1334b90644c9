"""How far a training is, and how fast it learns there."""

import math


def share_done(step: int, steps: int, *, seconds: float, minutes: float | None) -> float:
    """How much of a training is done, 0 to 1 and beyond.

    Args:
        step: batches learned from.
        steps: batches to learn from.
        seconds: spent.
        minutes: after which to end, even if there are steps left; None is never.
    """
    share = step / steps
    return share if minutes is None else max(share, seconds / 60 / minutes)


def fade(share: float, warm_up: float) -> float:
    """The learning rate as a share of its peak: it rises at first, and then falls along a cosine.

    Args:
        share: of the training that is done, 0..1.
        warm_up: share of the training in which the rate rises.
    """
    return min(1.0, share / warm_up + 0.02) * (0.5 + 0.5 * math.cos(math.pi * share))
