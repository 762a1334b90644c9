"""Measures of the mouth, in millimetres."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar, overload

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

if TYPE_CHECKING:
    from avatar.rigs.built_in_head import BuiltInHead

Values = TypeVar("Values", Tensor, NDArray[np.floating])

_MILLIMETRES = 1000.0


@dataclass(frozen=True)
class MouthMeasures(Generic[Values]):
    """What the mouth does, in millimetres; each [B], tensors or arrays as the vertices were.

    Args:
        opening: free height between the lips at the middle line beyond that of the neutral face, at least 0.
        signed_opening: the same, negative where the lips press into each other.
        width: distance of the corners of the mouth.
        protrusion: how far the front of the upper lip stands forward of its neutral place. The lower lip is left
            out because the jaw swings it backwards.
        lower_lip_to_teeth: shortest distance from the lower lip's rim to the edge of the upper front teeth; f and v
            are in contact under 2 mm, the neutral face is at about 5 mm.
    """

    opening: Values
    signed_opening: Values
    width: Values
    protrusion: Values
    lower_lip_to_teeth: Values


@overload
def measure(vertices: Tensor, rig: "BuiltInHead", *, neutral: Tensor | None = None) -> MouthMeasures[Tensor]: ...


@overload
def measure(
    vertices: NDArray[np.floating], rig: "BuiltInHead", *, neutral: NDArray[np.floating] | None = None
) -> MouthMeasures[NDArray[np.floating]]: ...


def measure(
    vertices: Tensor | NDArray[np.floating],
    rig: "BuiltInHead",
    *,
    neutral: Tensor | NDArray[np.floating] | None = None,
) -> MouthMeasures[Tensor] | MouthMeasures[NDArray[np.floating]]:
    """Measure mouths. Turning and moving the head changes nothing.

    Args:
        vertices: [B, V, 3] metres.
        rig: the head they belong to.
        neutral: the same person at rest [V, 3], [1, V, 3] or [B, V, 3]; the average when left out.

    Returns:
        The measures; of tensors they are differentiable tensors, of arrays they are arrays.

    Raises:
        ValueError: vertices are not [B, V, 3] of this rig.
    """
    if isinstance(vertices, np.ndarray):
        rest = None if neutral is None else torch.as_tensor(neutral)
        found = _measure(torch.as_tensor(vertices), rig, rest)
        return MouthMeasures(**{name: value.numpy() for name, value in vars(found).items()})
    return _measure(vertices, rig, None if neutral is None else torch.as_tensor(neutral))


def _measure(vertices: Tensor, rig: "BuiltInHead", neutral: Tensor | None) -> MouthMeasures[Tensor]:
    if vertices.ndim != 3 or vertices.shape[1:] != rig.rest.shape:
        raise ValueError(
            f"vertices must be [B, {len(rig.rest)}, 3], got {list(vertices.shape)}; "
            "give the rig's own output, and add a batch axis to a single frame"
        )
    rest = (rig.rest if neutral is None else neutral).to(vertices).expand(len(vertices), -1, -1)
    here, there = _Face.of(vertices, rest, rig), _Face.of(rest, rest, rig)
    signed = here.gap() - there.gap()
    return MouthMeasures(
        opening=signed.clamp(min=0),
        signed_opening=signed,
        width=here.width(),
        protrusion=here.front() - there.front(),
        lower_lip_to_teeth=here.lip_to_teeth(),
    )


@dataclass(frozen=True)
class _Face:
    """Points of the mouth in the frame of the resting head, millimetres."""

    upper: Tensor
    lower: Tensor
    corners: Tensor
    upper_front: Tensor
    rim: Tensor
    edge: Tensor

    @classmethod
    def of(cls, vertices: Tensor, rest: Tensor, rig: "BuiltInHead") -> "_Face":
        rotation, origin = skull_frame(vertices, rig)
        rest_rotation, rest_origin = skull_frame(rest, rig)
        back = rest_rotation @ rotation.transpose(-1, -2)

        def points(index: Tensor) -> Tensor:
            moved = (vertices[:, index] - origin[:, None]) @ back.transpose(-1, -2)
            return _MILLIMETRES * (moved + rest_origin[:, None])

        return cls(
            upper=points(rig.regions["upper_lip_middle"]),
            lower=points(rig.regions["lower_lip_middle"]),
            corners=points(torch.tensor(rig.mouth_corners)),
            upper_front=points(rig.regions["upper_lip_front"]),
            rim=points(rig.regions["lower_lip_rim"]),
            edge=points(rig.regions["upper_teeth_edge"]),
        )

    def gap(self) -> Tensor:
        return self.upper[:, :, 1].amin(1) - self.lower[:, :, 1].amax(1)

    def width(self) -> Tensor:
        across = self.corners[:, 0] - self.corners[:, 1]
        return across.square().sum(-1).sqrt()

    def front(self) -> Tensor:
        return self.upper_front[:, :, 2].mean(1)

    def lip_to_teeth(self) -> Tensor:
        between = self.rim[:, :, None] - self.edge[:, None]
        return between.square().sum(-1).flatten(1).amin(1).sqrt()


def skull_frame(vertices: Tensor, rig: "BuiltInHead") -> tuple[Tensor, Tensor]:
    """Where the skull is, from patches of it that no shape moves.

    Args:
        vertices: [B, V, 3] metres.
        rig: the head they belong to.

    Returns:
        Its rotation [B, 3, 3], columns left, up and forward, and its origin [B, 3]; differentiable in the vertices.
    """
    left, right, top = (vertices[:, rig.regions[f"skull_{side}"]].mean(1) for side in ("left", "right", "top"))
    origin = (left + right) / 2
    x = torch.nn.functional.normalize(left - right, dim=-1)
    up = top - origin
    y = torch.nn.functional.normalize(up - (up * x).sum(-1, keepdim=True) * x, dim=-1)
    return torch.stack([x, y, torch.linalg.cross(x, y)], -1), origin


def held_still(
    vertices: Tensor, rig: "BuiltInHead", *, neutral: Tensor | None = None, index: Tensor | None = None
) -> Tensor:
    """Vertices as if the head had neither turned nor moved.

    Args:
        vertices: [B, V, 3] metres.
        rig: the head they belong to.
        neutral: the same person at rest [1, V, 3] or [B, V, 3]; the average when left out.
        index: [P], the vertices that are wanted; all when left out.

    Returns:
        [B, P, 3] metres, differentiable in the vertices.
    """
    rotation, origin = skull_frame(vertices, rig)
    rest_rotation, rest_origin = skull_frame((rig.rest[None] if neutral is None else neutral).to(vertices), rig)
    wanted = vertices if index is None else vertices[:, index]
    return (wanted - origin[:, None]) @ (rotation @ rest_rotation.transpose(-1, -2)) + rest_origin[:, None]
