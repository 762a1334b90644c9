"""A synthesizer and an aligner that need no tools: every letter is a tone, and the times are known."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from avatar.articulation.phones import SILENCE, Phone
from avatar.datasets.build import Part
from avatar.datasets.synthesis import SAMPLE_RATE, Synthesis, Voice

TONES = {"B": 150.0, "AA": 700.0, "M": 250.0, "IY": 2200.0}


def tone_synthesis(*, lateness: float = 0.0) -> Synthesis:
    """Silence, B AA M IY at 0.1 s each, silence; the phone times run `lateness` seconds behind."""
    pieces = [np.zeros(SAMPLE_RATE // 5)]
    phones = [Phone(SILENCE, 0.0, 0.2 + lateness)]
    time = 0.2 + lateness
    for symbol, frequency in TONES.items():
        length = SAMPLE_RATE // 10
        pieces.append(0.3 * np.sin(2 * np.pi * frequency * np.arange(length) / SAMPLE_RATE))
        phones.append(Phone(symbol, time, time + 0.1))
        time += 0.1
    pieces.append(np.zeros(SAMPLE_RATE // 5))
    phones.append(Phone(SILENCE, time, 0.8 + lateness))
    return Synthesis(np.concatenate(pieces).astype(np.float32), tuple(phones), (tuple(TONES),))


@dataclass
class FakeSynthesizer:
    """Says the same whatever the text; remembers what it was asked for."""

    licence: str = "none"
    lateness: float = 0.0
    asked: list[str] = field(default_factory=list)

    def speak(self, text: str, voice: Voice, *, speed: float, pitch: float) -> Synthesis:
        self.asked.append(text)
        return tone_synthesis(lateness=self.lateness)


class FakeAligner:
    """Knows the true times."""

    def align(self, samples: NDArray[np.float32], words: tuple[tuple[str, ...], ...]) -> tuple[Phone, ...]:
        return tone_synthesis().phones


VOICES = [
    Voice("fake-low", "fake", ("low",), shift=0.9),
    Voice("fake-high", "fake", ("high",)),
    Voice("fake-stranger", "fake", ("stranger",), held_out=True),
]


@pytest.fixture
def synthesizer() -> FakeSynthesizer:
    return FakeSynthesizer()


@pytest.fixture
def part(synthesizer: FakeSynthesizer) -> Part:
    return Part("fake", VOICES, lambda: synthesizer, share=1.0, trust=0.5)


@pytest.fixture
def make_aligner() -> Callable[[], FakeAligner]:
    return FakeAligner


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "corpus"


@pytest.fixture
def noise() -> NDArray[np.float32]:
    return np.random.default_rng(1).standard_normal(4 * SAMPLE_RATE).astype(np.float32)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def level() -> Callable[[NDArray[np.float32], float, float], float]:
    """Level of samples within a band from low to high, in dB."""

    def measure(samples: NDArray[np.float32], low: float, high: float) -> float:
        frequency, power = signal.welch(samples, SAMPLE_RATE, nperseg=1024)
        return float(10 * np.log10(power[(frequency >= low) & (frequency < high)].mean() + 1e-20))

    return measure
