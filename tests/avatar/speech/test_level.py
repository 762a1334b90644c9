import numpy as np
import pytest

from avatar.speech.level import LOWEST, USUAL, RunningLevel
from avatar.speech.mel import speech_level


def energies(seconds: float, level: float, seed: int = 0) -> np.ndarray:
    """Syllables and pauses about a level."""
    rng = np.random.default_rng(seed)
    count = round(100 * seconds)
    loudness = np.interp(np.arange(count), np.arange(0, count, 12), rng.uniform(-2.5, 0.3, -(-count // 12)))
    return (10 ** (level + loudness + rng.normal(0, 0.1, count))).astype(np.float32)


@pytest.mark.parametrize("level", [-1.0, 0.5, 2.5])
def test_comes_to_the_level_of_the_recording(level: float) -> None:
    energy = energies(20, level)
    running = RunningLevel().follow(energy)
    assert running[0] == np.float32(USUAL)
    assert abs(running[-1] - speech_level(energy)) < 0.1
    assert abs(running[300] - speech_level(energy)) < 0.35


def test_pieces_make_no_difference() -> None:
    energy = energies(7, 1.0)
    whole, pieces, place, rng = RunningLevel().follow(energy), RunningLevel(), 0, np.random.default_rng(1)
    parts = []
    while place < len(energy):
        size = int(rng.integers(0, 40))
        parts.append(pieces.follow(energy[place : place + size]))
        place += size
    assert np.array_equal(np.concatenate(parts), whole)


def test_later_sound_changes_nothing_before_it() -> None:
    energy = energies(6, 0.0)
    other = energy.copy()
    other[350:] *= 100
    assert np.array_equal(RunningLevel().follow(other)[:351], RunningLevel().follow(energy)[:351])
    assert not np.array_equal(RunningLevel().follow(other)[351:], RunningLevel().follow(energy)[351:])


def test_a_quiet_room_is_not_made_loud() -> None:
    assert RunningLevel().follow(np.full(1000, 1e-4, np.float32)).min() >= LOWEST
    assert np.array_equal(RunningLevel().follow(np.zeros(200, np.float32)), np.full(200, USUAL, np.float32))


def test_forgets_a_shout() -> None:
    running = RunningLevel().follow(np.concatenate([energies(10, 2.5), energies(120, 0.0, seed=1)]))
    assert abs(running[1000] - speech_level(energies(10, 2.5))) < 0.15
    assert abs(running[-1] - speech_level(energies(120, 0.0, seed=1))) < 0.1
