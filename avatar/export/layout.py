"""Pictures beside one another."""

from collections.abc import Sequence
from math import ceil, floor, sqrt

import numpy as np
from numpy.typing import NDArray


def columns_for(count: int) -> int:
    """How many columns show so many pictures about as wide as high, with full rows if that is possible."""
    fewest = ceil(sqrt(count))
    return next((columns for columns in range(fewest, floor(2 * sqrt(count)) + 1) if count % columns == 0), fewest)


def grid(pictures: Sequence[NDArray[np.uint8]], columns: int) -> NDArray[np.uint8]:
    """Pictures in rows, from left to right and from top to bottom.

    Args:
        pictures: each [H, W, 4].
        columns: how many beside one another.

    Returns:
        [rows * H, columns * W, 4]; places without a picture are transparent black.
    """
    height, width, channels = pictures[0].shape
    rows = ceil(len(pictures) / columns)
    whole = np.zeros((rows, height, columns, width, channels), np.uint8)
    for place, picture in enumerate(pictures):
        whole[place // columns, :, place % columns] = picture
    return whole.reshape(rows * height, columns * width, channels)
