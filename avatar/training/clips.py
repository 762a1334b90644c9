"""Training clips: utterances joined with pauses and changed as recordings differ, with every phone still in place."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from avatar.articulation.loudness import loudness
from avatar.articulation.phones import Phone
from avatar.datasets.augment import Chances, augment, noise_clip
from avatar.datasets.corpus import Corpus, Utterance
from avatar.datasets.fronting import front
from avatar.speech.lookahead import FPS
from avatar.speech.mel import SAMPLE_RATE

Record = Callable[[NDArray[np.float32], np.random.Generator], NDArray[np.float32]]
"""Changes how samples [N] sound, but not when anything happens."""

NO_SHIFT = Chances(retune=0, silence=0, pause=0)
"""Augmentation that leaves every phone where it is."""


def as_recorded(samples: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """A clip as some microphone in some room would have it."""
    return augment(samples, (), rng, chances=NO_SHIFT)[0]


@dataclass(frozen=True)
class Clip:
    """A recording with known phones.

    Args:
        samples: [N] float32 at 16 kHz.
        phones: in order; what none covers is silence.
        loudness: [T] of the voice at `FPS`, as `avatar.articulation.loudness` gives it for the clean sound.
    """

    samples: NDArray[np.float32]
    phones: tuple[Phone, ...]
    loudness: NDArray[np.float64]


@dataclass(frozen=True)
class ClipStyle:
    """How clips are put together.

    Args:
        seconds: length of each.
        pause: longest pause before each utterance, in seconds.
        shift: largest change of pitch and speed together, by resampling: factors 1 / shift .. shift.
        swell: standard deviation in dB of how loudness comes and goes over a second or two.
        empty: share of clips in which nobody speaks.
        fronted: share of the English utterances that say "goose" and "goat" as younger speakers do.
        goose: range of the second formant that they say them with, as a share of the third.
    """

    seconds: float = 8.0
    pause: float = 1.0
    shift: float = 1.2
    swell: float = 3.0
    empty: float = 0.03
    fronted: float = 0.4
    goose: tuple[float, float] = (0.65, 0.9)


class ClipMaker:
    """Draws clips without end, all voices equally often.

    Args:
        utterances: what may be said.
        record: how the recording differs from the clean sound; None leaves it clean.
        style: how clips are put together.
    """

    def __init__(
        self, utterances: Sequence[Utterance], record: Record | None = None, style: ClipStyle | None = None
    ) -> None:
        if not len(utterances):
            raise ValueError("utterances must hold at least one, got none; is that part of the corpus empty?")
        self.utterances = utterances
        self._voices = _by_voice(utterances)
        self.record = record
        self.style = style or ClipStyle()

    def draw(self, rng: np.random.Generator) -> Clip:
        """One clip; the same generator state gives the same clip."""
        style = self.style
        frames = round(style.seconds * FPS)
        if rng.random() < style.empty:
            return Clip(noise_clip(style.seconds, rng)[0], (), np.zeros(frames))
        samples = np.zeros(round(style.seconds * SAMPLE_RATE), np.float32)
        phones: list[Phone] = []
        # Begin before the clip at times, so that clips also begin within speech.
        place = int(rng.uniform(-2.0, style.pause) * SAMPLE_RATE)
        while place < len(samples):
            places = self._voices[int(rng.integers(len(self._voices)))]
            utterance = self.utterances[places[int(rng.integers(len(places)))]]
            place = self._lay(utterance, place, samples, phones, rng)
            place += int(rng.uniform(0, style.pause) * SAMPLE_RATE)
        samples *= self._swell(len(samples), rng)
        heard = loudness(samples, SAMPLE_RATE, fps=FPS, frames=frames)
        if self.record is not None:
            samples = self.record(samples, rng)
        return Clip(samples, tuple(phones), heard)

    def _swell(self, count: int, rng: np.random.Generator) -> NDArray[np.float32]:
        """A gain [count] that rises and falls: synthesizers speak more evenly than people."""
        corners = np.linspace(0, count, max(2, round(self.style.seconds / 0.8)))
        decibels = np.interp(np.arange(count), corners, rng.normal(0, self.style.swell, len(corners)))
        return np.asarray(10 ** (decibels / 20), np.float32)

    def _lay(
        self,
        utterance: Utterance,
        place: int,
        samples: NDArray[np.float32],
        phones: list[Phone],
        rng: np.random.Generator,
    ) -> int:
        """Add an utterance at a sample, changing `samples` and `phones`; return where it ends."""
        factor = self.style.shift ** rng.uniform(-1, 1)
        loudness = np.sqrt(np.mean(utterance.samples**2)) + 1e-6
        # Speakers of one recording differ by some dB; the recording's own level is a matter of augmentation.
        sound = utterance.samples * np.float32(0.05 / loudness * 10 ** (rng.uniform(-4, 4) / 20))
        if utterance.language == "English" and rng.random() < self.style.fronted:
            sound = front(sound, utterance.phones, rng.uniform(*self.style.goose))
        # Told that it has another rate, the resampler changes pitch and tempo together.
        sound = soxr.resample(sound, SAMPLE_RATE / factor, SAMPLE_RATE, quality="MQ")
        first, last = max(place, 0), min(place + len(sound), len(samples))
        if last > first:
            samples[first:last] += sound[first - place : last - place]
        end = len(samples) / SAMPLE_RATE
        for phone in utterance.phones:
            start, stop = (t * factor + place / SAMPLE_RATE for t in (phone.start, phone.end))
            if stop > 0 and start < end:
                phones.append(Phone(phone.symbol, max(start, 0.0), min(stop, end)))
        return place + len(sound)


def _by_voice(utterances: Sequence[Utterance]) -> list[list[int]]:
    """Which utterances each voice speaks; a corpus knows it without reading sound."""
    speakers = [each.voice for each in (utterances.entries if isinstance(utterances, Corpus) else utterances)]
    return [[place for place, each in enumerate(speakers) if each == voice] for voice in dict.fromkeys(speakers)]


def phone_labels(phones: Iterable[Phone], symbols: tuple[str, ...], frames: int, fps: float) -> NDArray[np.int64]:
    """Which phone is spoken at each frame's instant.

    Args:
        phones: where they are.
        symbols: the classes; the first is silence.
        frames: how many.
        fps: frames per second.

    Returns:
        [frames] index into `symbols`.
    """
    index = {symbol: i for i, symbol in enumerate(symbols)}
    labels = np.zeros(frames, np.int64)
    for phone in phones:
        labels[int(np.ceil(phone.start * fps)) : int(np.ceil(phone.end * fps))] = index[phone.symbol]
    return labels
