"""Matte and shiny surfaces under lamps, with gradients to everything."""

from dataclasses import dataclass
from math import prod
from typing import Any

import torch
from torch import Tensor

from avatar.renderers.lights import Lights
from avatar.renderers.normals import unit
from avatar.renderers.pixels import pixel_tensor

# Straight between light and camera no direction lies half way, and none is lit.
SMALLEST = 1e-6

_AXES = {"direction": ("L", "3"), "colour": ("L", "3"), "sky": ("3",), "ground": ("3",)}


@dataclass(frozen=True, eq=False)
class LightTensors:
    """What lights the scene, in numbers that gradients can reach; see `Lights` for numbers that are only read.

    Attributes:
        direction: [L, 3] or [B, L, 3], from the scene towards each light, any length.
        colour: [L, 3] or [B, L, 3], linear RGB times intensity.
        sky: [3] or [B, 3], linear RGB light from above.
        ground: [3] or [B, 3], linear RGB light from below.
    """

    direction: Tensor
    colour: Tensor
    sky: Tensor
    ground: Tensor

    def __post_init__(self) -> None:
        for name, axes in _AXES.items():
            tensor = getattr(self, name)
            pixel_tensor(name, tensor, ("...", 3))
            if tensor.ndim not in (len(axes), len(axes) + 1):
                wanted = ", ".join(axes)
                raise ValueError(f"{name} must be [{wanted}] or [B, {wanted}], got {list(tensor.shape)}")
        if self.direction.shape[-2] != self.colour.shape[-2]:
            raise ValueError(
                f"colour must be one for each of the {self.direction.shape[-2]} lights, got {self.colour.shape[-2]}"
            )

    @classmethod
    def of(cls, lights: Lights) -> "LightTensors":
        """Return lights as float64 tensors."""
        table = torch.from_numpy(lights.table())
        sky, ground = (torch.tensor(colour, dtype=table.dtype) for colour in (lights.sky, lights.ground))
        return cls(table[:, :3], table[:, 3:], sky, ground)

    def check_batch(self, batch: int) -> None:
        """Refuse lights for another number of images.

        Raises:
            ValueError: if any of the four is neither for one image nor for `batch`.
        """
        for name, axes in _AXES.items():
            tensor = getattr(self, name)
            if tensor.ndim > len(axes) and len(tensor) not in (1, batch):
                raise ValueError(f"{name} must be for 1 image or for all {batch}, got {len(tensor)}")


def phong(
    normals: Tensor,  # [B, ..., 3]
    positions: Tensor,  # [B, ..., 3]
    albedo: Tensor,  # [B, ..., 3]
    lights: Lights | LightTensors,
    camera_position: Tensor,  # [3] or [B, 3]
    *,
    specular: float | Tensor = 0.1,
    shininess: float | Tensor = 20.0,
) -> Tensor:
    """Return the colours of surfaces: light from all around, Lambert's cosine and Blinn's highlight.

    With the unit vectors n (normal), l (light), v (to the camera) and h (half way between l and v),

        colour = albedo * (ambient(n) + sum over lights of c max(n l, 0))
               + specular * sum over lights of c max(n l, 0) max(n h, 0)^shininess

    (Phong 1975; Blinn 1977, "Models of Light Reflection for Computer Synthesized Pictures"). Ambient light goes over
    from the sky's to the ground's as n_y falls from 1 to -1. Highlights are scaled by the cosine as well, without
    which they would end at the shadow's edge in a jump, where gradients are wrong. No shadows are cast.

    Args:
        normals: [B, ..., 3], any length; images [B, H, W, 3], vertices [B, V, 3] or anything else.
        positions: like normals, metres.
        albedo: like normals, linear RGB; or what broadcasts to it.
        lights: `Lights`, or `LightTensors` for gradients to them.
        camera_position: [3] or [B, 3] metres.
        specular: share of the light in highlights; a number, or a tensor that broadcasts to [B, ..., 3].
        shininess: exponent of the highlights, 1 or more: the higher, the smaller they are. A number, or a tensor that
            broadcasts to [B, ..., 1].

    Returns:
        [B, ..., 3] linear RGB, differentiable in all tensors; half precision counts as float32. Where the normal is 0,
        as in empty pixels, light from all around is all there is.

    Raises:
        TypeError: if normals, positions, albedo or camera_position are not floating-point tensors.
        ValueError: if a shape does not fit, or a shininess is under 1.
    """
    surface, places, base, eye = _inputs(normals, positions, albedo, camera_position)
    if isinstance(shininess, float | int) and not shininess >= 1.0:
        raise ValueError(f"shininess must be 1 or more, got {shininess}; 5 is dull skin, 100 a wet eye")
    lamps = LightTensors.of(lights) if isinstance(lights, Lights) else lights
    lamps.check_batch(len(surface))
    direction, colour, sky, ground = (
        tensor.to(surface) for tensor in (unit(lamps.direction), lamps.colour, lamps.sky, lamps.ground)
    )
    # One plane for each axis, light or colour: dot products are then matrix products over whole images.
    n = unit(_planes("normals", surface, surface, 3), axis=-2)
    v = unit(eye[..., None] - _planes("positions", places, surface, 3), axis=-2)
    cosine = direction @ n
    # For unit vectors, (l + v)^2 = 2 + 2 l v.
    half_way = (cosine + (n * v).sum(-2, keepdim=True)) / (2 + 2 * (direction @ v)).clamp(min=SMALLEST).sqrt()
    exponent = shininess if isinstance(shininess, float | int) else _planes("shininess", shininess, surface, 1)
    share = specular if isinstance(specular, float | int) else _planes("specular", specular, surface, 3)
    toward = cosine.clamp(min=0.0)
    ambient = ground[..., None] + (0.5 + 0.5 * n[..., 1:2, :]) * (sky - ground)[..., None]
    matte = _planes("albedo", base, surface, 3) * (ambient + colour.mT @ toward)
    shine = share * (colour.mT @ (toward * half_way.clamp(min=0.0).pow(exponent)))
    return (matte + shine).mT.reshape(surface.shape).contiguous()


def _inputs(normals: Any, positions: Any, albedo: Any, camera_position: Any) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    surface = pixel_tensor("normals", normals, ("...", 3))
    if surface.ndim < 2:
        raise ValueError(f"normals must be [B, ..., 3], got {list(surface.shape)}; add the axis with normals[None]")
    places, base = pixel_tensor("positions", positions, ("...", 3)), pixel_tensor("albedo", albedo, ("...", 3))
    if places.shape != surface.shape:
        raise ValueError(f"positions must be {list(surface.shape)} as the normals are, got {list(places.shape)}")
    eye = pixel_tensor("camera_position", camera_position, ("...", 3))
    if eye.shape not in ((3,), (1, 3), (len(surface), 3)):
        raise ValueError(f"camera_position must be [3] or [{len(surface)}, 3], got {list(eye.shape)}")
    precision = surface.dtype
    for tensor in (places, base, eye):
        precision = torch.promote_types(precision, tensor.dtype)
    return surface.to(precision), places.to(precision), base.to(precision), eye.to(precision)


def _planes(name: str, values: Tensor, surface: Tensor, channels: int) -> Tensor:
    """Values that broadcast to [B, ..., C] as planes [B, C, N]."""
    shape = (*surface.shape[:-1], channels)
    try:
        whole = values.to(surface).expand(shape)
    except RuntimeError:
        raise ValueError(f"{name} must broadcast to {list(shape)}, got {list(values.shape)}") from None
    return whole.reshape(len(surface), prod(shape[1:-1]), channels).mT.contiguous()
