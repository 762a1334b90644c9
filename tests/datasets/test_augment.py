from itertools import pairwise

import numpy as np
import pytest

from avatar.articulation.phones import SILENCE, Phone
from avatar.datasets.augment import (
    LONGEST_PAUSE,
    Chances,
    augment,
    noise_clip,
    open_pause,
    pad,
    retune,
    seed_of,
)
from avatar.datasets.synthesis import SAMPLE_RATE

NEVER = dict.fromkeys(Chances.__slots__, 0.0)
PHONES = (
    Phone(SILENCE, 0.0, 0.2),
    Phone("M", 0.2, 0.4),
    Phone(SILENCE, 0.4, 0.6),
    Phone("AA", 0.6, 0.9),
    Phone(SILENCE, 0.9, 1.0),
)


@pytest.fixture
def samples() -> np.ndarray:
    """A second: a tone in each spoken phone, else nothing."""
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    spoken = ((time >= 0.2) & (time < 0.4)) | ((time >= 0.6) & (time < 0.9))
    return (0.3 * np.sin(2 * np.pi * 440 * time) * spoken).astype(np.float32)


def assert_sound(samples: np.ndarray, phones: tuple[Phone, ...]) -> None:
    assert samples.dtype == np.float32
    assert np.abs(samples).max() <= 1
    assert phones[0].start == 0
    assert phones[-1].end == pytest.approx(len(samples) / SAMPLE_RATE, abs=1e-3)
    assert all(before.end == pytest.approx(after.start) for before, after in pairwise(phones))


def test_everything_at_once_keeps_the_phones(samples: np.ndarray, noise: np.ndarray) -> None:
    always = Chances(**dict.fromkeys(Chances.__slots__, 1.0))
    for epoch in range(5):
        changed, phones = augment(samples, PHONES, seed_of("a", epoch), babble=noise, chances=always)
        assert_sound(changed, phones)
        assert [phone.symbol for phone in phones] == [phone.symbol for phone in PHONES]


def test_nothing_changes_nothing(samples: np.ndarray, rng: np.random.Generator) -> None:
    changed, phones = augment(samples, PHONES, rng, chances=Chances(**NEVER))
    np.testing.assert_array_equal(changed, samples)
    assert phones == PHONES


def test_same_seed_same_sound(samples: np.ndarray) -> None:
    first, first_phones = augment(samples, PHONES, seed_of("fake-1", 3))
    again, again_phones = augment(samples, PHONES, seed_of("fake-1", 3))
    np.testing.assert_array_equal(first, again)
    assert first_phones == again_phones
    other, _ = augment(samples, PHONES, seed_of("fake-1", 4))
    assert len(other) != len(first) or not np.array_equal(other, first)


@pytest.mark.parametrize("name", ["tilt", "reverberation", "noise", "music", "telephone", "narrow", "gain", "clip"])
def test_changes_of_sound_keep_time(samples: np.ndarray, rng: np.random.Generator, name: str) -> None:
    changed, phones = augment(samples, PHONES, rng, chances=Chances(**{**NEVER, name: 1.0}))
    assert len(changed) == len(samples)
    assert phones == PHONES
    assert not np.array_equal(changed, samples)
    assert_sound(changed, phones)


def test_retune_moves_sound_and_phones_together(samples: np.ndarray) -> None:
    changed, phones = retune(samples, PHONES, 1.1)
    assert_sound(changed, phones)
    assert phones[1].start == pytest.approx(0.2 / 1.1)
    loud = np.flatnonzero(np.abs(changed) > 0.05) / SAMPLE_RATE
    assert loud[0] == pytest.approx(phones[1].start, abs=0.002)
    spectrum = np.abs(np.fft.rfft(changed))
    assert np.argmax(spectrum) * SAMPLE_RATE / len(changed) == pytest.approx(484, abs=3)


def test_pad_moves_phones_behind_the_silence(samples: np.ndarray) -> None:
    changed, phones = pad(samples, PHONES, before=0.5, after=0.25)
    assert_sound(changed, phones)
    assert phones[1] == Phone("M", 0.7, 0.9)
    np.testing.assert_array_equal(changed[8000:24000], samples)


def test_pause_opens_within_the_speech(samples: np.ndarray, rng: np.random.Generator) -> None:
    changed, phones = open_pause(samples, PHONES, rng)
    assert_sound(changed, phones)
    added = len(changed) / SAMPLE_RATE - 1
    assert 0.1 <= added <= LONGEST_PAUSE
    assert phones[2].duration == pytest.approx(0.2 + added, abs=1e-4)
    np.testing.assert_allclose(changed[-4000:], samples[-4000:])


def test_without_a_pause_none_is_opened(samples: np.ndarray, rng: np.random.Generator) -> None:
    phones = (Phone("M", 0.0, 1.0),)
    changed, kept = open_pause(samples, phones, rng)
    assert changed is samples
    assert kept is phones


def test_noise_clips_are_silence_to_the_mouth(noise: np.ndarray) -> None:
    for seed in range(20):
        clip, phones = noise_clip(0.5, np.random.default_rng(seed), babble=noise)
        assert clip.shape == (8000,)
        assert clip.dtype == np.float32
        assert phones == (Phone(SILENCE, 0.0, 0.5),)
        assert np.abs(clip).max() <= 10 ** (-10 / 20) + 1e-6
