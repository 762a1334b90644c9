"""How one person shows emotions: a small vector that can be drawn, saved, or found in a recording."""

import json
import os
from dataclasses import dataclass, fields, replace
from operator import index
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatar.animation import Animation
from avatar.behaviour import Behaviour
from avatar.controls import ControlSpace
from avatar.emotion.action_units import ACTION_UNITS, unit_shapes
from avatar.emotion.prototypes import prototype_table, shares
from avatar.emotion.track import EmotionTrack
from avatar.files import replacing

REGIONS = ("brows", "eyes", "mouth")
_SPREAD = 0.18  # standard deviation of a region's size, as a logarithm
_HABIT = 0.15  # of a unit's that everybody uses
_OPTIONAL = 0.35  # more of a unit's that nobody else uses
_LEAN = 0.08  # of the asymmetry; posed smiles differ by about so much between sides (Ekman, Hager and Friesen 1981)
_MOST = 2.5


@dataclass(frozen=True)
class ExpressionStyle:
    """How wide, how asymmetric, how much brow; the average person by default.

    Args:
        brows: size 0..2.5 of what the brows do, in parts of the average's.
        eyes: of what lids and cheeks do.
        mouth: of what nose and mouth do.
        asymmetry: -1..1: the left side moves (1 + asymmetry) times as far, the right one (1 - asymmetry) times.
        habits: size 0..2.5 of each action unit [A] beside its region's, in the order of `ACTION_UNITS`; none is 1 for
            all.

    Raises:
        ValueError: a number out of range, or habits of another length.
    """

    brows: float = 1.0
    eyes: float = 1.0
    mouth: float = 1.0
    asymmetry: float = 0.0
    habits: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        for name in REGIONS:
            if not 0.0 <= getattr(self, name) <= _MOST:
                raise ValueError(f"{name} must be within 0..{_MOST:g}, got {getattr(self, name)}")
        if not -1.0 <= self.asymmetry <= 1.0:
            raise ValueError(f"asymmetry must be within -1..1, got {self.asymmetry}")
        habits = tuple(map(float, self.habits))
        if len(habits) not in (0, len(ACTION_UNITS)) or not all(0.0 <= habit <= _MOST for habit in habits):
            raise ValueError(
                f"habits must be {len(ACTION_UNITS)} numbers within 0..{_MOST:g} or none, got {self.habits}"
            )
        object.__setattr__(self, "habits", habits)

    @classmethod
    def of(cls, asked: "ExpressionStyle | int") -> "ExpressionStyle":
        """A style from whatever a user asks with: a style, or the seed of one.

        Raises:
            TypeError: it is neither.
            ValueError: the seed is negative.
        """
        if isinstance(asked, ExpressionStyle):
            return asked
        try:
            return cls.sample(index(asked))
        except TypeError:
            raise TypeError(
                f"style must be an ExpressionStyle, or a whole number that draws one, got {asked!r:.60}; "
                "ExpressionStyle.load reads files"
            ) from None

    @classmethod
    def sample(cls, seed: int) -> "ExpressionStyle":
        """Draw a person: the same seed, the same one.

        Units that fewer people use (`prototypes.shares`) differ more from person to person.

        Raises:
            ValueError: the seed is negative.
        """
        if seed < 0:
            raise ValueError(f"seed of a style must be 0 or more, got {seed}")
        drawn = (
            np.random.default_rng([seed, *b"style"]).standard_normal(len(REGIONS) + 1 + len(ACTION_UNITS)).clip(-2, 2)
        )
        brows, eyes, mouth = np.exp(_SPREAD * drawn[:3])
        spread = _HABIT + _OPTIONAL * (1.0 - shares())
        habits = np.exp(spread * drawn[4:]).clip(0.0, _MOST)
        return cls(float(brows), float(eyes), float(mouth), _LEAN * float(drawn[3]), tuple(habits.tolist()))

    @classmethod
    def estimate(cls, clip: Animation, track: EmotionTrack, *, neutral: Animation | None = None) -> "ExpressionStyle":
        """Find the regions' sizes and the asymmetry with which a clip shows emotions that are known.

        Least squares over frames and shapes between the clip and what a person of these sizes shows; habits are not
        looked for. Regions that the track does not move stay the average's. Where shapes are at their ends, no more is
        known than that. Syllables make brows and eyes of a speaking face up to a quarter larger, and speech makes lips
        that part or press smaller.

        Args:
            clip: in ARKit.
            track: what the person showed, when; not neutral all the time.
            neutral: the same speech without emotion, as long as the clip; without it speech counts as noise, which
                does little to brows and eyes but biases the mouth.

        Raises:
            ValueError: the clips differ in length or controls, or the track asks for nothing.
        """
        from scipy.optimize import least_squares

        if neutral is not None and (neutral.space != clip.space or neutral.weights.shape != clip.weights.shape):
            raise ValueError(
                f"neutral must have the clip's controls and its {len(clip)} frames, "
                f"got {neutral.space.name} with {len(neutral)}"
            )
        contractions = np.tensordot(track.at(clip.times), prototype_table(), 1)
        if not contractions.any():
            raise ValueError("track must ask for an emotion within the clip, got neutral all the time")
        before = np.zeros(clip.weights.shape) if neutral is None else neutral.weights.astype(np.float64)
        after = clip.weights.astype(np.float64)
        table = _fitted_shapes(clip.space)
        columns = np.flatnonzero(table.any((0, 1)))

        def missing(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
            units = np.clip(contractions * cls(*numbers.tolist()).sizes(), 0.0, 1.0)
            shown = np.clip(np.tensordot(units, table[:, :, columns], 2), 0.0, 1.0)
            return np.ravel(before[:, columns] + shown * (1.0 - before[:, columns]) - after[:, columns])

        least, most = [0.0, 0.0, 0.0, -1.0], [_MOST, _MOST, _MOST, 1.0]
        found = least_squares(missing, [1.0, 1.0, 1.0, 0.0], bounds=(least, most)).x
        return cls(*np.clip(found, least, most).tolist())

    def sizes(self) -> NDArray[np.float64]:
        """How much of the average's contraction each unit's left and right side get [A, 2]."""
        regions = np.array([getattr(self, unit.region) for unit in ACTION_UNITS.values()])
        habits = np.array(self.habits) if self.habits else np.ones(len(regions))
        return np.asarray((regions * habits)[:, None] * np.array([1.0 + self.asymmetry, 1.0 - self.asymmetry]))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it as JSON."""
        with replacing(path) as temporary:
            document = {field.name: getattr(self, field.name) for field in fields(self)}
            temporary.write_text(json.dumps(document, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "ExpressionStyle":
        """Read what `save` wrote.

        Raises:
            OSError: there is no such file, or it may not be read.
            ValueError: it is no style.
        """
        try:
            document = json.loads(Path(path).read_text(encoding="utf-8"))
            return replace(cls(), **document)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{path} is no expression style: {error}") from error


def in_style(behaviour: Behaviour, style: ExpressionStyle) -> Behaviour:
    """The same behaviour with brows that rise in speech as far as the person's inner brows do in emotions."""
    if behaviour.brows is None:
        return behaviour
    size = float(style.sizes()[list(ACTION_UNITS).index(1)].mean())
    return replace(behaviour, brows=replace(behaviour.brows, size=behaviour.brows.size * size))


def _fitted_shapes(space: ControlSpace) -> NDArray[np.float64]:
    """`unit_shapes` without what has no sides on mouth and jaw: where speech is, that is speech's."""
    table = unit_shapes(space)
    middle = (table[:, 0] * table[:, 1]).any(0)
    spoken = np.array([name.startswith(("mouth", "jaw")) for name in space.names])
    return table * ~(middle & spoken)
