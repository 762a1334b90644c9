"""A stream cut into windows that overlap."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Window:
    """Frames of a stream, with those before and after that bear on them.

    Args:
        frames: [B, ...].
        own: which of them are the window's own.
    """

    frames: NDArray[Any]
    own: slice


def windows(chunks: Iterable[NDArray[Any]], *, frames: int, overlap: int) -> Iterator[Window]:
    """Cut a stream anew, whatever the size of its chunks.

    Args:
        chunks: arrays [B, ...] one after the other.
        frames: the own frames of each window but the last.
        overlap: frames before and after them that come along where there are any.

    Yields:
        Windows whose own frames add up to the stream.
    """
    held: NDArray[Any] | None = None
    before = 0
    for chunk in chunks:
        held = chunk if held is None else np.concatenate([held, chunk])
        while len(held) - before >= frames + overlap:
            yield Window(held[: before + frames + overlap], slice(before, before + frames))
            begin = max(before + frames - overlap, 0)
            before = before + frames - begin
            held = held[begin:]
    while held is not None and len(held) > before:
        stop = min(before + frames, len(held))
        yield Window(held[: stop + overlap], slice(before, stop))
        begin = max(stop - overlap, 0)
        before = stop - begin
        held = held[begin:]
