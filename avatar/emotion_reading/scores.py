"""How well a reader reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from avatar.emotion_reading.clips import FaceClip
from avatar.emotion_reading.reader import EmotionReader
from avatar.evaluation.table import layout


@dataclass(frozen=True, eq=False)
class Confusion:
    """Which emotions were taken for which.

    Args:
        names: of the emotions.
        counts: [E, E] clips by what they show (rows) and what was read (columns).
    """

    names: tuple[str, ...]
    counts: NDArray[np.int64]

    @property
    def accuracy(self) -> float:
        """Share of the clips that were named right; 0 where there are none."""
        return float(np.trace(self.counts) / max(self.counts.sum(), 1))

    @property
    def recalls(self) -> NDArray[np.float64]:
        """Share of each emotion's clips that were named right [E]; 0 where there are none."""
        return np.asarray(np.diag(self.counts) / np.maximum(self.counts.sum(1), 1))

    def __str__(self) -> str:
        """Return the table, rows as shown and columns as read, in percent of the row."""
        shares = 100 * self.counts / np.maximum(self.counts.sum(1, keepdims=True), 1)
        rows = [[name, *_percents(row)] for name, row in zip(self.names, shares, strict=True)]
        return layout(["shown", *self.names], rows)


def _percents(row: NDArray[np.float64]) -> Sequence[str]:
    return [f"{value:.0f}" if value else "" for value in row]


@torch.no_grad()
def score(reader: EmotionReader, clips: Iterable[FaceClip], *, pictures: int | None = None) -> Confusion:
    """Read clips, and count.

    Args:
        reader: to judge.
        clips: what to read.
        pictures: how many of each clip's it is shown, the first ones; all when left out.
    """
    counts = np.zeros((len(reader.config.names),) * 2, np.int64)
    for clip in clips:
        counts[clip.emotion, int(reader(clip.pictures[None, :pictures]).clips[0].argmax())] += 1
    return Confusion(reader.config.names, counts)
