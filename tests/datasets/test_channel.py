from collections.abc import Callable

import numpy as np
import pytest

from avatar.datasets.channel import add_noise, band, overdrive, reverberate, tilt
from avatar.datasets.synthesis import SAMPLE_RATE

Level = Callable[[np.ndarray, float, float], float]


@pytest.fixture
def samples() -> np.ndarray:
    """A tone between silences."""
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    return (0.3 * np.sin(2 * np.pi * 440 * time) * (np.abs(time - 0.5) < 0.3)).astype(np.float32)


@pytest.mark.parametrize("decibels", [5.0, 30.0])
def test_noise_has_the_level_asked_for(samples: np.ndarray, noise: np.ndarray, decibels: float) -> None:
    added = add_noise(samples, noise[: len(samples)], decibels) - samples
    measured = 10 * np.log10(np.mean(samples**2) / np.mean(added**2))
    assert measured == pytest.approx(decibels, abs=0.1)


def test_noise_leaves_silence_alone(noise: np.ndarray) -> None:
    silence = np.zeros(len(noise), np.float32)
    np.testing.assert_array_equal(add_noise(silence, noise, 10), silence)


def test_tilt_lifts_the_highs(noise: np.ndarray, level: Level) -> None:
    lifted = tilt(noise / 10, 9.0)
    lift = level(lifted, 3500, 4500) - level(noise / 10, 3500, 4500)
    drop = level(lifted, 100, 150) - level(noise / 10, 100, 150)
    assert lift == pytest.approx(4.5, abs=0.5)
    assert drop == pytest.approx(-4.5, abs=0.7)


def test_bands_are_cut(noise: np.ndarray, level: Level) -> None:
    narrow = band(noise, None, 3800)
    assert level(narrow, 5000, 7000) < level(noise, 5000, 7000) - 30
    telephone = band(noise, 300, 3400)
    assert level(telephone, 30, 150) < level(noise, 30, 150) - 30
    assert level(telephone, 1000, 2000) == pytest.approx(level(noise, 1000, 2000), abs=0.5)


def test_reverberation_keeps_the_first_sound_and_adds_a_tail(rng: np.random.Generator) -> None:
    click = np.zeros(SAMPLE_RATE, np.float32)
    click[100] = 0.5
    wet = reverberate(click, 0.4, rng)
    assert np.argmax(np.abs(wet)) == 100
    assert np.abs(wet[:100]).max() < 1e-6
    early, late = np.mean(wet[600:1600] ** 2), np.mean(wet[3800:4800] ** 2)
    assert 10 * np.log10(early / late) == pytest.approx(60 * 0.2 / 0.4, abs=3)


def test_wet_rooms_are_as_loud_as_the_speaker(rng: np.random.Generator) -> None:
    click = np.zeros(SAMPLE_RATE, np.float32)
    click[0] = 0.5
    room = reverberate(click, 0.4, rng, wet=1.0)[1:]
    assert np.sqrt(np.sum(room**2)) == pytest.approx(0.5, rel=0.01)


def test_overdrive_cuts_the_peaks_off(samples: np.ndarray) -> None:
    clipped = overdrive(samples, 2.0)
    assert np.mean(np.abs(clipped) == 1) == pytest.approx(0.6 * 2 / 3, abs=0.01)
    np.testing.assert_allclose(clipped[np.abs(clipped) < 1], (samples / 0.15)[np.abs(clipped) < 1], rtol=0.01)
