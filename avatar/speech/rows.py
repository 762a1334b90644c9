"""Matrix products of which each row has the same bits, whatever rows it is computed together with."""

import torch.nn.functional as F
from torch import Tensor

TILE = 8
"""Rows are filled up to a multiple of this: libraries multiply few rows, or odd numbers of them, in another order."""


def linear(rows: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """`torch.nn.functional.linear` on rows [..., K], with a weight [N, K] and a bias [N].

    What is streamed frame by frame thereby equals what is computed at once. That rests on how the library behind torch
    forms its sums, and is tested.
    """
    flat = rows.reshape(-1, rows.shape[-1])
    missing = -len(flat) % TILE
    if missing:
        flat = F.pad(flat, (0, 0, 0, missing))
    product = F.linear(flat, weight, bias)
    return product[: len(product) - missing].reshape(*rows.shape[:-1], len(weight))
