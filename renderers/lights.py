"""What lights the scene."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from avatar.renderers.colour import Colour


@dataclass(frozen=True)
class Light:
    """A light so far away that its rays are parallel.

    Attributes:
        direction: from the scene towards the light, any length; +y is up and the face looks along +z.
        colour: linear RGB.
        intensity: 1 makes a white surface that faces the light white.
    """

    direction: tuple[float, float, float]
    colour: Colour = (1.0, 1.0, 1.0)
    intensity: float = 1.0

    def __post_init__(self) -> None:
        if not np.isfinite(self.direction).all() or not np.linalg.norm(self.direction) > 0.0:
            raise ValueError(f"direction must be three finite numbers that are not all 0, got {self.direction}")
        if not self.intensity >= 0.0:
            raise ValueError(f"intensity must be 0 or more, got {self.intensity}")


@dataclass(frozen=True)
class Lights:
    """The lights of a scene.

    Attributes:
        direct: the lights that have a direction.
        sky: linear RGB light from above.
        ground: linear RGB light from below.
    """

    direct: tuple[Light, ...]
    sky: Colour = (0.0, 0.0, 0.0)
    ground: Colour = (0.0, 0.0, 0.0)

    def table(self) -> npt.NDArray[np.float64]:
        """Return [L, 6] rows of unit direction and colour for the shading kernel."""
        rows = np.zeros((len(self.direct), 6))
        for row, light in zip(rows, self.direct, strict=True):
            row[:3] = np.array(light.direction) / np.linalg.norm(light.direction)
            row[3:] = np.array(light.colour) * light.intensity
        return rows


def studio() -> Lights:
    """Return a portrait set: a warm key from above to the side, a weak cool fill, a rim from behind."""
    return Lights(
        direct=(
            Light((-0.55, 0.42, 0.9), (1.0, 0.95, 0.88), 0.95),
            Light((0.9, 0.1, 0.7), (0.8, 0.88, 1.0), 0.28),
            Light((0.75, 0.45, -0.8), (0.85, 0.92, 1.0), 0.9),
        ),
        sky=(0.26, 0.27, 0.30),
        ground=(0.13, 0.11, 0.10),
    )


def soft() -> Lights:
    """Return a large, close light from the front and above, and much that is reflected: few shadows."""
    return Lights(
        direct=(
            Light((-0.25, 0.55, 0.8), (1.0, 0.98, 0.95), 0.5),
            Light((0.45, 0.3, 0.85), (0.96, 0.98, 1.0), 0.32),
        ),
        sky=(0.5, 0.5, 0.52),
        ground=(0.30, 0.28, 0.27),
    )


def dramatic() -> Lights:
    """Return a hard key from high on one side, hardly any fill, and a cold rim: one half of the face in the dark."""
    return Lights(
        direct=(
            Light((-0.85, 0.6, 0.45), (1.0, 0.91, 0.78), 1.15),
            Light((0.9, 0.35, -0.55), (0.62, 0.78, 1.0), 0.7),
        ),
        sky=(0.08, 0.09, 0.115),
        ground=(0.04, 0.035, 0.035),
    )


def even() -> Lights:
    """Return the same light from everywhere, which leaves colours as they are: for textures and measurements."""
    return Lights(direct=(Light((0.0, 0.1, 1.0), intensity=0.1),), sky=(0.95, 0.95, 0.95), ground=(0.82, 0.82, 0.82))


def outdoors() -> Lights:
    """Return a warm sun from high up, a blue sky and what a lawn sends back."""
    return Lights(
        direct=(
            Light((0.5, 0.75, 0.6), (1.0, 0.93, 0.8), 1.02),
            Light((-0.6, 0.3, 0.7), (0.7, 0.85, 1.0), 0.12),
        ),
        sky=(0.34, 0.42, 0.55),
        ground=(0.15, 0.16, 0.10),
    )


LIGHTS = {"studio": studio, "soft": soft, "dramatic": dramatic, "even": even, "outdoors": outdoors}
"""The sets of lights that have a name."""


def lights_named(name: str) -> Lights:
    """Return a set of lights by its name in `LIGHTS`.

    Raises:
        ValueError: if there is none of this name.

    Example:
        >>> len(lights_named("dramatic").direct)
        2
    """
    if name not in LIGHTS:
        raise ValueError(f"lights must be one of {', '.join(LIGHTS)}, got {name!r}")
    return LIGHTS[name]()
