"""Make clean synthesised speech sound like rooms, telephones and bad microphones; phone times follow.

Everything is drawn from one seed, so that the same utterance in the same epoch is the same again.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy import fft, signal

from avatar.articulation.phones import SILENCE, Phone
from avatar.datasets.phones import join
from avatar.datasets.synthesis import SAMPLE_RATE

Samples = NDArray[np.float32]

RETUNED = (0.88, 1.14)
"""Range of the factor on all frequencies (times shrink by it)."""

TILT_DECIBELS = 9.0
"""Largest slope of the spectrum, from its lowest to its highest octave."""

NOISE_DECIBELS = (5.0, 30.0)
"""Range of the level of speech over noise."""

REVERBERATION_SECONDS = (0.15, 0.7)
"""Range of the time in which a room's sound falls by 60 dB."""

GAIN_DECIBELS = (-30.0, 6.0)
"""Range of the gain; recordings may be very quiet, or so loud that they clip."""


@dataclass(frozen=True, slots=True)
class Chances:
    """How often each change happens, 0..1 each.

    Args:
        retune: pitch and formants by resampling.
        silence: pauses added at either end.
        pause: a pause opened within, where the speech has one.
        tilt: a slope of the spectrum.
        reverberation: a room.
        noise: white, pink, or other people's speech.
        telephone: 300 to 3400 Hz.
        narrow: nothing above 4 kHz, as recordings of 8 kHz have it.
        gain: another level.
        clip: overdriven.
    """

    retune: float = 0.4
    silence: float = 0.5
    pause: float = 0.2
    tilt: float = 0.5
    reverberation: float = 0.3
    noise: float = 0.6
    telephone: float = 0.08
    narrow: float = 0.1
    gain: float = 0.8
    clip: float = 0.05


def seed_of(utterance_id: str, epoch: int) -> np.random.Generator:
    """The random numbers of one utterance in one epoch, the same on every machine."""
    return np.random.default_rng([zlib.crc32(utterance_id.encode()), epoch])


def augment(
    samples: Samples,
    phones: tuple[Phone, ...],
    rng: np.random.Generator,
    *,
    babble: Samples | None = None,
    chances: Chances | None = None,
) -> tuple[Samples, tuple[Phone, ...]]:
    """Change a recording in some of the ways of `Chances`.

    Args:
        samples: [N] float32 at 16 kHz.
        phones: without gaps from 0 to the end.
        rng: for example `seed_of(utterance.id, epoch)`.
        babble: [M] other people's speech at 16 kHz, for noise; None leaves it out.
        chances: of each change; None is the default.

    Returns:
        The new samples [N'], -1..1, and the phones at their new times.
    """
    chances = chances or Chances()
    happens = {name: rng.random() < getattr(chances, name) for name in Chances.__slots__}
    if happens["retune"]:
        samples, phones = retune(samples, phones, rng.uniform(*RETUNED))
    if happens["pause"]:
        samples, phones = open_pause(samples, phones, rng)
    if happens["silence"]:
        before, after = rng.uniform(0, 1.0, 2)
        samples, phones = pad(samples, phones, before=before, after=after)
    if happens["tilt"]:
        samples = tilt(samples, rng.uniform(-TILT_DECIBELS, TILT_DECIBELS))
    if happens["reverberation"]:
        samples = reverberate(samples, rng.uniform(*REVERBERATION_SECONDS), rng)
    if happens["noise"]:
        noise = some_noise(len(samples), rng, babble=babble)
        samples = add_noise(samples, noise, rng.uniform(*NOISE_DECIBELS))
    if happens["telephone"]:
        samples = band(samples, 300, 3400)
    if happens["narrow"]:
        samples = band(samples, None, 3800)
    if happens["gain"]:
        samples = samples * np.float32(10 ** (rng.uniform(*GAIN_DECIBELS) / 20))
    if happens["clip"]:
        peak = max(float(np.abs(samples).max()), 1e-6)
        samples = samples * np.float32(rng.uniform(1.5, 4) / peak)
    return np.clip(samples, -1, 1).astype(np.float32), phones


