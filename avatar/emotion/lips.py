"""Lips that keep what they say while the mouth shows an emotion.

An emotion moves the corners and the lips; speech decides how far the lips are apart. For each frame the opening with
emotion is a function of the opening without, which is the identity where the lips are closed:

    opening' = opening + (gain - 1) max(opening - 1 mm, 0)

What the emotion's shapes do to the opening beyond that is taken back by the jaw and by `mouthClose`. Lips that are held
at each other or at the teeth also keep out of the emotion what would part or bend them. Where the mouth rests, and only
there, the emotion has the lips to itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.articulation.mouth import Mouth
from avatar.articulation.response import LipResponse
from avatar.controls import ControlSpace
from avatar.easing import minimum_jerk

Floats = NDArray[np.float64]

CLOSED = 1.0
"""Opening in mm under which emotion changes nothing of it."""

_HELD = (0.5, 4.0)  # mm: lips hold each other fully, and not at all
_TEETH = (2.0, 4.4)  # mm from lower lip to upper teeth: bite, and none
_RESTING = (0.05, 0.5)  # sum of the mouth's weights: at rest, and speaking
_ROUNDED = 0.6  # sum of pucker and funnel of lips that are fully rounded
_PASSES = 3

_WIDENING = ("mouthSmile", "mouthStretch", "mouthDimple", "mouthPress")
_PARTING = ("mouthUpperUp", "mouthLowerDown", "mouthShrugUpper")
_PRESSING = ("mouthPress", "mouthRoll", "mouthShrugLower")
_ROUNDING = ("mouthPucker", "mouthFunnel")


def _columns(space: ControlSpace, stems: tuple[str, ...]) -> NDArray[np.int64]:
    return np.array([index for index, name in enumerate(space.names) if name.startswith(stems)], np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """Some coordinates of the lips and what the controls add to them: sums of products, frame by frame.

    Args:
        rest: [P] mm.
        columns: [K] of the controls that move them.
        shifts: [K, P] mm at weight 1.
    """

    rest: Floats
    columns: NDArray[np.int64]
    shifts: Floats

    @classmethod
    def of(cls, mouth: Mouth, place: str, axes: tuple[int, ...] = (1,)) -> "Spot":
        """Coordinates of one of a mouth's places; points come first, axes last."""
        rows = mouth.places[place]
        shifts = mouth.shapes[:, rows][:, :, list(axes)].reshape(len(mouth.shapes), -1)
        columns = np.flatnonzero(np.abs(shifts).max(1) > 1e-6)
        return cls(mouth.rest[rows][:, list(axes)].reshape(-1), columns, shifts[columns])

    def at(self, weights: Floats) -> Floats:
        """Coordinates [T, P] for controls [T, C]."""
        moved = np.tile(self.rest, (len(weights), 1))
        for column, shift in zip(self.columns, self.shifts, strict=True):
            moved += weights[:, column, None] * shift  # no matrix product: its bits depend on how many frames there are
        return moved


