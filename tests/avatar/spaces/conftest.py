"""What the tests of the control spaces share."""

from collections.abc import Callable

import numpy as np
import pytest

from avatar import ARKIT, Animation
from avatar.controls import ARKIT_SHAPES


@pytest.fixture(scope="session")
def random_faces() -> Callable[[int], Animation]:
    """Faces with about a third of the shapes at work, and turning head and eyes."""

    def make(frames: int) -> Animation:
        chance = np.random.default_rng(frames)
        weights = chance.uniform(-0.3, 0.3, (frames, len(ARKIT)))
        at_work = chance.random((frames, len(ARKIT_SHAPES))) < 0.35
        weights[:, : len(ARKIT_SHAPES)] = chance.random(at_work.shape) * at_work
        return Animation(ARKIT, weights, 60)

    return make
