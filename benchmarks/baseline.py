"""The mouth that opens with the loudness: what every model has to beat."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from avatar.animation import Animation
from avatar.controls import ARKIT
from avatar.evaluation.envelope import loudness_envelope

LOUDEST = 0.35
"""`jawOpen` at the loudest frame."""


def envelope_animation(
    samples: NDArray[np.float32], *, sample_rate: int, fps: float, scale: Literal["linear", "log"]
) -> Animation:
    """The loudness of a recording as `jawOpen`."""
    envelope = loudness_envelope(samples, sample_rate=sample_rate, fps=fps, scale=scale)
    return Animation.from_curves(ARKIT, {"jawOpen": LOUDEST * envelope / max(envelope.max(initial=0), 1e-9)}, fps)
