"""How a face is lit, coloured and looked at."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from avatar.lipreading.appearance import Appearance


@dataclass(frozen=True)
class FaceAppearance(Appearance):
    """Light, colours and camera of one clip of a face; by default an even light from the front.

    Args:
        hair: factor on the brightness of brows, lashes and hair.
        eyes: factor on the brightness of the eyeballs.
    """

    hair: float = 1.0
    eyes: float = 1.0

    @classmethod
    def sample(cls, chance: np.random.Generator) -> Self:
        """Draw how somebody might be filmed: as `Appearance.sample` does, less noisily, with brows black to fair."""
        film = super().sample(chance)
        hair, eyes = np.exp(chance.uniform((-0.7, -0.4), (1.2, 0.1))).tolist()
        return replace(film, noise=0.5 * film.noise, hair=hair, eyes=eyes)
