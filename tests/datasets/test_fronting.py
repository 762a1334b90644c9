import numpy as np
import pytest
from scipy import signal

from avatar.articulation.phones import Phone
from avatar.datasets.fronting import front, upper_formants
from avatar.datasets.synthesis import SAMPLE_RATE
from avatar.datasets.whisper import FRAME

PHONES = (Phone("IY", 0.0, 0.4), Phone("UW", 0.4, 0.7), Phone("IY", 0.7, 1.0))


@pytest.fixture
def goose() -> np.ndarray:
    """Pulses at 125 Hz through the resonances of a back vowel, a second long."""
    sound = np.zeros(SAMPLE_RATE)
    sound[::128] = 1
    for hertz, bandwidth in ((320, 60), (950, 90), (2300, 120), (3400, 180)):
        pole = np.exp((-bandwidth + 2j * hertz) * np.pi / SAMPLE_RATE)
        sound = signal.lfilter([1], [1, -2 * pole.real, abs(pole) ** 2], sound)
    return (0.1 * sound / np.abs(sound).max()).astype(np.float32)


def formant(samples: np.ndarray, seconds: float) -> float:
    start = round(seconds * SAMPLE_RATE) - FRAME // 2
    found = upper_formants(samples[start : start + FRAME] * signal.get_window("hann", FRAME))
    assert found is not None
    pole, third = found
    assert third == pytest.approx(2300, abs=80)
    return float(np.angle(pole) * SAMPLE_RATE / (2 * np.pi))


@pytest.mark.parametrize("share", [0.6, 0.75])
def test_the_second_formant_goes_to_its_share_of_the_third(goose: np.ndarray, share: float) -> None:
    fronted = front(goose, PHONES, share)
    assert fronted.dtype == np.float32
    assert formant(goose, 0.55) == pytest.approx(950, abs=60)
    assert formant(fronted, 0.55) == pytest.approx(share * 2300, abs=60)
    assert np.std(fronted[7000:10600]) == pytest.approx(np.std(goose[7000:10600]), rel=0.1)


def test_other_sounds_stay(goose: np.ndarray) -> None:
    fronted = front(goose, PHONES, 0.75)
    near = round(0.1 * SAMPLE_RATE)
    np.testing.assert_allclose(fronted[: 6400 - near], goose[: 6400 - near], atol=1e-6)
    np.testing.assert_allclose(fronted[11200 + near :], goose[11200 + near :], atol=1e-6)
    np.testing.assert_array_equal(front(goose, (Phone("AO", 0.0, 1.0),), 0.75), goose)


def test_goat_ends_forward(goose: np.ndarray) -> None:
    fronted = front(goose, (Phone("OW", 0.3, 0.9),), 0.75)
    assert formant(fronted, 0.45) == pytest.approx(950, abs=60)
    assert formant(fronted, 0.75) == pytest.approx(0.75 * 2300, abs=60)


def test_what_is_forward_already_is_left_alone(goose: np.ndarray) -> None:
    np.testing.assert_allclose(front(goose, PHONES, 0.4), goose, atol=1e-6)


def test_noise_and_silence_are_no_vowels(noise: np.ndarray) -> None:
    assert np.isfinite(front(noise, PHONES, 0.75)).all()
    np.testing.assert_array_equal(front(np.zeros(SAMPLE_RATE, np.float32), PHONES, 0.75), 0)
