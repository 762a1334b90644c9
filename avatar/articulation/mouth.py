"""The few points of a head that speech is about, and how its shapes move them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from avatar.controls import ARKIT_SHAPES, ControlSpace
from avatar.rigs import BuiltInHead
from avatar.rigs.mouth import MouthMeasures, measure
from avatar.rigs.rig import Rig
from avatar.threads import one_thread

Array = NDArray[np.float64]

_MEASURED = ("upper_lip_middle", "lower_lip_middle", "upper_lip_front", "lower_lip_rim", "upper_teeth_edge")
_SPEAKING = ("jaw", "mouth", "tongue")
_JAW, _STEP = 0.3, 0.05  # a slightly opened mouth, where nothing touches, and a small step of each shape from it
_NEAR = 1.5  # mm from the foremost or lowest vertex that belong to it


def measure_poses(weights: Tensor, rig: BuiltInHead) -> MouthMeasures[Tensor]:
    """Measure the mouth at neutral identity, as `measure(rig(weights), rig)` does, without the rest of the head.

    The mouth is linear in the shapes, and the measures do not depend on where head and eyes turn.

    Args:
        weights: [B, 61] in the rig's control space.
        rig: the head to measure on.
    """
    points = torch.cat([*(rig.regions[name] for name in _MEASURED), torch.tensor(rig.mouth_corners)])
    points = torch.unique(points)
    with torch.no_grad():
        vertices = rig.rest.repeat(len(weights), 1, 1)
        shapes = rig.shapes.reshape(len(rig.shapes), -1, 3)[:, points]
        vertices[:, points] += torch.tensordot(weights[:, : len(ARKIT_SHAPES)].float(), shapes, 1)
        return measure(vertices, rig)


@dataclass(frozen=True, slots=True, eq=False)
class Mouth:
    """Points of a resting mouth in mm, and what each control at 1 adds to them.

    Args:
        space: the rig's controls.
        rest: [P, 3].
        shapes: [C, P, 3].
        places: which points belong to "upper", "lower" (the inner lips' middles), "corners" (left, right), "front"
            (of the upper lip), "rim" (of the lower lip); and, where the rig has them, "teeth" (the upper front
            teeth's edge) and "tongue" (its tip).
    """

    space: ControlSpace
    rest: Array
    shapes: Array
    places: dict[str, NDArray[np.int64]]

    @classmethod
    def of(cls, rig: Rig) -> "Mouth":
        """Take the points from a rig, at neutral identity; rigs that are not linear are taken near a small opening.

        Raises:
            ValueError: the rig has no shape "jawOpen" or "mouthClose".
        """
        space = rig.space
        missing = [name for name in ("jawOpen", "mouthClose") if name not in space]
        if missing:
            raise ValueError(
                f"rig must have the ARKit mouth shapes, got {space.name} without {', '.join(missing)}; "
                "bring it to ARKit with avatar rig import, or teach the built-in head and retarget"
            )
        with torch.no_grad():
            rest = 1000.0 * rig.neutral()[0].detach().cpu().double().numpy()
        named = mouth_places(rig, rest)
        points = np.unique(np.concatenate(list(named.values())))
        shapes = np.zeros((len(space), len(points), 3))
        columns = [space.index(name) for name in space.names if name.startswith(_SPEAKING)]
        poses = np.tile(space.neutral, (len(columns) + 1, 1)).astype(np.float32)
        poses[:, space.index("jawOpen")] = _JAW
        poses[np.arange(len(columns)), columns] += _STEP
        with one_thread(), torch.no_grad():
            moved = 1000.0 * rig(torch.from_numpy(poses))[:, points].detach().cpu().double().numpy()
        shapes[columns] = (moved[:-1] - moved[-1]) / _STEP
        places = {name: np.searchsorted(points, rows) for name, rows in named.items()}
        return cls(space, rest[points], shapes, places)

    @property
    def width(self) -> float:
        """Distance of the corners at rest in mm."""
        left, right = self.rest[self.places["corners"]]
        return float(np.linalg.norm(left - right))

    def mean_shift(self, place: str, axis: int) -> Array:
        """What each control at 1 adds to a place's mean coordinate [C], mm."""
        return np.asarray(self.shapes[:, self.places[place], axis].mean(1))

    def opening(self, weights: Array) -> Array:
        """Signed opening [N] in mm beyond that at rest, for controls [N, C]."""
        return self._gap(self._at("upper", weights), self._at("lower", weights)) - float(
            self._gap(self.rest[self.places["upper"]], self.rest[self.places["lower"]])
        )

    def opening_slopes(self) -> Array:
        """Signed opening in mm that each control adds per unit [C], at a slightly opened mouth."""
        base = np.asarray(self.space.neutral, np.float64).copy()
        base[self.space.index("jawOpen")] = _JAW
        opening = self.opening(np.vstack([base, base + _STEP * np.eye(len(base))]))
        return np.asarray((opening[1:] - opening[0]) / _STEP)

    def lip_to_teeth(self, weights: Array) -> Array:
        """Distance [N] in mm of the lower lip's rim from the upper teeth's edge, for controls [N, C]."""
        between = self._at("rim", weights)[:, :, None] - self._at("teeth", weights)[:, None]
        return np.asarray(np.sqrt(np.square(between).sum(-1).min((1, 2))))

    def _at(self, place: str, weights: Array) -> Array:
        rows = self.places[place]
        moved = weights @ self.shapes[:, rows].reshape(len(self.shapes), -1)
        return np.asarray(self.rest[rows] + moved.reshape(len(weights), -1, 3))

    @staticmethod
    def _gap(upper: Array, lower: Array) -> Array:
        return np.asarray(upper[..., 1].min(-1) - lower[..., 1].max(-1))


def mouth_places(rig: Rig, rest: Array) -> dict[str, NDArray[np.int64]]:
    """Vertex indices of each place of `Mouth`, as well as the regions of a rig tell; rest is [V, 3] mm."""
    regions = {name: rows.detach().cpu().numpy() for name, rows in rig.regions.items()}
    upper, lower = (np.array([point]) for point in rig.inner_lip)
    middle, width = rest[upper[0], 0], np.ptp(rest[list(rig.mouth_corners), 0])

    def first(*candidates: NDArray[np.int64] | None) -> NDArray[np.int64]:
        return next(rows for rows in candidates if rows is not None and len(rows))

    def extreme(name: str, way: Sequence[float], share: float) -> NDArray[np.int64] | None:
        """Vertices of a region, near the middle, that lie furthest along a way."""
        if name not in regions:
            return None
        rows = regions[name][np.abs(rest[regions[name], 0] - middle) < share * width]
        if not len(rows):
            return None
        along = rest[rows] @ np.asarray(way)
        return np.asarray(rows[along > along.max() - _NEAR])

    places = {
        "upper": first(regions.get("upper_lip_middle"), upper),
        "lower": first(regions.get("lower_lip_middle"), lower),
        "corners": np.array(rig.mouth_corners),
        "front": first(regions.get("upper_lip_front"), extreme("upper_lip", (0, 0, 1), 0.1), upper),
        "rim": first(regions.get("lower_lip_rim"), lower),
    }
    teeth = regions.get("upper_teeth_edge")
    teeth = extreme("upper_teeth", (0, -1, 1), 0.25) if teeth is None else teeth
    tongue = extreme("tongue", (0, 0, 1), 0.25)
    return places | {name: rows for name, rows in (("teeth", teeth), ("tongue", tongue)) if rows is not None}
