"""Pictures with alpha, made ready for codecs that blur colours."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

_REACH = 8
"""Pixels past the outline that get a colour: half a block of what codecs transform."""


def bleed(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Let colours run past the outline into what is transparent.

    With straight alpha nobody sees the colour there, but lossy codecs mix it with its neighbours: what is black
    would darken the outline.

    Args:
        picture: [H, W, 4], straight alpha.

    Returns:
        [H, W, 4]: the same where alpha is above 0; elsewhere the mean of the opaque colours around, alpha 0.
    """
    alpha = picture[..., 3:]
    empty = alpha[..., 0] == 0
    if not empty.any():
        return picture
    premultiplied = np.concatenate([picture[..., :3] * np.float32(1) * alpha, alpha], axis=-1, dtype=np.float32)
    for axis in (0, 1):
        premultiplied = uniform_filter1d(premultiplied, 2 * _REACH + 1, axis=axis, mode="nearest")
    means = premultiplied[..., :3] / np.maximum(premultiplied[..., 3:], 1e-3)
    bled = picture.copy()
    bled[empty, :3] = np.clip(means[empty], 0, 255)
    return bled
