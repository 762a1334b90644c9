"""What the tests of the rigs share."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from avatar.rigs import BuiltInHead

Pose = Callable[..., Tensor]


@pytest.fixture(scope="session")
def head() -> BuiltInHead:
    return BuiltInHead.load()


@pytest.fixture(scope="session")
def pose(head: BuiltInHead) -> Pose:
    """Controls [1, 61] by name; a name without side sets both sides."""

    def make(**values: float) -> Tensor:
        weights = torch.zeros(1, len(head.space))
        for name, value in values.items():
            names = (name,) if name in head.space else (f"{name}Left", f"{name}Right")
            weights[0, head.space.indices(names)] = value
        return weights

    return make
