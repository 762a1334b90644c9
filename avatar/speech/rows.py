"""Products of which each row has the same bits, whatever rows it is computed together with."""

from collections.abc import MutableMapping, Sequence
from functools import cache
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.weak import WeakIdKeyDictionary

FEW = 3
"""Rows up to which our own product is quicker than the library's."""

BLOCKS = (192, 256, 320, 384, 512)
"""How many products libraries add up before they add the sum to the result, in rows longer than that."""


@cache
def tile() -> int:
    """Rows are filled up to a multiple of this: libraries multiply few rows, or odd numbers of them, in another order.

    Four where this machine's library multiplies four rows as it multiplies many, else eight.
    """
    generator = torch.Generator().manual_seed(0)
    rows, weight = (torch.randn(count, 1536, generator=generator) for count in (64, 384))
    same = (torch.equal(F.linear(rows[:4], each), F.linear(rows, each)[:4]) for each in (weight, in_columns(weight)))
    return 4 if all(same) else 8


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


class Product:
    """`linear` with a weight that stays: up to `FEW` rows at once take a third of the time, and have the same bits.

    Not differentiable.

    Args:
        weight: [N, K], copied.
        bias: [N].
    """

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        self.weight, self.bias = in_columns(weight.detach()), bias.detach()
        self._columns = self.weight.T.numpy(), self.bias.numpy()

    @classmethod
    def of(cls, layer: nn.Linear | nn.Conv1d) -> "Product":
        """A layer's, shared by all that ask while its weight stays as it is."""
        weight, bias = layer.weight, cast(Tensor, layer.bias)
        if weight.is_inference():
            # Such a tensor does not know whether it was changed.
            return cls(weight.flatten(1), bias)
        version, product = _products.get(weight, (-1, None))
        if product is None or version != weight._version:
            _products[weight] = weight._version, cls(weight.flatten(1), bias)
        return _products[weight][1]

    def __call__(self, rows: Tensor) -> Tensor:
        """Rows [T, K] to rows [T, N]."""
        if 0 < len(rows) <= FEW:
            block = block_of_sums(*self.weight.shape)
            if block:
                from avatar.speech.few_rows import multiply

                return torch.from_numpy(multiply(rows.contiguous().numpy(), *self._columns, block))
        return linear(rows, self.weight, self.bias)


_products: MutableMapping[Tensor, tuple[int, Product]] = WeakIdKeyDictionary()
"""By weight: its version, and its product."""


def in_columns(weight: Tensor) -> Tensor:
    """The same matrix [N, K], of which each column lies together in memory."""
    return weight.T.contiguous().T


@cache
def block_of_sums(outer: int, inner: int) -> int:
    """How many products this machine's library adds up at a time, when it multiplies many rows by an [N, K] weight.

    Found by trying on random numbers; 0 where none of the usual orders gives its bits.
    """
    from avatar.speech.few_rows import multiply  # imports numba, for which most whole recordings need not wait

    generator = torch.Generator().manual_seed(0)
    rows, weight, bias = (torch.randn(*shape, generator=generator) for shape in ((64, inner), (outer, inner), (outer,)))
    weight = in_columns(weight)
    expected = F.linear(rows, weight, bias)[:FEW]
    for block in (inner, inner // 2, *BLOCKS):
        found = multiply(rows[:FEW].numpy(), weight.T.numpy(), bias.numpy(), max(block, 1))
        if torch.equal(torch.from_numpy(found), expected):
            return max(block, 1)
    return 0


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
