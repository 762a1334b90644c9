"""A voice to test with, made on the spot."""

import numpy as np
import pytest
from scipy import signal

RATE = 16000


@pytest.fixture(scope="session")
def vowel():
    """An open vowel [N] of a given pitch, a number or one for each sample, that comes in syllables."""

    def make(pitch, seconds=2.0, *, syllables=0.0, slope=1.0, level=0.1):
        count = round(seconds * RATE)
        phase = np.cumsum(np.broadcast_to(np.asarray(pitch, float), count)) / RATE
        highest = float(np.max(pitch))
        sound = sum(np.cos(2 * np.pi * number * phase) / number**slope for number in range(1, int(7000 / highest) + 1))
        for formant, width in ((700, 90), (1200, 110), (2600, 160)):
            radius = np.exp(-np.pi * width / RATE)
            sound = signal.lfilter([1], [1, -2 * radius * np.cos(2 * np.pi * formant / RATE), radius**2], sound)
        if syllables:
            time = np.arange(count) / RATE
            sound = sound * (0.06 + 0.94 * np.sin(np.pi * syllables * time) ** 2)
        return (level * sound / np.sqrt(np.mean(sound**2))).astype(np.float32)

    return make


@pytest.fixture(scope="session")
def shout_after_calm(vowel):
    """Six seconds of calm speech, then six of a shout: higher, livelier, faster, brighter and 12 dB louder."""
    time = np.arange(6 * RATE) / RATE
    calm = vowel(120 + 6 * np.sin(2 * np.pi * 0.6 * time), 6, syllables=3.5, slope=1.3, level=0.02)
    shout = vowel(200 + 60 * np.sin(2 * np.pi * 1.1 * time), 6, syllables=5, slope=0.4, level=0.08)
    noise = np.random.default_rng(0).standard_normal(12 * RATE).astype(np.float32)
    return np.concatenate([calm, shout]) + 1e-4 * noise
