"""A head in double precision, and poses in which everything is a little in use."""

from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from avatar.rigs import BuiltInHead


@dataclass(frozen=True)
class Scene:
    """A head, controls [1, 61] and other controls that are to be reached."""

    head: BuiltInHead
    weights: Tensor
    wanted: Tensor

    def moved(self, step: float) -> tuple[Tensor, Tensor]:
        """Vertices [61, V, 3] with each control a step higher, and a step lower."""
        steps = step * torch.eye(self.weights.shape[1], dtype=torch.float64)
        with torch.no_grad():
            return self.head(self.weights + steps), self.head(self.weights - steps)


@pytest.fixture(scope="session")
def scene() -> Scene:
    head = BuiltInHead.load().double()
    chance = torch.Generator().manual_seed(0)

    def draw() -> Tensor:
        weights = 0.05 + 0.3 * torch.rand(1, len(head.space), generator=chance, dtype=torch.float64)
        weights[:, -9:] = 0.3 * weights[:, -9:] - 0.05
        # The mouth is open, so that the tongue can come out and lips can be too far apart.
        weights[:, head.space.indices(("jawOpen", "mouthClose"))] = torch.tensor([0.6, 0.05], dtype=torch.float64)
        return weights

    return Scene(head, draw(), draw())