@dataclass(frozen=True, slots=True, eq=False)
class Lips:
    """The lips of a rig, measured once.

    Args:
        response: of the rig.
        upper, lower: heights of the middles of the inner lips.
        rim: the lower lip's rim.
        teeth: [N, 3] the upper teeth's edge; none on a rig without.
    """

    response: LipResponse
    upper: Spot
    lower: Spot
    rim: Spot
    teeth: Floats

    @classmethod
    def of(cls, response: LipResponse) -> "Lips":
        """Take the points from a measured rig."""
        mouth = response.mouth
        teeth = mouth.rest[mouth.places["teeth"]] if "teeth" in mouth.places else np.zeros((0, 3))
        spots = (Spot.of(mouth, "upper"), Spot.of(mouth, "lower"), Spot.of(mouth, "rim", (0, 1, 2)))
        return cls(response, *spots, teeth)

    def opening(self, weights: Floats) -> Floats:
        """Signed opening [T] in mm beyond that at rest, see `Mouth.opening`."""
        rest = self.upper.rest.min() - self.lower.rest.max()
        return np.asarray(self.upper.at(weights).min(1) - self.lower.at(weights).max(1) - rest)

    def resting(self, speech: NDArray[np.floating]) -> Floats:
        """How much the mouth of speech [T, C] is at rest, 0..1."""
        mouth = speech[:, _columns(self.response.space, ("mouth", "jaw"))].astype(np.float64)
        return 1.0 - _way(mouth.sum(1), _RESTING)

    def express(self, speech: Floats, emotion: Floats, *, rest: Floats, gain: Floats) -> Floats:
        """Put an emotion on a speaking mouth.

        Args:
            speech: [T, C] weights without emotion.
            emotion: [T, C] weights of the emotion alone.
            rest: [T] 0 (speaks) .. 1 (has the lips to itself).
            gain: [T] by which wide mouths open wider.

        Returns:
            [T, C] weights 0..1.
        """
        opening = self.opening(speech)
        talk = 1.0 - rest
        bite = talk * self._bite(speech)
        fitted = self._fit(speech, emotion, opening, talk)
        weights = speech + fitted - speech * fitted
        self._free_the_teeth(weights, fitted, bite)
        # Alone, an emotion's lips are as far apart as its shapes have them, but never inside each other.
        alone = np.maximum(self.opening(weights), opening)
        wanted = opening + (gain - 1.0) * np.maximum(opening - CLOSED * self.response.size, 0.0)
        self._finish(weights, rest * alone + talk * wanted, bite)
        return weights

    def _fit(self, speech: Floats, emotion: Floats, opening: Floats, talk: Floats) -> Floats:
        """The emotion without what speech needs otherwise [T, C]."""
        space, size = self.response.space, self.response.size
        free = _way(opening / size, _HELD)
        rounded = np.minimum(speech[:, _columns(space, _ROUNDING)].sum(1) / _ROUNDED, 1.0)
        fitted = emotion.copy()
        # Corners follow the emotion, not each sound: where they gave way to every contact, they would twitch.
        fitted[:, _columns(space, _WIDENING)] *= (1.0 - 0.4 * talk * rounded)[:, None]
        fitted[:, _columns(space, _PARTING)] *= (1.0 - talk * (1.0 - free))[:, None]
        fitted[:, _columns(space, _PRESSING)] *= (1.0 - 0.7 * talk * free)[:, None]
        fitted[:, _columns(space, ("jaw",))] *= (1.0 - talk)[:, None]
        return fitted

    def _bite(self, speech: Floats) -> Floats:
        """How much the lower lip of speech is at the upper teeth [T], 0..1."""
        if not len(self.teeth):
            return np.zeros(len(speech))
        rim = self.rim.at(speech).reshape(len(speech), -1, 3)
        apart = np.sqrt(np.square(rim[:, :, None] - self.teeth).sum(-1).min((1, 2)))
        return 1.0 - _way(apart / self.response.size, _TEETH)

    def _free_the_teeth(self, weights: Floats, fitted: Floats, bite: Floats) -> None:
        """Where the lower lip bites, take back by how much the emotion raises it: half by the lip, half by the jaw."""
        lower_lip, space = self.response.lower_lip, self.response.space
        raised = np.zeros(len(fitted))
        for column in np.flatnonzero(lower_lip):
            raised += fitted[:, column] * lower_lip[column]
        for columns in (_columns(space, ("mouthLowerDown",)), _columns(space, ("jawOpen",))):
            if len(columns):
                weights[:, columns] += (0.5 * bite * raised / -lower_lip[columns].sum())[:, None].clip(min=0)
        np.clip(weights, 0.0, 1.0, out=weights)

    def _finish(self, weights: Floats, wanted: Floats, bite: Floats) -> None:
        """Make the opening exact: by the upper lip over a bite, else by the jaw, and what is left by `mouthClose`."""
        space, slopes = self.response.space, self.response.opening
        jaw, close = space.index("jawOpen"), space.index("mouthClose")
        raise_lip = _columns(space, ("mouthUpperUp",))
        lift = slopes[raise_lip].sum()
        # Jaws give way by half at most, and not at all under lips that touch, where the jaw is not what opens them.
        floor = weights[:, jaw] * (1.0 - 0.5 * _way(wanted / self.response.size, _HELD))
        for _ in range(_PASSES):
            missing = wanted - self.opening(weights)
            if lift > 0:
                lifted = weights[:, raise_lip] + (bite * missing / lift)[:, None]
                weights[:, raise_lip] = np.clip(lifted, 0.0, 1.0)
                missing = missing * (1.0 - bite)
            opens, closes = np.maximum(missing, 0.0), np.minimum(missing, 0.0)
            opens = _move(weights[:, close], opens, slopes[close])
            _move(weights[:, jaw], opens, slopes[jaw])
            closes = _move(weights[:, jaw], closes, slopes[jaw], least=np.minimum(floor, weights[:, jaw]))
            _move(weights[:, close], closes, slopes[close])


def _move(curve: Floats, missing: Floats, slope: float, *, least: Floats | float = 0.0) -> Floats:
    """Move a curve [T] in place so that it opens the lips by what is missing in mm; return what is missing then."""
    moved = np.clip(curve + missing / slope, least, 1.0)
    left = missing - (moved - curve) * slope
    curve[:] = moved
    return left


def _way(value: Floats, limits: tuple[float, float]) -> Floats:
    """0 at the one limit, 1 at the other, smooth between."""
    return minimum_jerk((value - limits[0]) / (limits[1] - limits[0]))
