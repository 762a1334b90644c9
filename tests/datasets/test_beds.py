from collections.abc import Callable

import numpy as np
import pytest

from avatar.datasets.beds import babble, hum, music, pink, some_bed, tone, white
from avatar.datasets.synthesis import SAMPLE_RATE

Level = Callable[[np.ndarray, float, float], float]


def test_pink_falls_with_frequency(noise: np.ndarray, level: Level) -> None:
    rosy = pink(noise)
    assert level(rosy, 200, 400) - level(rosy, 3200, 6400) == pytest.approx(12, abs=1)


def test_hum_is_the_mains(rng: np.random.Generator) -> None:
    spectrum = np.abs(np.fft.rfft(hum(4 * SAMPLE_RATE, rng)))
    assert np.argmax(spectrum) / 4 in {50, 60}


def test_tones_have_their_pitch_and_die_away() -> None:
    note = tone(220, SAMPLE_RATE, brightness=1.5, decay=0.3)
    assert np.argmax(np.abs(np.fft.rfft(note))) == pytest.approx(220, abs=1)
    assert np.std(note[SAMPLE_RATE // 2 :]) < 0.3 * np.std(note[: SAMPLE_RATE // 2])


def test_music_repeats_and_differs_by_seed() -> None:
    first = music(20 * SAMPLE_RATE, np.random.default_rng(3))
    assert first.dtype == np.float32
    np.testing.assert_array_equal(first, music(20 * SAMPLE_RATE, np.random.default_rng(3)))
    assert not np.array_equal(first, music(20 * SAMPLE_RATE, np.random.default_rng(4)))
    # Two bars last 3.2 to 6.9 seconds.
    spectrum = np.fft.rfft(first, 2 * len(first))
    likeness = np.fft.irfft(np.abs(spectrum) ** 2)[: len(first)] / np.sum(first**2)
    lag = SAMPLE_RATE * 3 + int(np.argmax(likeness[SAMPLE_RATE * 3 : SAMPLE_RATE * 7]))
    np.testing.assert_allclose(first[lag : 2 * lag], first[:lag])


def test_babble_has_the_spectrum_but_not_the_words_of_its_voices(
    noise: np.ndarray, rng: np.random.Generator, level: Level
) -> None:
    voices = pink(noise)
    talk = babble(voices, len(voices), rng)
    loudness = np.std(talk) / np.std(voices)
    assert loudness == pytest.approx(3**0.5, abs=0.2)
    assert abs(np.corrcoef(talk, voices)[0, 1]) < 0.15
    for low, high in ((200, 400), (3200, 6400)):
        assert level(talk, low, high) - level(voices, low, high) == pytest.approx(10 * np.log10(3), abs=1.5)


def test_babble_lasts_as_long_as_asked(noise: np.ndarray, rng: np.random.Generator) -> None:
    assert babble(noise[:1000], 5000, rng).shape == (5000,)


def test_beds_are_of_all_kinds(noise: np.ndarray) -> None:
    beds = [some_bed(4000, np.random.default_rng(seed), voices=noise) for seed in range(30)]
    assert all(bed.shape == (4000,) and bed.dtype == np.float32 and np.std(bed) > 0 for bed in beds)
    flatness = [np.exp(np.mean(np.log(power))) / power.mean() for power in map(_power, beds)]
    assert min(flatness) < 0.05
    assert max(flatness) > 0.4


def _power(bed: np.ndarray) -> np.ndarray:
    return np.abs(np.fft.rfft(bed))[1:-1] ** 2 + 1e-9


def test_white_has_unit_power(rng: np.random.Generator) -> None:
    assert np.std(white(SAMPLE_RATE, rng)) == pytest.approx(1, abs=0.05)