def retune(samples: Samples, phones: tuple[Phone, ...], factor: float) -> tuple[Samples, tuple[Phone, ...]]:
    """Play `factor` times as fast: all frequencies rise by it, all times shrink by it."""
    # In hundredths: soxr is quick with ratios of small numbers.
    percent = round(factor * 100)
    changed = np.asarray(soxr.resample(samples, percent, 100, "MQ"), np.float32)
    return changed, fit(tuple(phone.scaled(100 / percent) for phone in phones), len(changed))


def fit(phones: tuple[Phone, ...], length: int) -> tuple[Phone, ...]:
    """Let the last phone end where the samples do; `length` counts samples."""
    *rest, last = phones
    end = length / SAMPLE_RATE
    return (*rest, Phone(last.symbol, last.start, end)) if end > last.start else tuple(rest)


def pad(
    samples: Samples, phones: tuple[Phone, ...], *, before: float, after: float
) -> tuple[Samples, tuple[Phone, ...]]:
    """Put digital silence at both ends; lengths in seconds."""
    head, tail = round(before * SAMPLE_RATE), round(after * SAMPLE_RATE)
    changed = np.concatenate([np.zeros(head, np.float32), samples, np.zeros(tail, np.float32)])
    shift, end = head / SAMPLE_RATE, len(changed) / SAMPLE_RATE
    pieces = [(SILENCE, 0.0, shift), *((phone.symbol, phone.start + shift, phone.end + shift) for phone in phones)]
    return changed, join([*pieces, (SILENCE, pieces[-1][2], end)])


def open_pause(
    samples: Samples, phones: tuple[Phone, ...], rng: np.random.Generator, *, longest: float = 1.5
) -> tuple[Samples, tuple[Phone, ...]]:
    """Make one pause within the speech longer by up to `longest` seconds; without any, change nothing."""
    pauses = [place for place, phone in enumerate(phones[1:-1], start=1) if phone.symbol == SILENCE]
    if not pauses:
        return samples, phones
    place = int(rng.choice(pauses))
    added = round(rng.uniform(0.1, longest) * SAMPLE_RATE)
    cut = round((phones[place].start + phones[place].end) / 2 * SAMPLE_RATE)
    # The cut fades, so that no click marks it.
    fade = min(80, cut, len(samples) - cut)
    ramp = np.linspace(1, 0, fade, dtype=np.float32)
    before, after = samples[:cut].copy(), samples[cut:].copy()
    before[cut - fade :] *= ramp
    after[:fade] *= ramp[::-1]
    seconds = added / SAMPLE_RATE
    longer = Phone(SILENCE, phones[place].start, phones[place].end + seconds)
    later = tuple(phone.shifted(seconds) for phone in phones[place + 1 :])
    return np.concatenate([before, np.zeros(added, np.float32), after]), (*phones[:place], longer, *later)


def tilt(samples: Samples, decibels: float) -> Samples:
    """Slope the spectrum: the octave at 4 kHz rises by half of `decibels` and that at 125 Hz falls by half."""
    length = fft.next_fast_len(len(samples), real=True)
    spectrum = fft.rfft(samples, length)
    frequency = fft.rfftfreq(length, 1 / SAMPLE_RATE)
    octaves = np.clip(np.log2(np.maximum(frequency, 1) / np.sqrt(125 * 4000)) / 5, -0.6, 0.6)
    sloped = fft.irfft(spectrum * 10 ** (octaves * decibels / 20), length)[: len(samples)]
    return np.asarray(sloped, np.float32)


