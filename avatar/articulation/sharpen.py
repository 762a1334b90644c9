"""Curves that keep what phones demand: contacts made where they say so, and no contact where they deny it.

A speech model hears phones and may err; where phones are known, it need not. The articulation model moves the mouth as
the phones ask, and its pose is taken as far as the curves contradict them:

    sharpened(t) = curves(t) + share(t) * (articulated(t) - curves(t))

The share is 1 in a contact and follows the contact's own course before and after. Elsewhere it is the least that keeps
the lips as far apart as `OPEN` times what the phones ask, mostly 0: there the curves stay.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from avatar.animation import Animation
from avatar.articulation.mouth import Array
from avatar.articulation.phones import Phone
from avatar.articulation.response import LipResponse, built_in_response
from avatar.articulation.score import write_score
from avatar.articulation.shapes import shape_weights
from avatar.articulation.tracks import play

OPEN = 0.35
"""Share of the articulated opening under which the lips count as wrongly closed: 4.5 mm for the most open vowels."""


def sharpen(animation: Animation, phones: Sequence[Phone], *, response: LipResponse | None = None) -> Animation:
    """Make the contacts that phones demand, and undo those that they deny.

    Args:
        animation: curves of the recording in the space of `response`.
        phones: what was said when, in order of time; where none is, the curves stay as they are.
        response: of the rig that will wear the curves; by default the built-in head, in ARKit.

    Returns:
        The animation with other curves for mouth, jaw and tongue, within 0.15 s of where the phones ask for it.

    Raises:
        ValueError: phones overlap, or the animation speaks another control space.
    """
    response = built_in_response() if response is None else response
    if animation.space != response.space:
        raise ValueError(
            f"animation must be in the control space {response.space.name}, got {animation.space.name}; "
            "sharpen before you retarget"
        )
    if not phones or not len(animation):
        return animation
    tracks = play(write_score(phones, animation.duration), len(animation), animation.fps)
    articulated = shape_weights(tracks, response)
    curves = animation.weights.astype(np.float64)
    share = np.maximum(np.maximum(tracks.lips, tracks.teeth), _needed(curves, articulated, response))
    mouth = _mouth_columns(response)
    curves[:, mouth] += share[:, None] * (articulated - curves)[:, mouth]
    return replace(animation, weights=curves.astype(np.float32))


def _needed(curves: Array, articulated: Array, response: LipResponse) -> Array:
    """Share [T] of the articulated pose that keeps the lips apart, 0..1."""
    opening, asked = response.mouth.opening(curves), response.mouth.opening(articulated)
    missing = OPEN * asked - opening
    return np.where(missing > 0, np.clip(missing / np.maximum(asked - opening, 1e-6), 0.0, 1.0), 0.0)


def _mouth_columns(response: LipResponse) -> list[int]:
    return [column for column, name in enumerate(response.space.names) if name.startswith(("jaw", "mouth", "tongue"))]
