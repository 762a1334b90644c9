"""Streams cut anew."""

import numpy as np
import pytest

from avatar.rigs.windows import windows


@pytest.mark.parametrize("sizes", [[1] * 23, [23], [10, 13], [5, 0, 18], [22, 1], []])
def test_own_frames_add_up_to_the_stream_with_their_neighbours(sizes: list[int]) -> None:
    total = sum(sizes)
    chunks = np.split(np.arange(total), np.cumsum(sizes)[:-1]) if sizes else []
    found = list(windows(chunks, frames=6, overlap=2))
    own = [window.frames[window.own] for window in found]
    assert np.concatenate([np.zeros(0), *own]).tolist() == list(range(total))
    for window, frames in zip(found, own, strict=True):
        first, last = max(frames[0] - 2, 0), min(frames[-1] + 2, total - 1)
        assert window.frames.tolist() == list(range(first, last + 1))
