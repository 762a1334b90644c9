"""How far apart two moving surfaces are, vertex by vertex: the errors that papers on speech-driven faces print."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.evaluation.average import Average, Pooled

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

_NONE = Average()


@dataclass(frozen=True, slots=True)
class SurfaceErrors(Pooled):
    """Vertex errors, pooled over frames (FDD over recordings).

    Args:
        lve: lip vertex error in mm: the largest distance among the lips' vertices of a frame, mean over frames
            (MeshTalk: Richard et al. 2021).
        lve_squared: the same of squared distances in mm^2, as FaceFormer (Fan et al. 2022), CodeTalker (Xing et al.
            2023) and their code count it.
        mve: distance in mm, mean over all vertices and frames.
        mve_largest: the largest distance among all vertices of a frame in mm, mean over frames (FaceDiffuser: Stan et
            al. 2023).
        fdd: upper-face dynamics deviation in mm: standard deviation over time of each vertex's distance from its
            neutral place, the reference's minus ours, mean over the upper face (CodeTalker). Above 0 ours moves less.
    """

    lve: Average = _NONE
    lve_squared: Average = _NONE
    mve: Average = _NONE
    mve_largest: Average = _NONE
    fdd: Average = _NONE


def surface_errors(
    ours: Iterable[Array],
    theirs: Iterable[Array],
    *,
    neutral: Array,
    reference_neutral: Array | None = None,
    lips: Indices | None = None,
    upper_face: Indices | None = None,
) -> SurfaceErrors:
    """Compare two recordings of one topology, piece by piece so that hours fit.

    Args:
        ours: vertices [B, V, 3] in mm, one piece after the other, the head held still.
        theirs: the reference, cut alike.
        neutral: our head at rest [V, 3] in mm.
        reference_neutral: the reference's head at rest; ours when left out.
        lips: vertices of the lips; None leaves LVE out.
        upper_face: vertices of the upper face; None leaves FDD out.

    Raises:
        ValueError: the pieces differ in shape.
    """
    total = SurfaceErrors()
    our_spread, their_spread = _Spread(), _Spread()
    their_rest = neutral if reference_neutral is None else reference_neutral
    for mine, other in zip(ours, theirs, strict=True):
        if mine.shape != other.shape:
            raise ValueError(
                f"vertices of both must have one shape, got {list(mine.shape)} and {list(other.shape)}; "
                "compare recordings of one length and rig"
            )
        distance = np.linalg.norm(mine - other, axis=-1)
        total += SurfaceErrors(
            mve=Average.of(distance),
            mve_largest=Average.of(distance.max(1)),
        )
        if lips is not None:
            worst = distance[:, lips].max(1)
            total += SurfaceErrors(lve=Average.of(worst), lve_squared=Average.of(worst**2))
        if upper_face is not None:
            our_spread.add(np.linalg.norm((mine - neutral)[:, upper_face], axis=-1))
            their_spread.add(np.linalg.norm((other - their_rest)[:, upper_face], axis=-1))
    if their_spread.count:
        total += SurfaceErrors(fdd=Average.of([np.mean(their_spread.deviation() - our_spread.deviation())]))
    return total


class _Spread:
    """Standard deviation over frames of values [N] that come in pieces (Chan, Golub and LeVeque 1979)."""

    def __init__(self) -> None:
        self.count = 0
        self._mean: Array = np.zeros(1)
        self._square: Array = np.zeros(1)

    def add(self, values: Array) -> None:
        """Take in [B, N]."""
        count = len(values)
        if not count:
            return
        mean = values.mean(0)
        square = np.square(values - mean).sum(0)
        apart = mean - self._mean
        whole = self.count + count
        self._square = self._square + square + apart**2 * (self.count * count / whole)
        self._mean = self._mean + apart * (count / whole)
        self.count = whole

    def deviation(self) -> Array:
        """Of all values so far [N]."""
        return np.asarray(np.sqrt(self._square / self.count))
