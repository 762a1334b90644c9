"""A head as it stands in somebody's file, before anything is known about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Joints:
    """What a skeleton in the file says about turning, in the file's units.

    Args:
        head_share: [V], how much of each vertex hangs on the head's joint or below it.
        head_place: [3], where that joint is.
        eyes: vertices of the left and the right eyeball and the places [3] of their joints, where there are any.
    """

    head_share: Floats
    head_place: Floats
    eyes: tuple[tuple[Integers, Floats], tuple[Integers, Floats]] | None = None


@dataclass(frozen=True, eq=False)
class Source:
    """Neutral, shapes and what else the file says, in its own units and axes.

    Args:
        vertices: [V, 3].
        faces: [F, 3].
        shapes: displacements [V, 3] by the file's own names.
        parts: names of the parts.
        face_parts: part of each triangle [F].
        colours: linear RGB [V, 3], NaN where the file says nothing.
        identities: displacements [V, 3] of identity axes by name.
        landmarks: vertex indices [68], or none.
        joints: what a skeleton says.
        metres: length of the file's unit in metres where it is certain.
        notes: what was made of the file, for people.

    Raises:
        ValueError: something is missing, not finite, or of the wrong shape.
    """

    vertices: Floats
    faces: Integers
    shapes: Mapping[str, Floats]
    parts: tuple[str, ...] = ("skin",)
    face_parts: Integers | None = None
    colours: Floats | None = None
    identities: Mapping[str, Floats] = field(default_factory=dict)
    landmarks: Integers | None = None
    joints: Joints | None = None
    metres: float | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        count = len(self.vertices)
        if count < 3 or len(self.faces) == 0:
            raise ValueError(f"a head needs vertices and faces, got {count} and {len(self.faces)}")
        if not self.shapes:
            raise ValueError("no shapes: a head needs morph targets (blend shapes); export them with it")
        if self.face_parts is None:
            object.__setattr__(self, "face_parts", np.zeros(len(self.faces), np.int64))
        if self.colours is None:
            object.__setattr__(self, "colours", np.full((count, 3), np.nan))
        check_finite("vertices", self.vertices)
        outside = (self.faces < 0) | (self.faces >= count)
        if outside.any():
            raise ValueError(
                f"faces must index the {count} vertices, got {self.faces[outside][0]}; the file is damaged"
            )
        for kind, shapes in (("shape", self.shapes), ("identity", self.identities)):
            for name, shape in shapes.items():
                if shape.shape != (count, 3):
                    raise ValueError(f"{kind} {name!r} must have the neutral's {count} vertices, got {len(shape)}")
                check_finite(f"{kind} {name!r}", shape)
        _check_case(self.shapes)


def check_finite(what: str, values: NDArray[Any]) -> None:
    """Refuse NaN and infinity by the first vertex that has them."""
    bad = np.nonzero(~np.isfinite(values).all(-1))[0]
    if len(bad):
        raise ValueError(
            f"{what} must be finite, got NaN or infinity at {len(bad)} of {len(values)} vertices, "
            f"the first is {bad[0]}; export the mesh again"
        )


def _check_case(shapes: Mapping[str, Any]) -> None:
    seen: dict[str, str] = {}
    for name in shapes:
        other = seen.setdefault(name.lower(), name)
        if other != name:
            raise ValueError(f"shapes {other!r} and {name!r} differ only in case; rename or remove one of them")
