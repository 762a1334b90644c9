"""Numbers on a surface, as colours with a key."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from avatar.renderers.arrays import image_size, to_numpy
from avatar.renderers.colour import encode, hex_colour
from avatar.renderers.materials import Material
from avatar.renderers.mesh import Mesh

STOPS = ("#232a6b", "#5a3c9e", "#a23f97", "#dd5a6c", "#f58f45", "#f9cf57", "#fbf7c0")
"""From low to high: lightness rises all the way, so that the order is seen without colour too."""
STEPS = 256
UNKNOWN = hex_colour("#6d7278")
MATT = Material(specular=0.02, roughness=0.5)

# From linear sRGB to cone responses, and from their cube roots to lightness and two opponent colours: Ottosson 2020,
# "A perceptual color space for image processing" (Oklab).
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_OPPONENTS = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def heat_colours(values: Any, low: float, high: float) -> npt.NDArray[np.float32]:
    """Return the colours of numbers, from dark blue (low) over red to light yellow (high), in steps even to the eye.

    Args:
        values: [...] numbers, numpy or torch, such as errors in millimetres; what is beyond the ends has their
            colours, and what is not a number is grey.
        low: the number of the darkest colour.
        high: the number of the lightest one.

    Returns:
        [..., 3] linear RGB.

    Raises:
        ValueError: unless low < high.

    Example:
        >>> dark, light = heat_colours([0.0, 2.5], 0.0, 2.5)
        >>> bool(dark.max() < light.min())
        True
    """
    if not -np.inf < low < high < np.inf:
        raise ValueError(f"low and high must be low < high, got {low} and {high}; for example 0 and the largest value")
    numbers = np.asarray(to_numpy(values), np.float64)
    known = ~np.isnan(numbers)
    place = np.clip((np.where(known, numbers, low) - low) / (high - low), 0.0, 1.0) * (STEPS - 1)
    lower = np.minimum(place.astype(np.int64), STEPS - 2)
    share = (place - lower)[..., None]
    colours = heat_map()[lower] * (1.0 - share) + heat_map()[lower + 1] * share
    return np.where(known[..., None], colours, UNKNOWN).astype(np.float32)


def heat_mesh(mesh: Mesh, colours: Any) -> Mesh:
    """Return a mesh whose vertices have the given colours and nothing else: matt, without textures or irises.

    Draw it with `lights_named("even")`, under which a colour looks as it does in the key.

    Args:
        mesh: the mesh.
        colours: [V, 3] linear RGB from `heat_colours`.
    """
    materials = tuple(replace(MATT, double_sided=material.double_sided) for material in mesh.materials or ())
    return replace(
        mesh, vertex_colours=to_numpy(colours), materials=materials, eye_offsets=None, texture=None, corner_uv=None
    )


@dataclass(frozen=True, eq=False)
class HeatKey:
    """A bar that shows which colour is which number.

    Attributes:
        pixels: [H, W, 4] uint8 sRGB and alpha; the highest number is at the top.
        ticks: the row of each tick, in pixels from the top, and its share of the way from low to high.
    """

    pixels: npt.NDArray[np.uint8]
    ticks: tuple[tuple[float, float], ...]


def heat_key(size: tuple[int, int], *, ticks: int = 5) -> HeatKey:
    """Draw the key of `heat_colours`: a framed bar with ticks at its right; their labels are the caller's.

    Args:
        size: (height, width) in pixels, at least (32, 8); about a quarter of the width is for ticks.
        ticks: how many, the lowest and the highest number included, at least 2.

    Raises:
        ValueError: if it is too small.
    """
    height, width = image_size(size)
    if height < 32 or width < 8:
        raise ValueError(f"size must be at least (32, 8) pixels for a key, got {size}")
    if ticks < 2:
        raise ValueError(f"ticks must be at least 2, got {ticks}")
    line = max(round(height / 256), 1)
    bar = width - max(width // 4, 2)
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[:, :bar] = 255
    inner = height - 2 * line
    shares = 1.0 - (np.arange(inner) + 0.5) / inner
    pixels[line:-line, line : bar - line, :3] = np.round(255.0 * encode(heat_colours(shares, 0.0, 1.0)))[:, None]
    places = []
    for share in np.linspace(0.0, 1.0, ticks):
        middle = line + (1.0 - share) * inner
        top = int(np.clip(round(middle - 0.5 * line), 0, height - line))
        pixels[top : top + line, bar:] = 255
        places.append((float(middle), float(share)))
    return HeatKey(pixels, tuple(places))


@cache
def heat_map() -> npt.NDArray[np.float64]:
    """Return the [256, 3] linear RGB of the colour map: lines between `STOPS` in Oklab, walked at an even pace."""
    stops = oklab(np.array([hex_colour(stop) for stop in STOPS]))
    shares = np.linspace(0.0, len(stops) - 1.0, 64 * len(stops))
    path = np.stack([np.interp(shares, np.arange(len(stops)), channel) for channel in stops.T], axis=1)
    walked = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    even = np.linspace(0.0, walked[-1], STEPS)
    steps = np.stack([np.interp(even, walked, channel) for channel in path.T], axis=1)
    cones = np.linalg.solve(_OPPONENTS, steps.T) ** 3
    linear = np.clip(np.linalg.solve(_CONES, cones).T, 0.0, 1.0)
    linear.flags.writeable = False
    return linear


def oklab(linear: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the Oklab coordinates [..., 3] (lightness first) of linear RGB [..., 3]."""
    return np.asarray(np.cbrt(linear @ _CONES.T) @ _OPPONENTS.T)
