"""How a picture too large for memory is drawn: band after band, remembering some rows around each."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from avatar.renderers.visibility import SUBPIXELS

MOST_SAMPLES = 2**23
"""Pictures of more samples than this (100 MB while they are drawn) are drawn in bands."""
BAND_SAMPLES = 2**22


@dataclass(frozen=True)
class Bands:
    """Bands of rows across a whole picture.

    Bands are as wide as the picture and differ from it by whole samples down, so that their samples see the very bits
    that those of the whole picture see.

    Attributes:
        height: of the picture, in samples.
        rows: of samples in each band but the last, a multiple of the samples of a pixel.
        ahead: how many bands before and after each are looked at while it is shaded.
    """

    height: int
    rows: int
    ahead: int = 0

    @classmethod
    def of(cls, height: int, width: int, samples: int, margin: int) -> "Bands":
        """Return the bands of a picture.

        Args:
            height: of the picture, in samples.
            width: of the picture, in samples.
            samples: down each pixel.
            margin: rows above and below a sample that its shading looks at.
        """
        if height * width <= MOST_SAMPLES:
            return cls(height, height)
        rows = min(max(BAND_SAMPLES // (width * samples), 1) * samples, height)
        return cls(height, rows, min(-(-margin // rows), -(-height // rows)))

    @property
    def count(self) -> int:
        """How many there are."""
        return -(-self.height // self.rows)

    @property
    def ring(self) -> int:
        """How many rows are remembered: those of a band and of the bands ahead of and behind it."""
        return self.rows * min(1 + 2 * self.ahead, self.count)

    def span(self, band: int) -> tuple[int, int]:
        """Return a band's first row in the picture and one past its last."""
        return band * self.rows, min((band + 1) * self.rows, self.height)

    def slot(self, band: int) -> slice:
        """Return where a band's rows are in the ring."""
        start = band * self.rows % self.ring
        first, last = self.span(band)
        return slice(start, start + last - first)

    def base(self, band: int) -> int:
        """Return the row of the picture that is row 0 of the ring while a band is shaded."""
        first = max(band - self.ahead, 0) * self.rows
        return first - first % self.ring


def moved(
    clip: npt.NDArray[np.float64], screen: npt.NDArray[np.int64], height: int, span: tuple[int, int]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Return the clip positions [V, 4] and grid positions [V, 2] of a picture's vertices within one of its bands.

    Args:
        clip: [V, 4] of the picture.
        screen: [V, 2] from `placed`.
        height: of the picture, in samples.
        span: first row of the band and one past its last.
    """
    if span == (0, height):
        return clip, screen
    first, rows = span[0], span[1] - span[0]
    inner = clip.copy()
    inner[:, 1] = (clip[:, 1] * height + clip[:, 3] * (2 * first + rows - height)) / rows
    return inner, screen - np.array([0, first * SUBPIXELS])
