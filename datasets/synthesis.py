"""What every synthesizer gives: speech, and where its phones are."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.io import wavfile

from avatar.articulation.phones import Phone

SAMPLE_RATE = 16000
"""Samples per second of everything in the corpus."""


class MissingToolError(RuntimeError):
    """A synthesizer or aligner is not on this machine; the message says how to get it."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One speaker of the corpus.

    Args:
        name: unique in the corpus, for example "flite-slt@0.92".
        engine: "kokoro", "flite", "festival" or "hibari".
        styles: the engine's own voices that are blended in equal parts; most have one.
        shift: factor on all frequencies, pitch and formants, by resampling (1 leaves them).
        held_out: whether training never hears it.
        language: that it speaks.
        manner: "plain", "shouted" or "whispered".
        licence: where it is not its engine's.
    """

    name: str
    engine: str
    styles: tuple[str, ...]
    shift: float = 1.0
    held_out: bool = False
    language: str = "English"
    manner: str = "plain"
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Synthesis:
    """One spoken text.

    Args:
        samples: [N] float32, -1..1, at `SAMPLE_RATE`.
        phones: as the engine timed them, in seconds.
        words: the symbols of each spoken word, without silence; what an aligner needs.
    """

    samples: NDArray[np.float32]
    phones: tuple[Phone, ...]
    words: tuple[tuple[str, ...], ...] = field(default=())


class Synthesizer(Protocol):
    """Turns text into speech with phone times."""

    licence: str

    def speak(self, text: str, voice: Voice, *, speed: float, pitch: float) -> Synthesis:
        """Speak a text.

        Args:
            text: in the voice's language; see `avatar.datasets.languages` for how it is spelled.
            voice: one of this engine's voices; its `shift` is applied by the caller.
            speed: 1 is the voice's own; 2 is twice as fast.
            pitch: factor on the fundamental frequency where the engine can, else ignored.
        """
        ...


def to_corpus_rate(samples: NDArray[np.float32], sample_rate: int) -> NDArray[np.float32]:
    """Samples [N] at any rate, as [M] at `SAMPLE_RATE`."""
    if sample_rate == SAMPLE_RATE:
        return samples
    return np.asarray(soxr.resample(samples, sample_rate, SAMPLE_RATE), np.float32)


def read_wav(path: Path) -> NDArray[np.float32]:
    """The samples [N] of a 16-bit mono wav file at `SAMPLE_RATE`, whatever its rate."""
    rate, samples = wavfile.read(path)
    return to_corpus_rate(np.asarray(samples / 32768, np.float32), rate)


def shifted(synthesis: Synthesis, factor: float) -> Synthesis:
    """Play the speech `factor` times as fast: pitch and formants rise by it, times shrink by it.

    Args:
        synthesis: the speech.
        factor: above 0; 1 returns the speech itself.
    """
    if factor == 1:
        return synthesis
    if not factor > 0:
        raise ValueError(f"factor must be above 0, got {factor}; 1.1 raises pitch and formants by a tenth")
    samples = np.asarray(soxr.resample(synthesis.samples, factor * 1000, 1000), np.float32)
    return Synthesis(samples, tuple(phone.scaled(1 / factor) for phone in synthesis.phones), synthesis.words)
