"""Products of which each row has the same bits, whatever rows it is computed together with."""

from collections.abc import Sequence
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor


@cache
def tile() -> int:
    """Rows are filled up to a multiple of this: libraries multiply few rows, or odd numbers of them, in another order.

    Four where this machine's library multiplies four rows as it multiplies many, else eight.
    """
    generator = torch.Generator().manual_seed(0)
    rows, weight = (torch.randn(count, 1536, generator=generator) for count in (64, 384))
    return 4 if torch.equal(F.linear(rows[:4], weight), F.linear(rows, weight)[:4]) else 8


def linear(rows: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """`torch.nn.functional.linear` on rows [..., K], with a weight [N, K] and a bias [N].

    What is streamed frame by frame thereby equals what is computed at once. That rests on how the library behind torch
    forms its sums, and is tested.
    """
    flat = rows.reshape(-1, rows.shape[-1])
    count = flat.shape[0]
    missing = -count % tile()
    if missing:
        flat = F.pad(flat, (0, 0, 0, missing))
    product = F.linear(flat, weight, bias)
    return product[:count].reshape(*rows.shape[:-1], weight.shape[0])


def depthwise(rows: Tensor, taps: Sequence[Tensor], bias: Tensor, dilation: int = 1) -> Tensor:
    """A convolution of each channel by itself, without padding.

    Args:
        rows: [past + T + future, W].
        taps: one [W] for each row that an output depends on, the earliest first.
        bias: [W].
        dilation: rows between two taps.

    Returns:
        [T, W].
    """
    count = rows.shape[0] - (len(taps) - 1) * dilation
    # Products are rounded before they are added: a fused sum may be fused in one row and not in another.
    total = rows[:count] * taps[0] + bias
    for place, tap in enumerate(taps[1:], 1):
        total += rows[place * dilation : place * dilation + count] * tap
    return total
