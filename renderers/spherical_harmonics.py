"""Light from all around, as nine numbers for each colour."""

import math
from typing import Any

import torch
from torch import Tensor

from avatar.renderers.lights import Lights
from avatar.renderers.pixels import pixel_tensor
from avatar.renderers.tensors import check_finite

CONSTANT = math.sqrt(1 / (4 * math.pi))
LINEAR = math.sqrt(3 / (4 * math.pi))
MIXED = math.sqrt(15 / (4 * math.pi))
DIFFERENCE = math.sqrt(15 / (16 * math.pi))
ALONG_Z = math.sqrt(5 / (16 * math.pi))
"""Norms of the real harmonics 1; x, y, z; xy, xz, yz; x^2 - y^2; 3 z^2 - 1."""

HARMONICS = (CONSTANT, LINEAR, LINEAR, LINEAR, MIXED, MIXED, MIXED, DIFFERENCE, ALONG_Z)
COSINE_LOBE = (1.0, *(2 * math.pi / 3,) * 3, *(math.pi / 4,) * 5)
"""What a Lambertian surface keeps of each; the first, pi, is part of the coefficient as in DECA."""


def spherical_harmonics(
    normals: Tensor,  # [B, ..., 3]
    coefficients: Tensor,  # [B or 1, 9, 3] or [9, 3]
) -> Tensor:
    """Return the light that falls on surfaces from all around, of which a white one shows just as much.

    A matte surface blurs what shines on it so much that nine harmonics are enough (Ramamoorthi and Hanrahan 2001, "An
    Efficient Representation for Irradiance Environment Maps"); at worst, for one lamp in the dark, they are off by a
    tenth of its strength. With the real harmonics Y_k and the shares A_k that the cosine lobe keeps of their bands,

        irradiance = sum over k of A_k c_k Y_k(normal),    A = 1, 2 pi / 3 (three times), pi / 4 (five times).

    Order, signs and scale are those of DECA (Feng et al. 2021), whose `light` codes can be passed as they are, with
    normals in its frame: 1; x, y, z; xy, xz, yz; x^2 - y^2; 3 z^2 - 1. The first is, next to the others, pi times the
    paper's. Multiply by the albedo for the colour. On the side away from a strong light the sum can be a little below
    0.

    Args:
        normals: [B, ..., 3] of length 1; images [B, H, W, 3], vertices [B, V, 3] or anything else.
        coefficients: [B, 9, 3] linear RGB, one row for each harmonic; [1, 9, 3] or [9, 3] is the same for all.

    Returns:
        [B, ..., 3], differentiable in both; half precision counts as float32. What an empty pixel's normal of 0 gives
        means nothing.

    Raises:
        TypeError: if either is not a floating-point tensor.
        ValueError: if a shape does not fit.

    Example:
        >>> sky = light_coefficients(Lights(direct=(), sky=(0.2, 0.4, 1.0)))
        >>> spherical_harmonics(torch.tensor([[0.0, 1.0, 0.0], [0.0, -1.0, 0.0]]), sky.float()).abs().round(decimals=4)
        tensor([[0.2000, 0.4000, 1.0000],
                [0.0000, 0.0000, 0.0000]])
    """
    directions = pixel_tensor("normals", normals, ("...", 3))
    weights = _coefficients(coefficients, directions)
    precision = torch.promote_types(directions.dtype, weights.dtype)
    batch = len(weights) if weights.ndim == 3 and len(weights) > 1 else 1
    planes = directions.to(precision).reshape(batch, directions.shape[:-1].numel() // batch, 3).mT.contiguous()
    factors = [share * norm for share, norm in zip(COSINE_LOBE, HARMONICS, strict=True)]
    scaled = weights.to(precision) * torch.tensor(factors, dtype=precision, device=weights.device)[:, None]
    return (scaled.mT @ _polynomials(planes)).mT.reshape(directions.shape).contiguous()


def light_coefficients(lights: Lights) -> Tensor:
    """Return the coefficients [9, 3] float64 whose irradiance comes closest to that of some lights.

    Light from above and below is met exactly. A light with a direction becomes 1/4 + 1/2 cos + 5/32 (3 cos^2 - 1)
    times its colour, where a Lambertian surface would have max(cos, 0); cos is between it and the normal.
    """
    table = torch.from_numpy(lights.table())
    result = (_polynomials(table[:, :3].T) * torch.tensor(HARMONICS, dtype=table.dtype)[:, None]) @ table[:, 3:]
    result[0] *= math.pi
    sky, ground = torch.tensor((lights.sky, lights.ground), dtype=table.dtype)
    result[0] += (sky + ground) / (2 * COSINE_LOBE[0] * CONSTANT)
    result[2] += (sky - ground) / (2 * COSINE_LOBE[2] * LINEAR)
    return result


def environment_coefficients(environment: Tensor) -> Tensor:
    """Return the coefficients [9, 3] of the light of a panorama.

    Args:
        environment: [H, W, 3] linear RGB radiance in an equirectangular picture: the middle looks along +z, the top
            is +y, the right quarter -x. 1 all around makes a white surface white.

    Returns:
        [9, 3] in the precision of the panorama (float32 for half precision), differentiable in it.

    Raises:
        TypeError: if it is not a floating-point tensor.
        ValueError: if the shape differs, it is empty, or a number is not finite.
    """
    radiance = pixel_tensor("environment", environment, ("H", "W", 3))
    height, width, _ = radiance.shape
    if not height * width:
        raise ValueError(f"environment must have at least one pixel, got {list(environment.shape)}")
    check_finite("environment", radiance, "cut off what the camera could not hold")
    edges = torch.linspace(0, math.pi, height + 1, dtype=torch.float64)
    polar = ((edges[1:] + edges[:-1]) / 2)[:, None]
    around = (torch.arange(width, dtype=torch.float64) + 0.5) * 2 * math.pi / width - math.pi
    x, z = -polar.sin() * around.sin(), polar.sin() * around.cos()
    directions = torch.stack([x.flatten(), polar.cos().expand_as(x).flatten(), z.flatten()])
    # The exact solid angle of a row's pixels, so that they add up to 4 pi.
    angles = ((edges[:-1].cos() - edges[1:].cos()) * 2 * math.pi / width).repeat_interleave(width)
    harmonics = _polynomials(directions) * torch.tensor(HARMONICS, dtype=torch.float64)[:, None] * angles / math.pi
    scale = torch.tensor([math.pi, *(1.0,) * 8], dtype=torch.float64)
    return (scale[:, None] * harmonics).to(radiance) @ radiance.flatten(0, 1)


def _polynomials(planes: Tensor) -> Tensor:
    """The harmonics without their norms, [..., 9, N], of directions [..., 3, N]: whole planes are quickest."""
    x, y, z = planes.unbind(-2)
    return torch.stack([torch.ones_like(x), x, y, z, x * y, x * z, y * z, x * x - y * y, 3 * z * z - 1], -2)


def _coefficients(values: Any, directions: Tensor) -> Tensor:
    weights = pixel_tensor("coefficients", values, ("...", 9, 3))
    batch = len(directions) if directions.ndim > 1 else 1
    if weights.ndim > 3 or (weights.ndim == 3 and len(weights) not in (1, batch)):
        raise ValueError(
            f"coefficients must be [9, 3], or [B, 9, 3] with B = 1 or as many as normals {list(directions.shape)} has, "
            f"got {list(weights.shape)}"
        )
    return weights
