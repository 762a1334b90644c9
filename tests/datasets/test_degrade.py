import numpy as np
import pytest

from avatar.datasets.degrade import BEDS, CHANGES, degrade
from avatar.datasets.synthesis import SAMPLE_RATE

KINDS = [*BEDS, *CHANGES]


@pytest.fixture
def samples() -> np.ndarray:
    """Bursts of noise, somewhat like syllables."""
    time = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    sound = np.random.default_rng(1).standard_normal(len(time)) * (np.sin(2 * np.pi * 4 * time) > 0)
    return (0.1 * sound).astype(np.float32)


def test_all_kinds_are_there() -> None:
    assert set(KINDS) == {"noise", "babble", "music", "reverb", "telephone", "8kHz", "quiet", "clipped"}


@pytest.mark.parametrize("kind", KINDS)
def test_damage_is_repeatable_and_keeps_time(samples: np.ndarray, kind: str) -> None:
    damaged = degrade(samples, kind, np.random.default_rng(0))
    assert damaged.shape == samples.shape
    assert damaged.dtype == np.float32
    assert np.abs(damaged).max() <= 1
    np.testing.assert_array_equal(damaged, degrade(samples, kind, np.random.default_rng(0)))
    assert np.abs(damaged - samples).max() > 1e-3
    spectrum = np.fft.rfft(damaged, 2 * len(samples)) * np.conj(np.fft.rfft(samples, 2 * len(samples)))
    assert np.argmax(np.fft.irfft(spectrum)) == 0


@pytest.mark.parametrize("kind", BEDS)
@pytest.mark.parametrize("snr", [0.0, 10.0])
def test_beds_lie_at_the_level_asked_for(samples: np.ndarray, kind: str, snr: float) -> None:
    damaged = degrade(0.1 * samples, kind, np.random.default_rng(0), snr=snr)
    measured = 10 * np.log10(np.mean((0.1 * samples) ** 2) / np.mean((damaged - 0.1 * samples) ** 2))
    assert measured == pytest.approx(snr, abs=0.1)


def test_quiet_keeps_few_steps(samples: np.ndarray) -> None:
    quiet = degrade(samples, "quiet", np.random.default_rng(0))
    assert 20 * np.log10(np.std(quiet) / np.std(samples)) == pytest.approx(-40, abs=0.2)
    np.testing.assert_array_equal(quiet * 32768, np.round(quiet * 32768))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [0, 1, 10, 300])
def test_blips_are_damaged_too(samples: np.ndarray, kind: str, count: int) -> None:
    damaged = degrade(samples[5000 : 5000 + count], kind, np.random.default_rng(0))
    assert damaged.shape == (count,) and np.isfinite(damaged).all()


def test_nothing_to_damage(samples: np.ndarray) -> None:
    np.testing.assert_array_equal(degrade(0 * samples, "music", np.random.default_rng(0)), 0 * samples)


def test_unknown_kinds_and_levels_are_named(samples: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"kind must be one of noise, .*, got 'rain'"):
        degrade(samples, "rain", np.random.default_rng(0))
    with pytest.raises(ValueError, match="snr must be None for 'reverb', got 5"):
        degrade(samples, "reverb", np.random.default_rng(0), snr=5)
    with pytest.raises(ValueError, match="snr must be finite decibels, got nan"):
        degrade(samples, "noise", np.random.default_rng(0), snr=float("nan"))
