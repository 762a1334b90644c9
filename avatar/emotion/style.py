"""How one person shows emotions: a small vector that can be drawn, saved, or found in a recording."""

import json
import os
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatar.animation import Animation
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
    def sample(cls, seed: int) -> "ExpressionStyle":
        """Draw a person: the same seed, the same one.

        Units that fewer people use (`prototypes.shares`) differ more from person to person.
        """
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

        Least squares over frames and shapes, for each region and side: clip - neutral = size * average expression.

        Args:
            clip: in ARKit.
            track: what the person showed, when; not neutral all the time.
            neutral: the same speech without emotion, as long as the clip; without it speech counts as noise, which
                does little to brows and eyes but biases the mouth.

        Raises:
            ValueError: the clips differ in length or controls, or the track asks for nothing.
        """
        shown = clip.weights.astype(np.float64)
        if neutral is not None:
            if neutral.space != clip.space or neutral.weights.shape != clip.weights.shape:
                raise ValueError(
                    f"neutral must have the clip's controls and its {len(clip)} frames, "
                    f"got {neutral.space.name} with {len(neutral)}"
                )
            shown = shown - neutral.weights
        contractions = np.tensordot(track.at(clip.times), prototype_table(), 1)
        if not contractions.any():
            raise ValueError("track must ask for an emotion within the clip, got neutral all the time")
        table = unit_shapes(clip.space)
        sided = table * (table[:, ::-1] == 0)  # shapes in the middle say nothing about sides
        found = np.ones((len(REGIONS), 2))
        for row, region in enumerate(REGIONS):
            units = [index for index, unit in enumerate(ACTION_UNITS.values()) if unit.region == region]
            for side in range(2):
                average = contractions[:, units, side] @ sided[units, side]
                if (average**2).sum() > 1e-9:
                    found[row, side] = np.clip((average * shown).sum() / (average**2).sum(), 0.0, 2.0)
        brows, eyes, mouth = found.mean(1)
        lean = (found[:, 0] - found[:, 1]).sum() / max(found.sum(), 1e-9)
        return cls(float(brows), float(eyes), float(mouth), float(lean))

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
