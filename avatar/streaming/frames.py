"""Frames of one rate, in pieces of any size, as frames of another rate."""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from avatar.animation import between_frames


def frames_covering(samples: int, sample_rate: int, fps: float) -> int:
    """How many frames cover a sound: ceil(samples / sample_rate * fps), without rounding however long it is.

    Args:
        samples: of the sound.
        sample_rate: samples per second.
        fps: frames per second; one that is meant as a fraction, such as 30000 / 1001, is taken as that.
    """
    rate = Fraction(fps).limit_denominator(1001)
    if abs(rate - Fraction(fps)) > 1e-12 * rate:
        rate = Fraction(fps)
    return -(-samples * rate.numerator // (rate.denominator * sample_rate))


class FrameStream:
    """Resamples frames while they arrive, to the very frames that `Animation.resample` makes of the whole.

    Frame numbers are whole numbers that are multiplied before they are divided, so that nothing drifts.

    Args:
        source_fps: frames per second of what arrives.
        fps: frames per second of what comes out.
        columns: C.
    """

    def __init__(self, source_fps: float, fps: float, columns: int) -> None:
        self._source_fps, self._fps = float(source_fps), fps
        self._rows, self._first = np.zeros((0, columns), np.float32), 0
        self.given = 0
        """Frames that came out."""

    def push(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take in rows [n, C]; return the frames [m, C] that are final."""
        self._rows = np.concatenate([self._rows, rows])
        last = self._first + len(self._rows) - 1
        stop = max(int(last * self._fps / self._source_fps), self.given)
        while stop * self._source_fps / self._fps <= last:
            stop += 1
        return self._until(stop)

    def flush(self, frames: int) -> NDArray[np.float32]:
        """The rest [m, C], so that `frames` came out; the last row holds to the end."""
        return self._until(max(frames, self.given))

    def _until(self, stop: int) -> NDArray[np.float32]:
        if stop == self.given:
            return self._rows[:0]
        position = np.arange(self.given, stop) * self._source_fps / self._fps
        position = np.minimum(position, self._first + len(self._rows) - 1)
        frames = between_frames(self._rows, position, first=self._first)
        self.given = stop
        # Rows before the next frame's instant are needed no more; the last one may be held.
        drop = min(int(stop * self._source_fps / self._fps) - self._first, len(self._rows) - 1)
        self._rows, self._first = self._rows[drop:].copy(), self._first + drop
        return frames
