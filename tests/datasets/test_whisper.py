import numpy as np
import pytest
from scipy import signal

from avatar.datasets.manners import MANNERS, shout
from avatar.datasets.synthesis import SAMPLE_RATE
from avatar.datasets.whisper import VOICING_LOSS, whisper


@pytest.fixture
def vowel() -> np.ndarray:
    """Pulses at 125 Hz through a resonance at 1 kHz, between silences."""
    pulses = np.zeros(SAMPLE_RATE)
    pulses[4000:12000:128] = 1
    pole = 0.97 * np.exp(2j * np.pi * 1000 / SAMPLE_RATE)
    return (0.1 * signal.lfilter([1], np.poly([pole, pole.conj()]).real, pulses)).astype(np.float32)


def test_whisper_keeps_the_resonance_and_loses_the_pulses(vowel: np.ndarray, rng: np.random.Generator) -> None:
    whispered = whisper(vowel, rng)
    assert whispered.shape == vowel.shape
    assert whispered.dtype == np.float32
    frequency, power = signal.welch(whispered[5000:11000], SAMPLE_RATE, nperseg=512)
    assert frequency[np.argmax(power)] == pytest.approx(1000, abs=100)
    assert periodicity(vowel[5000:11000]) > 0.9
    assert periodicity(whispered[5000:11000]) < 0.3


def test_whisper_keeps_silence_and_time(vowel: np.ndarray, rng: np.random.Generator) -> None:
    whispered = whisper(vowel, rng)
    inside, outside = np.std(whispered[4500:11500]), np.std(whispered[:3000])
    assert outside < 1e-3 * inside
    assert np.std(whispered[13000:]) < 1e-3 * inside


def test_whisper_leaves_a_hiss_its_level(rng: np.random.Generator) -> None:
    hiss = 0.1 * np.random.default_rng(1).standard_normal(SAMPLE_RATE).astype(np.float32)
    # The first difference alone changes the level of white noise by this factor.
    assert np.std(whisper(hiss, rng)) == pytest.approx(0.138, rel=0.12)


def test_voices_lose_more_than_hisses(vowel: np.ndarray, rng: np.random.Generator) -> None:
    bright = signal.lfilter([1, -0.95], [1], vowel)[5000:11000]
    loss = 20 * np.log10(np.std(bright) / np.std(whisper(vowel, rng)[5000:11000]))
    assert loss == pytest.approx(VOICING_LOSS, abs=3)


def periodicity(samples: np.ndarray) -> float:
    """Likeness of the sound to itself one pulse later."""
    return float(np.corrcoef(samples[:-128], samples[128:])[0, 1])


def test_shouting_is_brighter_and_more_even(rng: np.random.Generator) -> None:
    speech = np.random.default_rng(1).standard_normal(SAMPLE_RATE)
    speech = signal.lfilter([1], [1, -0.9], speech) * np.linspace(0.01, 0.1, SAMPLE_RATE)
    shouted = shout(speech.astype(np.float32), rng)
    assert shouted.dtype == np.float32
    assert np.abs(shouted).max() < 1
    assert slope(shouted) > slope(speech) + 4
    assert np.std(shouted[-4000:]) / np.std(shouted[:4000]) < np.std(speech[-4000:]) / np.std(speech[:4000])


def slope(samples: np.ndarray) -> float:
    """Level above 2 kHz over that below 500 Hz, in dB."""
    frequency, power = signal.welch(samples, SAMPLE_RATE, nperseg=1024)
    return float(10 * np.log10(power[frequency > 2000].mean() / power[frequency < 500].mean()))


@pytest.mark.parametrize("manner", MANNERS)
def test_all_manners_keep_the_length(vowel: np.ndarray, rng: np.random.Generator, manner: str) -> None:
    assert MANNERS[manner].process(vowel, rng).shape == vowel.shape
