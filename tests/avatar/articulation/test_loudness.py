"""Loudness is the voice's own: independent of gain, pauses and frame rate."""

import numpy as np
import pytest

from avatar.articulation.loudness import LEAST, MOST, WIDER, loudness, widening

RATE = 16_000


def voice(*stretches: tuple[float, float]) -> np.ndarray:
    """A buzz with (seconds, dB) stretches, -inf for silence."""
    pieces = []
    for seconds, level in stretches:
        time = np.arange(round(seconds * RATE)) / RATE
        pieces.append(0.1 * 10 ** (level / 20) * np.sign(np.sin(2 * np.pi * 120 * time)))
    return np.concatenate(pieces).astype(np.float32)


SILENT = -np.inf


def test_a_louder_stretch_is_louder_by_its_decibels() -> None:
    level = loudness(voice((0.5, SILENT), (2, 0), (1, 6), (1, -6), (0.5, SILENT)), RATE, fps=50)
    assert len(level) == 250
    assert level[75] == pytest.approx(0, abs=0.3)
    assert level[150] == pytest.approx(6, abs=0.3) and level[200] == pytest.approx(-6, abs=0.3)


def test_gain_and_pauses_do_not_matter() -> None:
    sound = voice((1, 0), (0.5, 5), (1, -3))
    one, quiet = loudness(sound, RATE, fps=50), loudness(0.01 * sound, RATE, fps=50)
    np.testing.assert_allclose(one, quiet, atol=0.02)
    paused = loudness(np.concatenate([np.zeros(3 * RATE, np.float32), sound]), RATE, fps=50)[150:]
    np.testing.assert_allclose(paused[15:], one[15:], atol=0.6)


def test_pauses_and_shouts_stay_within_limits() -> None:
    level = loudness(voice((1, 0), (1, SILENT), (0.2, 30)), RATE, fps=50)
    assert level.min() == LEAST and level.max() <= MOST


def test_levels_follow_sounds_without_jumps() -> None:
    level = loudness(voice((1, 0), (1, 10)), RATE, fps=100)
    steps = np.abs(np.diff(level))
    assert steps.max() < 4.0
    assert (steps > 0.2).sum() <= 10, "a tenth of a second is enough to get there"


def test_the_frame_rate_hardly_matters() -> None:
    sound = voice((1, 0), (0.5, 5), (1, -3))
    np.testing.assert_allclose(loudness(sound, RATE, fps=100)[::2], loudness(sound, RATE, fps=50), atol=1e-9)
    assert len(loudness(sound, RATE, fps=50, frames=99)) == 99


def test_no_sound_is_normal() -> None:
    assert not loudness(np.zeros(RATE), RATE, fps=50).any()
    assert loudness(np.zeros(0), RATE, fps=50).shape == (0,)
    np.testing.assert_array_equal(loudness(np.zeros(0), RATE, fps=50, frames=3), np.zeros(3))


def test_every_decibel_opens_as_far() -> None:
    np.testing.assert_allclose(widening([0, 10, -10, 50, -50]), WIDER * np.array([0, 10, -10, MOST, LEAST]))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"samples": np.array([0.1, np.nan])}, "samples must be finite"),
        ({"samples": np.zeros((2, 3))}, r"samples must be \[N\] mono, got \[2, 3\]"),
        ({"fps": np.inf}, "must be numbers above 0, got 16000 and inf"),
        ({"sample_rate": 0}, "must be numbers above 0, got 0"),
        ({"frames": -1}, "frames must be 0 or more, got -1"),
    ],
)
def test_bad_arguments_are_named(changed: dict, message: str) -> None:
    arguments = {"samples": voice((0.1, 0)), "sample_rate": RATE, "fps": 50} | changed
    with pytest.raises(ValueError, match=message):
        loudness(arguments.pop("samples"), arguments.pop("sample_rate"), **arguments)


@pytest.mark.parametrize("rate", [100, 8_000, 11_025, 44_100])
def test_any_rate_and_length_can_be_heard(rate: int) -> None:
    for count in (1, 2, rate // 3 + 1, 3 * rate):
        level = loudness(np.sin(np.arange(count)), rate, fps=50, frames=7)
        assert level.shape == (7,) and np.isfinite(level).all()
