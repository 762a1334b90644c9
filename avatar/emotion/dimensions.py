"""Valence, arousal and dominance: emotions as places in a space, and back.

Mehrabian and Russell's three factors: Russell and Mehrabian (1977), "Evidence for a three-factor theory of emotions",
had emotion words rated on them; Russell (1980), "A circumplex model of affect", arranges them around the first two.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from avatar.emotion.emotions import EMOTIONS, mixture

DIMENSIONS = ("valence", "arousal", "dominance")

PLACES: Mapping[str, tuple[float, float, float]] = {
    "happy": (0.81, 0.51, 0.46),
    "sad": (-0.63, -0.27, -0.33),
    "angry": (-0.51, 0.59, 0.25),
    "surprised": (0.40, 0.67, -0.13),
    "afraid": (-0.64, 0.60, -0.43),
    "disgusted": (-0.60, 0.35, 0.11),
    "contempt": (-0.40, 0.05, 0.45),
    "calm": (0.60, -0.50, 0.10),
}
"""Mean ratings -1..1 of each at full intensity, after Russell and Mehrabian (1977). Contempt and calm are ours: their
words for them lie about there, apart enough from the other emotions to be found again."""

_SPARSE = 1e-3  # cost of the intensities' sum: the weakest mixture among those that lie equally near
_WHOLE = 30.0  # importance of intensities and what is left neutral adding up to 1


def place_table() -> NDArray[np.float64]:
    """`PLACES` as [E, 3], in the order of `EMOTIONS`."""
    return np.array([PLACES[name] for name in EMOTIONS])


def to_dimensions(values: Mapping[str, float]) -> tuple[float, float, float]:
    """Where a mixture lies: its emotions' places by their intensities, averaged where these add up to more than 1.

    Args:
        values: intensities 0..1 by emotion.

    Returns:
        valence, arousal, dominance, -1..1.

    Raises:
        ValueError: an unknown emotion, or an intensity outside 0..1.
    """
    known = mixture(values)
    share = max(sum(known.values()), 1.0)
    place = sum((value / share * np.array(PLACES[name]) for name, value in known.items()), np.zeros(3))
    return float(place[0]), float(place[1]), float(place[2])


def from_dimensions(place: ArrayLike) -> dict[str, float]:
    """The weakest mixture that lies at a place, or nearest to it.

    Intensities add up to at most 1, so that places beyond what the emotions span give a mixture on their border.

    Args:
        place: [3] valence, arousal, dominance, -1..1.

    Raises:
        ValueError: not three numbers within -1..1.

    Example:
        >>> list(from_dimensions((-0.63, -0.27, -0.33)))
        ['sad']
    """
    from scipy.optimize import nnls

    target = np.asarray(place, np.float64)
    if target.shape != (3,) or not (np.abs(target) <= 1.0).all():
        raise ValueError(f"valence, arousal and dominance must be three numbers within -1..1, got {target.tolist()}")
    count = len(EMOTIONS)
    rows = np.zeros((5, count + 1))
    rows[:3, :count] = place_table().T
    rows[3, :] = _WHOLE
    rows[4, :count] = _SPARSE
    solution, _ = nnls(rows, np.array([*target, _WHOLE, 0.0]))
    return {
        name: min(float(value), 1.0) for name, value in zip(EMOTIONS, solution[:count], strict=True) if value > 0.01
    }
