"""What a head of blend shapes is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from avatar.controls import ControlSpace

NO_IDENTITY = ControlSpace("no identity", ())
"""The identity space of a rig that is one person."""

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]


def _no_indices() -> Integers:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class HeadTurn:
    """How the head turns.

    Args:
        pivot: [3] metres, the point of the neck about which it turns.
        share: [V], how much of the turn each vertex takes, 0..1.
    """

    pivot: Floats
    share: Floats


@dataclass(frozen=True, eq=False)
class Eyeballs:
    """How the eyeballs turn.

    Args:
        vertices: of the left and of the right ball.
        centres: [2, 3] metres.
        angles: [C, 2, 3] yaw, pitch and roll in radians that each control at 1 gives to the left and the right ball.
    """

    vertices: tuple[Integers, Integers]
    centres: Floats
    angles: Floats


@dataclass(frozen=True, eq=False)
class RigData:
    """A neutral head and what each control adds to it: metres, +y up, facing +z.

    Args:
        space: the controls.
        rest: the neutral head [V, 3].
        shapes: [C, V, 3] what each control adds at 1, zero for those that move nothing.
        faces: triangles [F, 3], counter-clockwise from outside.
        inner_lip: mid points of the upper and the lower lip that meet when the mouth is closed.
        mouth_corners: the left and the right corner of the mouth.
        parts: names of the parts.
        face_parts: part of each triangle [F]; all the first where left out.
        vertex_colours: linear RGB [V, 3]; grey where left out.
        regions: vertex indices by name.
        landmarks: vertex indices [68], or none.
        identity_space: the identity axes.
        identities: [I, V, 3], what each axis adds at 1.
        head_turn: how headYaw, headPitch and headRoll turn the head, where the space has them.
        eyeballs: how the eyeballs turn, where there are any.
        notes: where the data is from and what was made of it, for people.

    Raises:
        ValueError: the arrays do not belong together, or hold numbers that are not finite.
    """

    space: ControlSpace
    rest: Floats
    shapes: Floats
    faces: Integers
    inner_lip: tuple[int, int]
    mouth_corners: tuple[int, int]
    parts: tuple[str, ...] = ("skin",)
    face_parts: Integers | None = None
    vertex_colours: Floats | None = None
    regions: Mapping[str, Integers] = field(default_factory=dict)
    landmarks: Integers = field(default_factory=_no_indices)
    identity_space: ControlSpace = NO_IDENTITY
    identities: Floats | None = None
    head_turn: HeadTurn | None = None
    eyeballs: Eyeballs | None = None
    notes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        count, triangles = len(self.rest), len(self.faces)
        if self.face_parts is None:
            object.__setattr__(self, "face_parts", np.zeros(triangles, np.int64))
        if self.vertex_colours is None:
            object.__setattr__(self, "vertex_colours", np.full((count, 3), 0.5, np.float32))
        if self.identities is None:
            object.__setattr__(self, "identities", np.zeros((len(self.identity_space), count, 3), np.float32))
        wanted = {
            "rest": (count, 3),
            "shapes": (len(self.space), count, 3),
            "faces": (triangles, 3),
            "face_parts": (triangles,),
            "vertex_colours": (count, 3),
            "identities": (len(self.identity_space), count, 3),
        }
        for name, shape in wanted.items():
            array = getattr(self, name)
            if array.shape != shape:
                raise ValueError(f"{name} must be {list(shape)}, got {list(array.shape)}")
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                raise ValueError(f"{name} must be finite, got NaN or infinity")
        if self.head_turn is not None and self.head_turn.share.shape != (count,):
            raise ValueError(f"head_turn.share must be [{count}], got {list(self.head_turn.share.shape)}")
        if self.eyeballs is not None and self.eyeballs.angles.shape != (len(self.space), 2, 3):
            raise ValueError(f"eyeballs.angles must be [{len(self.space)}, 2, 3], got {self.eyeballs.angles.shape}")
        if len(self.landmarks) not in (0, 68):
            raise ValueError(f"landmarks must be 68 vertex indices or none, got {len(self.landmarks)}")
        self._check_indices(count)

    def _check_indices(self, count: int) -> None:
        balls = () if self.eyeballs is None else self.eyeballs.vertices
        named = {
            "faces": self.faces,
            "inner_lip": np.array(self.inner_lip),
            "mouth_corners": np.array(self.mouth_corners),
            "landmarks": self.landmarks,
            **{f"region {name}": rows for name, rows in self.regions.items()},
            **{f"eyeballs.vertices[{side}]": ball for side, ball in enumerate(balls)},
        }
        for name, rows in named.items():
            if rows.size and not (rows.min() >= 0 and rows.max() < count):
                raise ValueError(f"{name} must index the {count} vertices, got {rows.min()}..{rows.max()}")
        assert self.face_parts is not None
        if len(self.face_parts) and not 0 <= self.face_parts.min() <= self.face_parts.max() < len(self.parts):
            raise ValueError(f"face_parts must index the {len(self.parts)} parts, got up to {self.face_parts.max()}")
