"""All measures of a recording's mouth motion in one place, and of many recordings together."""

from collections.abc import Sequence
from dataclasses import dataclass

from numpy.typing import ArrayLike

from avatar.articulation.phones import Phone
from avatar.evaluation.average import Average, Pooled
from avatar.evaluation.contacts import Demands, demands
from avatar.evaluation.correlation import agreement
from avatar.evaluation.motion import MouthMotion
from avatar.evaluation.smoothness import jitter
from avatar.evaluation.surface import SurfaceErrors

_NONE = Average()


@dataclass(frozen=True, slots=True)
class Likeness(Pooled):
    """How much curves resemble their references, averaged over recordings.

    Args:
        r0: Pearson correlation at no lag.
        r: at the best lag within +-80 ms.
        lag: that lag in seconds; above 0 the curve is late.
    """

    r0: Average = _NONE
    r: Average = _NONE
    lag: Average = _NONE

    @classmethod
    def between(cls, curve: ArrayLike, reference: ArrayLike, *, fps: float) -> "Likeness":
        """Of one recording; see `agreement`."""
        found = agreement(curve, reference, fps=fps)
        return cls(Average.of([found.r0]), Average.of([found.r]), Average.of([found.lag]))


_UNLIKE = Likeness()


@dataclass(frozen=True, slots=True)
class Judgement(Pooled):
    """Every measure of mouth motion.

    Args:
        opening: likeness of the mouth's opening to the reference.
        width: of its width.
        protrusion: of the lips' protrusion.
        demands: how far the phones' demands were met.
        jitter: mean absolute third difference of the opening at 60 fps, in mm a frame^3.
        reference_jitter: the same of the reference.
        surface: vertex errors against the reference.
    """

    opening: Likeness = _UNLIKE
    width: Likeness = _UNLIKE
    protrusion: Likeness = _UNLIKE
    demands: Demands = Demands()  # noqa: RUF009  # frozen
    jitter: Average = _NONE
    reference_jitter: Average = _NONE
    surface: SurfaceErrors = SurfaceErrors()  # noqa: RUF009  # frozen


def judge(motion: MouthMotion, phones: Sequence[Phone], reference: MouthMotion | None = None) -> Judgement:
    """Measure one recording.

    Args:
        motion: the mouth to judge.
        phones: what was said when; empty leaves the demands out.
        reference: the mouth as it should move, at the same frame rate; None leaves likeness out.

    Raises:
        ValueError: motion and reference differ in frame rate.
    """
    if reference is not None and reference.fps != motion.fps:
        raise ValueError(
            f"motion and reference must have one frame rate, got {motion.fps} and {reference.fps}; resample one first"
        )

    def likeness(name: str) -> Likeness:
        if reference is None:
            return _UNLIKE
        return Likeness.between(getattr(motion, name), getattr(reference, name), fps=motion.fps)

    return Judgement(
        likeness("opening"),
        likeness("width"),
        likeness("protrusion"),
        demands(motion, phones),
        jitter(motion.opening, fps=motion.fps),
        _NONE if reference is None else jitter(reference.opening, fps=reference.fps),
    )