def reverberate(samples: Samples, seconds: float, rng: np.random.Generator) -> Samples:
    """Speak in a room whose sound falls by 60 dB in `seconds`; the direct sound comes first and keeps its time."""
    length = round(seconds * SAMPLE_RATE)
    time = np.arange(length) / SAMPLE_RATE
    tail = rng.standard_normal(length) * 10 ** (-3 * time / seconds)
    gap = round(rng.uniform(0.002, 0.02) * SAMPLE_RATE)
    tail[:gap] = 0
    tail *= rng.uniform(0.1, 0.5) / max(float(np.sqrt(np.sum(tail**2))), 1e-9)
    tail[0] = 1
    wet = signal.fftconvolve(samples, tail.astype(np.float32))[: len(samples)]
    return np.asarray(wet, np.float32)


def some_noise(length: int, rng: np.random.Generator, *, babble: Samples | None = None) -> Samples:
    """Noise [length] of a kind by chance: white, pink, hum, or three people talking at once."""
    kind = rng.integers(4 if babble is not None and len(babble) > SAMPLE_RATE else 3)
    if kind == 3:
        assert babble is not None
        starts = rng.integers(len(babble), size=3)
        voices = [np.take(babble, np.arange(start, start + length), mode="wrap") for start in starts]
        return np.asarray(np.sum(voices, axis=0), np.float32)
    if kind == 2:
        hum = 50 * rng.choice([1, 1.2])
        time = np.arange(length) / SAMPLE_RATE
        tones = sum(np.sin(2 * np.pi * hum * n * time + rng.uniform(0, 6)) / n for n in (1, 2, 3, 5))
        return np.asarray(tones + 0.05 * rng.standard_normal(length), np.float32)
    white = rng.standard_normal(length).astype(np.float32)
    return white if kind == 0 else pink(white)


def pink(white: Samples) -> Samples:
    """Turn white noise [N] pink: its power falls by 3 dB an octave."""
    length = fft.next_fast_len(len(white), real=True)
    spectrum = fft.rfft(white, length)
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    return np.asarray(fft.irfft(spectrum, length)[: len(white)], np.float32)


def add_noise(samples: Samples, noise: Samples, decibels: float) -> Samples:
    """Add noise so that speech lies so many decibels above it.

    Args:
        samples: [N].
        noise: [N].
        decibels: level of the whole speech, pauses included, over that of the noise.
    """
    speech_power, noise_power = float(np.mean(samples**2)), float(np.mean(noise**2))
    if speech_power == 0 or noise_power == 0:
        return samples
    factor = np.sqrt(speech_power / noise_power / 10 ** (decibels / 10))
    return (samples + noise * np.float32(factor)).astype(np.float32)


def band(samples: Samples, low: float | None, high: float) -> Samples:
    """Keep the frequencies from `low` (None is 0) to `high` in Hz, without delay."""
    if low is None:
        sections = signal.butter(6, high, "lowpass", fs=SAMPLE_RATE, output="sos")
    else:
        sections = signal.butter(6, (low, high), "bandpass", fs=SAMPLE_RATE, output="sos")
    return np.asarray(signal.sosfiltfilt(sections, samples), np.float32)


def noise_clip(
    seconds: float, rng: np.random.Generator, *, babble: Samples | None = None
) -> tuple[Samples, tuple[Phone, ...]]:
    """A recording without a speaker: noise from inaudible to loud, or nothing at all, and silence as its phone.

    Args:
        seconds: its length.
        rng: its random numbers.
        babble: [M] people who talk far away, at 16 kHz; the mouth stays closed for them; None leaves them out.
    """
    length = round(seconds * SAMPLE_RATE)
    phones = (Phone(SILENCE, 0.0, length / SAMPLE_RATE),)
    if rng.random() < 0.1:
        return np.zeros(length, np.float32), phones
    noise = some_noise(length, rng, babble=babble)
    peak = max(float(np.abs(noise).max()), 1e-9)
    return (noise * np.float32(10 ** (rng.uniform(-70, -10) / 20) / peak)).astype(np.float32), phones
