"""What a rig's shapes do to its mouth, measured once: what millimetres need to become curves."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from avatar.articulation.bite import Bite, find_bite
from avatar.articulation.explicit_program import ExplicitProgram
from avatar.articulation.mouth import Array, Mouth
from avatar.controls import ControlSpace
from avatar.rigs import BuiltInHead
from avatar.rigs.rig import Rig

WIDTH = 43.58
"""Mouth width in mm of the built-in head at rest: for such a mouth the millimetres of the gestures are meant."""

SYNERGIES: dict[str, dict[str, float]] = {
    "close": {"mouthClose": 1.0},
    "lower": {"mouthLowerDownLeft": 1.0, "mouthLowerDownRight": 1.0},
    "raise": {"mouthUpperUpLeft": 1.0, "mouthUpperUpRight": 1.0},
    "pucker": {"mouthPucker": 1.0},
    "funnel": {"mouthFunnel": 1.0},
    "spread": {"mouthStretchLeft": 0.6, "mouthStretchRight": 0.6, "mouthSmileLeft": 0.4, "mouthSmileRight": 0.4},
}
"""Shapes that move together as one muscle group, with their shares."""

_IMPORTANCE = np.array([1.0, 1.0, 0.5])  # of width, protrusion and lower lip
_RIDGE = 1.0  # mm^2 that a shape at 1 may cost in accuracy


@dataclass(frozen=True, slots=True, eq=False)
class LipResponse:
    """What one unit of each control does to the mouth of a rig, in mm per unit.

    Args:
        mouth: its points.
        size: mouth width at rest relative to `WIDTH`; targets are scaled by it.
        opening: [C] signed lip opening.
        width: [C] distance of the mouth's corners.
        protrusion: [C] how far the front of the upper lip goes forward.
        lower_lip: [C] how far the lower lip goes up.
        tongue_out: how far tongueOut puts the tongue's tip forward; 0 where the rig has no such shape.
        bite: how the lower lip reaches the upper teeth.
        synergies: [N, C] weights of the shapes that move together.
        program: opening, width, protrusion and lower lip to the synergies.
    """

    mouth: Mouth
    size: float
    opening: Array
    width: Array
    protrusion: Array
    lower_lip: Array
    tongue_out: float
    bite: Bite
    synergies: Array
    program: ExplicitProgram

    @classmethod
    def of(cls, rig: Rig) -> "LipResponse":
        """Measure a rig.

        Args:
            rig: any head with the ARKit mouth shapes; what it lacks besides jawOpen and mouthClose is done without.

        Raises:
            ValueError: the rig has no jawOpen or mouthClose, or they do not open and close it.
        """
        mouth = Mouth.of(rig)
        space, size = mouth.space, mouth.width / WIDTH
        opening = mouth.opening_slopes()
        corners = mouth.shapes[:, mouth.places["corners"], 0]
        width = corners[:, 0] - corners[:, 1]
        protrusion, lower_lip = mouth.mean_shift("front", 2), mouth.mean_shift("lower", 1)
        jaw, close = opening[space.index("jawOpen")], opening[space.index("mouthClose")]
        if jaw < size or close > -size:
            raise ValueError(
                "rig must open its lips with jawOpen and close them with mouthClose, got "
                f"{jaw:.1f} and {close:.1f} mm at weight 1; check its inner_lip points with avatar rig check"
            )
        synergies = np.zeros((len(SYNERGIES), len(space)))
        for row, shares in enumerate(SYNERGIES.values()):
            for name, share in shares.items():
                if name in space:
                    synergies[row, space.index(name)] = share
        rows = np.stack([width, protrusion, lower_lip]) @ synergies.T
        program = ExplicitProgram.prepare(synergies @ opening, rows, _IMPORTANCE, _RIDGE * size**2)
        tongue = 0.0
        if "tongueOut" in space and "tongue" in mouth.places:
            tongue = float(mouth.mean_shift("tongue", 2)[space.index("tongueOut")])
        bite = find_bite(mouth, size)
        return cls(mouth, size, opening, width, protrusion, lower_lip, tongue, bite, synergies, program)

    @property
    def space(self) -> ControlSpace:
        """The rig's controls."""
        return self.mouth.space

    def column(self, name: str) -> int:
        """Index of a control."""
        return self.space.index(name)


@cache
def built_in_response() -> LipResponse:
    """The response of the built-in head, measured on first use."""
    return LipResponse.of(BuiltInHead.load())
