"""Make clean synthesised speech sound like rooms, streets, telephones and bad microphones; phone times follow.

Everything is drawn from one seed, so that the same utterance in the same epoch is the same again.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from avatar.articulation.phones import SILENCE, Phone
from avatar.datasets.beds import music, some_bed
from avatar.datasets.channel import NARROW, TELEPHONE, add_noise, band, overdrive, reverberate, tilt
from avatar.datasets.phones import join
from avatar.datasets.synthesis import SAMPLE_RATE

Samples = NDArray[np.float32]

RETUNED = (0.88, 1.14)
"""Range of the factor on all frequencies (times shrink by it)."""

TILT_DECIBELS = 9.0
"""Largest slope of the spectrum, from its lowest to its highest octave."""

NOISE_DECIBELS = (0.0, 30.0)
"""Range of the level of speech over noise, other people and music."""

REVERBERATION_SECONDS = (0.15, 1.2)
"""Range of the time in which a room's sound falls by 60 dB."""

LONGEST_PAUSE = 2.5
"""Seconds by which a pause within speech may grow."""

OVERDRIVE = (1.5, 4.0)
"""Range of how many times full scale the peak of a clipped recording would have had."""

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
        noise: white or pink noise, hum, music or other people.
        music: music, on top of all else.
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
    music: float = 0.1
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
        babble: [M] other people's speech at 16 kHz, for noise; None lets the speaker's own voice be theirs.
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
        bed = some_bed(len(samples), rng, voices=samples if babble is None else babble)
        samples = add_noise(samples, bed, rng.uniform(*NOISE_DECIBELS))
    if happens["music"]:
        samples = add_noise(samples, music(len(samples), rng), rng.uniform(*NOISE_DECIBELS))
    if happens["telephone"]:
        samples = band(samples, *TELEPHONE)
    if happens["narrow"]:
        samples = band(samples, None, NARROW)
    if happens["gain"]:
        samples = samples * np.float32(10 ** (rng.uniform(*GAIN_DECIBELS) / 20))
    if happens["clip"]:
        samples = overdrive(samples, rng.uniform(*OVERDRIVE))
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
    samples: Samples, phones: tuple[Phone, ...], rng: np.random.Generator, *, longest: float = LONGEST_PAUSE
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
    noise = some_bed(length, rng, voices=babble)
    peak = max(float(np.abs(noise).max()), 1e-9)
    return (noise * np.float32(10 ** (rng.uniform(-70, -10) / 20) / peak)).astype(np.float32), phones
