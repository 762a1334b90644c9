"""What is seen where the mesh is not."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from avatar.renderers.colour import Colour, decode, encode, hex_colour


@dataclass(frozen=True)
class Background:
    """A vertical run from one colour to another, or nothing.

    Attributes:
        top: linear RGB of the first row.
        bottom: linear RGB of the last row.
        opaque: whether it is seen; otherwise pixels without mesh have alpha 0.
    """

    top: Colour
    bottom: Colour
    opaque: bool = True

    @classmethod
    def plain(cls, colour: Colour) -> "Background":
        """Return one linear RGB colour everywhere."""
        return cls(colour, colour)

    def rows(self, height: int) -> npt.NDArray[np.float64]:
        """Return [height, 4] linear RGB and alpha; the steps are even to the eye (in sRGB)."""
        rows = np.zeros((height, 4))
        if self.opaque:
            share = (np.arange(height)[:, None] + 0.5) / height
            rows[:, :3] = decode(encode(self.top) * (1.0 - share) + encode(self.bottom) * share)
            rows[:, 3] = 1.0
        return rows


TRANSPARENT = Background((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), opaque=False)
STUDIO = Background(hex_colour("#3a4450"), hex_colour("#171b21"))
