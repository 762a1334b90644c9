"""What is measured of a head's vertices, whatever rig they belong to: the mouth, and masks of the surface."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from avatar.articulation.mouth import mouth_places
from avatar.evaluation.motion import MouthMotion
from avatar.rigs.pose import Head
from avatar.rigs.rig import Rig
from avatar.rigs.rig_function import RigFunction
from avatar.rigs.rigid import rigid_motion

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

_NO_SKIN = ("left_eye_socket", "right_eye_socket", "mouth_cavity", "hair", "lashes")


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """Some vertices under a name that a table can print.

    Args:
        name: what they are.
        vertices: indices [N].
    """

    name: str
    vertices: Indices

    def __str__(self) -> str:
        return f"{self.name}, {len(self.vertices)} vertices"


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """Where a rig's mouth is, which of its vertices hold still, and its masks.

    Args:
        rest: the neutral head [V, 3] in mm.
        places: vertices of parts of the mouth, as `avatar.articulation.mouth.mouth_places` finds them.
        skull: vertices that only the whole head moves.
        lips: mask of the lip errors; None where the rig does not know its lips.
        upper_face: mask of the upper face; None where the rig does not know its eyes.
    """

    rest: Array
    places: dict[str, Indices]
    skull: Indices
    lips: Mask | None
    upper_face: Mask | None

    @classmethod
    def of(cls, rig: Rig) -> "Face":
        """Find everything on a rig at neutral identity."""
        with torch.no_grad():
            rest = 1000.0 * rig.neutral()[0].detach().cpu().double().numpy()
        skull = Head(RigFunction(rig)).skull
        regions = {name: rows.detach().cpu().numpy().astype(np.int64) for name, rows in rig.regions.items()}
        lips = _lips(regions)
        upper = _upper_face(rest, rig, regions)
        return cls(
            rest,
            mouth_places(rig, rest),
            skull,
            None if lips is None else Mask("lips of the rig", lips),
            None if upper is None else Mask("skin from the lower lids up, in front of the eyes' centres", upper),
        )

    def held(self, vertices: ArrayLike, neutral: Array | None = None) -> Array:
        """Vertices as if the head had not moved as a whole.

        Args:
            vertices: [B, V, 3] in mm.
            neutral: the same person at rest [V, 3] in mm; the rig's when left out.

        Returns:
            [B, V, 3], rotated and shifted so that the skull lies where it does at rest.

        Source:
            Kabsch (1976). A solution for the best rotation to relate two sets of vectors.
        """
        points = np.asarray(vertices, np.float64)
        rest = self.rest if neutral is None else neutral
        rotation, shift = rigid_motion(points[:, self.skull], rest[self.skull])
        return (points - shift[:, None]) @ rotation

    def motion(self, pieces: Iterable[Array], *, fps: float, neutral: Array | None = None) -> MouthMotion:
        """The mouth's motion.

        Args:
            pieces: vertices [B, V, 3] in mm with the head held still, one after the other.
            fps: frames a second.
            neutral: the same person at rest [V, 3] in mm; the rig's when left out.

        Returns:
            The motion; the distance to the teeth is NaN where the rig has none.
        """
        rest = (self.rest if neutral is None else neutral)[None]
        measured = [self._measure(piece) for piece in pieces] or [self._measure(rest[:0])]
        found = {name: np.concatenate([piece[name] for piece in measured]) for name in measured[0]}
        still = self._measure(rest)
        return MouthMotion(
            np.maximum(found["gap"] - still["gap"], 0.0),
            found["width"],
            found["front"] - still["front"],
            found["teeth"],
            fps,
        )

    def _measure(self, vertices: Array) -> dict[str, Array]:
        upper, lower, corners, front, rim = (
            vertices[:, self.places[name]] for name in ("upper", "lower", "corners", "front", "rim")
        )
        teeth = np.full(len(vertices), np.nan)
        if "teeth" in self.places:
            between = rim[:, :, None] - vertices[:, None, self.places["teeth"]]
            teeth = np.linalg.norm(between, axis=-1).min((1, 2))
        return {
            "gap": upper[..., 1].min(1) - lower[..., 1].max(1),
            "width": np.linalg.norm(corners[:, 0] - corners[:, 1], axis=-1),
            "front": front[..., 2].mean(1),
            "teeth": teeth,
        }


def _lips(regions: Mapping[str, Indices]) -> Indices | None:
    named = [regions[name] for name in ("lips", "upper_lip", "lower_lip") if name in regions]
    return np.unique(np.concatenate(named)) if named else None


def _upper_face(rest: Array, rig: Rig, regions: Mapping[str, Indices]) -> Indices | None:
    """Skin above the eyeballs' lower edge and in front of their centres."""
    balls = [rest[regions[name]] for name in ("left_eye", "right_eye") if name in regions]
    if not balls:
        return None
    low = np.mean([ball[:, 1].min() for ball in balls])
    depth = np.mean([0.5 * (ball[:, 2].min() + ball[:, 2].max()) for ball in balls])
    above = (rest[:, 1] > low) & (rest[:, 2] > depth)
    for name in ("left_eye", "right_eye", *_NO_SKIN):
        above[regions.get(name, np.zeros(0, np.int64))] = False
    if "skin" in regions:
        skin = np.zeros(len(rest), bool)
        skin[regions["skin"]] = True
        above &= skin
    found = np.flatnonzero(above)
    return found if len(found) else None
