"""The mouth that opens with the loudness: what every model has to beat."""

from typing import Literal, get_args

from numpy.typing import ArrayLike

from avatar.animation import Animation
from avatar.controls import ARKIT
from avatar.evaluation.envelope import loudness_envelope

Scale = Literal["linear", "log"]

ENVELOPES: dict[str, Scale] = dict(zip(("RMS", "log RMS"), get_args(Scale), strict=True))
"""Heading in a table to the scale of the loudness."""

LOUDEST = 0.35
"""`jawOpen` at the loudest frame."""


def envelope_animation(samples: ArrayLike, *, sample_rate: int, fps: float, scale: Scale) -> Animation:
    """The loudness of a recording as `jawOpen`.

    Args:
        samples: [N] mono, -1..1.
        sample_rate: in Hz.
        fps: of the result.
        scale: of the loudness, as in `loudness_envelope`.
    """
    envelope = loudness_envelope(samples, sample_rate=sample_rate, fps=fps, scale=scale)
    return Animation.from_curves(ARKIT, {"jawOpen": LOUDEST * envelope / max(envelope.max(initial=0), 1e-9)}, fps)


def envelope_animations(samples: ArrayLike, *, sample_rate: int, fps: float) -> dict[str, Animation]:
    """Both baselines by their heading; see `envelope_animation`."""
    return {
        heading: envelope_animation(samples, sample_rate=sample_rate, fps=fps, scale=scale)
        for heading, scale in ENVELOPES.items()
    }
