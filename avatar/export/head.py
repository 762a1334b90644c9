"""The built-in head as the formats use it."""

from collections.abc import Mapping
from functools import cache

import torch
from torch import Tensor

from avatar.rigs import BuiltInHead


@cache
def shipped_head() -> BuiltInHead:
    """The built-in head, read once."""
    return BuiltInHead.load()


def identity_vector(head: BuiltInHead, values: Mapping[str, float]) -> Tensor:
    """Identity [1, I] from values by name; the other axes stay average.

    Raises:
        KeyError: an axis has no such name.
        ValueError: a value is outside its axis's range.
    """
    identity = torch.from_numpy(head.identity_space.neutral)[None].clone()
    for name, value in values.items():
        axis = head.identity_space.controls[head.identity_space.index(name)]
        if not axis.minimum <= value <= axis.maximum:
            raise ValueError(f"identity {name} must be within {axis.minimum:g}..{axis.maximum:g}, got {value:g}")
        identity[0, head.identity_space.index(name)] = value
    return identity


def drawn_identity(head: BuiltInHead, seed: int) -> dict[str, float]:
    """Values by name of the plausible person that a seed stands for."""
    drawn = head.sample_identity(torch.Generator().manual_seed(seed))[0]
    return dict(zip(head.identity_space.names, drawn.tolist(), strict=True))
