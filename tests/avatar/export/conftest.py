"""An animation that moves everything a little."""

import numpy as np
import pytest

from avatar.animation import Animation
from avatar.controls import ARKIT


@pytest.fixture(scope="session")
def lively() -> Animation:
    """12 frames at 30 fps: shapes 0..0.5, head and eyes turning; lids are left to the shapes."""
    chance = np.random.default_rng(7)
    weights = np.tile(ARKIT.neutral, (12, 1))
    weights[:, :52] = chance.uniform(0, 0.5, (12, 52))
    weights[:, ARKIT.indices(("headYaw", "headPitch", "headRoll"))] = chance.normal(0, 0.2, (12, 3))
    return Animation(ARKIT, weights, 30)
