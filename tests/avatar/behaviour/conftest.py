"""Voices for tests: syllables of noise, as loud as they are told to be."""

import numpy as np
import pytest

from avatar.animation import Animation
from avatar.audio import SAMPLE_RATE, Sound
from avatar.controls import ARKIT


def make_phrase(*loudness, rate=4.0):
    count = round(SAMPLE_RATE / rate)
    swell = np.sin(np.linspace(0.0, np.pi, count)) ** 2
    noise = np.random.default_rng(0).uniform(-1.0, 1.0, count)
    return np.concatenate([np.zeros(0), *(level * swell * noise for level in loudness)]).astype(np.float32)


def make_quiet(seconds):
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


@pytest.fixture(scope="session")
def phrase():
    """Syllables, each as loud as its number (0..1), `rate` a second."""
    return make_phrase


@pytest.fixture(scope="session")
def quiet():
    """Seconds of silence."""
    return make_quiet


@pytest.fixture(scope="session")
def talk():
    """Seconds of phrases of two to twelve syllables, between pauses of a fifth of a second to `longest`."""

    def make(seconds, seed=0, longest=0.8):
        chance = np.random.default_rng(seed)
        pieces, length = [], 0
        while length < seconds * SAMPLE_RATE:
            pieces += [make_phrase(*chance.uniform(0.1, 0.6, chance.integers(2, 13)))]
            pieces += [make_quiet(chance.uniform(0.2, longest))]
            length += len(pieces[-1]) + len(pieces[-2])
        return Sound(np.concatenate(pieces)[: round(seconds * SAMPLE_RATE)], SAMPLE_RATE)

    return make


@pytest.fixture(scope="session")
def still():
    """A face that does nothing for some seconds."""

    def make(seconds, fps=60.0, **curves):
        animation = Animation(ARKIT, np.zeros((round(seconds * fps), len(ARKIT))), fps)
        return animation.with_curves(curves)

    return make
