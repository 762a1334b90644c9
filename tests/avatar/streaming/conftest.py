"""A stand-in for the speech model that is quick and knows what every sample should do."""

from math import ceil
from types import SimpleNamespace

import numpy as np
import pytest

from avatar.animation import Animation
from avatar.animator import Animator
from avatar.controls import ARKIT

HOP = 320


class LoudnessStream:
    """Rows of the loudest and the mean sample of each 20 ms, once the samples of the look-ahead are there too."""

    def __init__(self, lookahead):
        self.ahead, self.samples, self.done, self.taken = round(lookahead * 16000), np.zeros(0, np.float32), 0, 0

    def push(self, samples):
        self.samples = np.concatenate([self.samples, samples])
        self.taken += len(samples)
        return self.rows(max((len(self.samples) - self.ahead) // HOP, 0))

    def flush(self):
        left = ceil(self.taken / HOP) - self.done
        self.samples = np.pad(self.samples, (0, max(left * HOP - len(self.samples), 0)))
        return self.rows(left)

    def rows(self, count):
        blocks = np.abs(self.samples[: count * HOP].reshape(count, HOP))
        self.samples, self.done = self.samples[count * HOP :], self.done + count
        return np.stack([1.5 * blocks.max(1), blocks.mean(1)], 1).astype(np.float32)


class Loudness:
    """The jaw opens by the loudest sample (over 1 where it is loud), the lips round by the mean."""

    config = SimpleNamespace(controls=("jawOpen", "mouthPucker"))

    def stream(self, lookahead=0.2):
        if lookahead < 0.02:
            raise ValueError(f"lookahead must be at least 0.02 seconds, got {lookahead}")
        return LoudnessStream(lookahead)

    def predict(self, samples, *, lookahead=None):
        stream = self.stream(lookahead or 0.2)
        rows = np.concatenate([stream.push(samples), stream.flush()])
        return Animation.from_curves(ARKIT, dict(zip(self.config.controls, rows.T, strict=True)), 50).clamp()


@pytest.fixture(scope="session")
def animator():
    return Animator(Loudness())
