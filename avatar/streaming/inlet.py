"""Sound on its way from the thread that hears it to the one that animates it."""

import threading
from collections import deque

import numpy as np
from numpy.typing import NDArray


class Inlet:
    """A queue of samples between two threads, of bounded length.

    When it is full, live sound loses what is oldest, and other sound is waited with.

    Args:
        sample_rate: samples per second.
        live: whether late sound is worthless.
        most: seconds that it holds.
    """

    def __init__(self, sample_rate: int, *, live: bool, most: float = 0.5) -> None:
        self.sample_rate, self.live = sample_rate, live
        self._most = round(most * sample_rate)
        self._blocks: deque[NDArray[np.float32]] = deque()
        self._count = self._skipped = 0
        self._ended = False
        self._error: Exception | None = None
        self._changed = threading.Condition()

    @property
    def waiting(self) -> float:
        """Seconds of sound in the queue."""
        return self._count / self.sample_rate

    @property
    def skipped(self) -> float:
        """Seconds of sound that were lost so far."""
        return self._skipped / self.sample_rate

    @property
    def ended(self) -> bool:
        """Whether nothing is in the queue and nothing will come."""
        return self._ended and not self._count

    def wait_for_end(self, seconds: float) -> bool:
        """Sleep, but not on after `end`; whether that was called."""
        with self._changed:
            return self._changed.wait_for(lambda: self._ended, seconds)

    def put(self, samples: NDArray[np.float32]) -> None:
        """Append samples [n]; after `end` they are ignored."""
        with self._changed:
            if not self.live:
                self._changed.wait_for(lambda: self._ended or self._count < self._most)
            if self._ended or not len(samples):
                return
            self._blocks.append(samples)
            self._count += len(samples)
            if self.live:
                self._skipped += len(self._remove(self._count - self._most))
            self._changed.notify_all()

    def take(self, seconds: float, *, timeout: float) -> NDArray[np.float32]:
        """Take the oldest samples out, waiting for some at most `timeout` seconds.

        Args:
            seconds: the most that is taken.
            timeout: in seconds.

        Returns:
            Samples [n]; none if none came.

        Raises:
            Exception: what the source ended with, once all its samples were taken.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._count, timeout)
            if self.ended and self._error is not None:
                raise self._error
            samples = self._remove(max(round(seconds * self.sample_rate), 1))
            self._changed.notify_all()
            return samples

    def skip(self, seconds: float) -> None:
        """Lose the oldest samples."""
        with self._changed:
            self._skipped += len(self._remove(round(seconds * self.sample_rate)))
            self._changed.notify_all()

    def end(self, error: Exception | None = None) -> None:
        """No more samples will come, because of an error or without."""
        with self._changed:
            if not self._ended:
                self._ended, self._error = True, error
            self._changed.notify_all()

    def _remove(self, count: int) -> NDArray[np.float32]:
        """The oldest samples, at most so many."""
        parts = [np.zeros(0, np.float32)]
        while count > 0 and self._blocks:
            block = self._blocks.popleft()
            if len(block) > count:
                self._blocks.appendleft(block[count:])
            parts.append(block[:count])
            count -= len(parts[-1])
            self._count -= len(parts[-1])
        return np.concatenate(parts)
