"""How much of the future a speech model may hear before it answers, and how its layers share that."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from avatar.speech.mel import HOP, MARGIN, SAMPLE_RATE

FPS = 50
"""Frames per second of the speech model: every second mel frame."""

FIXED = (2 * HOP + MARGIN) / SAMPLE_RATE + 1 / FPS
"""Seconds that cannot be saved: the spectrogram's window, the convolutional stem, and the next frame.

The next frame is what curves at any other frame rate are interpolated to.
"""


@dataclass(frozen=True, slots=True)
class Lookahead:
    """Frames of 20 ms that each layer looks ahead.

    Args:
        blocks: of the trunk's transformer layers.
        layers: of the decoder's convolutions.
    """

    blocks: tuple[int, ...]
    layers: tuple[int, ...]

    @property
    def frames(self) -> int:
        """Of all layers together."""
        return sum(self.blocks) + sum(self.layers)


def share(frames: int, most: Lookahead, dilations: Sequence[int]) -> Lookahead:
    """Share frames of look-ahead between layers.

    Half goes to the transformer layers, evenly. The convolutions take the rest in their order: the first ones see the
    future finely and hand it on.

    Args:
        frames: to share, at least 0.
        most: that each layer can use.
        dilations: frames between two taps of each convolution.
    """
    if frames >= most.frames:
        return most
    blocks = tuple(min(each, frames // (2 * len(most.blocks))) for each in most.blocks)
    left, layers = frames - sum(blocks), []
    for each, step in zip(most.layers, dilations, strict=True):
        layers.append(min(each, left // step * step))
        left -= layers[-1]
    return Lookahead(blocks, tuple(layers))


def frames_within(seconds: float, after: int) -> int:
    """Frames that the layers have of some seconds of look-ahead.

    Args:
        seconds: of sound after a frame's instant.
        after: frames that what follows the layers looks ahead.

    Raises:
        ValueError: seconds are too few for anything but the layers.
    """
    least = FIXED + after / FPS
    if not (math.isfinite(seconds) and seconds >= least):
        raise ValueError(
            f"lookahead must be at least {least:.4f} seconds, got {seconds}; None waits for all that matters"
        )
    # A billionth of slack: 0.2 s less what is fixed is a whole number of frames in some settings.
    return int((seconds - least) * FPS + 1e-9)
