"""A rig as a plain function of arrays, and its derivatives."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from avatar.rigs.rig import Rig
from avatar.threads import one_thread

Floats = NDArray[np.float64]

MILLIMETRES = 1000.0
STEP = 0.02
"""Step of one-sided differences, in weights or radians: far above what float32 rounds, far below any bend."""

_BATCH = 32


class RigFunction:
    """Controls in, millimetres out, for one identity.

    Args:
        rig: the head.
        identity: [1, I]; the average when left out.

    Attributes:
        rest: the neutral head [V, 3], millimetres.
        neutral: values of the controls at which it rests [C].
    """

    def __init__(self, rig: Rig, identity: Tensor | None = None) -> None:
        self.rig, self.identity = rig, identity
        self.neutral = rig.space.neutral.astype(np.float64)
        self.rest = self(self.neutral[None])[0].astype(np.float64)

    def __call__(self, weights: NDArray[np.floating], rows: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """Vertices [B, V, 3] for controls [B, C], or the rows of them that are asked for."""
        pieces = []
        device = self.rig.faces.device
        with one_thread(), torch.no_grad():
            for begin in range(0, len(weights), _BATCH):
                batch = torch.from_numpy(np.asarray(weights[begin : begin + _BATCH], np.float32)).to(device)
                vertices = MILLIMETRES * self.rig(batch, self.identity)
                pieces.append((vertices if rows is None else vertices[:, torch.from_numpy(rows)]).cpu().numpy())
        return np.concatenate(pieces)

    def jacobian(
        self, at: NDArray[np.floating], controls: NDArray[np.int64], rows: NDArray[np.int64] | None = None
    ) -> Floats:
        """What each of some controls adds per unit [K, V or rows, 3], near controls [C], by one-sided differences.

        Steps go towards the inside of the controls' ranges.
        """
        inward = np.where(at + STEP > self.rig.space.maximum, -STEP, STEP)
        moved = np.tile(at, (len(controls) + 1, 1))
        moved[np.arange(len(controls)), controls] += inward[controls]
        vertices = self(moved, rows).astype(np.float64)
        return np.asarray((vertices[:-1] - vertices[-1]) / inward[controls, None, None])
