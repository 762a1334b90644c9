"""How a mouth is lit, coloured and looked at."""

from dataclasses import dataclass
from typing import Self

import numpy as np


@dataclass(frozen=True)
class Appearance:
    """Light, colours and camera of one clip; by default an even light from the front.

    Args:
        yaw: how far the camera has gone round towards the subject's left, radians.
        pitch: how far up it has gone, radians.
        roll: how far the picture's top leans to its right, radians.
        zoom: size of the mouth in the picture, 1 is the default framing.
        shift: right and down, where the mouth is in the picture, in picture heights from its middle.
        light: towards the light, any length.
        strength: of that light.
        ambient: of the light from all around.
        skin: factor on the brightness of skin.
        lips: factor on the brightness of lips, beside that of skin.
        inside: factor on the brightness of teeth, tongue and the mouth's inside.
        background: brightness beside the head, 0..1.
        contrast: of the finished picture, about its mean grey.
        brightness: added to the finished picture, 0..1 being its range.
        blur: standard deviation in pixels.
        noise: standard deviation of each pixel, 0..1 being the range.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    zoom: float = 1.0
    shift: tuple[float, float] = (0.0, 0.0)
    light: tuple[float, float, float] = (-0.3, 0.5, 0.9)
    strength: float = 0.7
    ambient: float = 0.45
    skin: float = 1.0
    lips: float = 1.0
    inside: float = 0.8
    background: float = 0.3
    contrast: float = 1.0
    brightness: float = 0.0
    blur: float = 0.0
    noise: float = 0.0

    @classmethod
    def sample(cls, chance: np.random.Generator) -> Self:
        """Draw how somebody might be filmed: from up to about 35 degrees aside, in any light that shows the mouth."""
        return cls(
            yaw=float(np.clip(chance.normal(0.0, 0.25), -0.6, 0.6)),
            pitch=float(np.clip(chance.normal(0.0, 0.12), -0.3, 0.3)),
            roll=float(chance.normal(0.0, 0.06)),
            zoom=float(np.exp(chance.normal(0.0, 0.1))),
            shift=(float(chance.normal(0.0, 0.03)), float(chance.normal(0.0, 0.03))),
            light=(float(chance.uniform(-1.0, 1.0)), float(chance.uniform(-0.3, 1.0)), float(chance.uniform(0.3, 1.0))),
            strength=float(chance.uniform(0.2, 1.0)),
            ambient=float(chance.uniform(0.2, 0.7)),
            skin=float(np.exp(chance.uniform(-1.1, 0.4))),
            lips=float(np.exp(chance.uniform(-0.4, 0.2))),
            inside=float(np.exp(chance.uniform(-0.9, 0.1))),
            background=float(chance.uniform(0.0, 0.8)),
            contrast=float(np.exp(chance.normal(0.0, 0.2))),
            brightness=float(chance.normal(0.0, 0.06)),
            blur=float(chance.choice([0.0, 0.0, 0.5, 0.8])),
            noise=float(chance.choice([0.0, 0.01, 0.03])),
        )
