"""What sounds behind speech: noise, hum, other people, music; all of it made up, none of it recorded."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from avatar.datasets.synthesis import SAMPLE_RATE

Samples = NDArray[np.float32]

TALKERS = 3
"""People in a babble."""

BEATS_PER_MINUTE = (70.0, 150.0)
"""Range of the tempo of music."""

CHORDS = ((0, 4, 7), (0, 3, 7), (0, 4, 7, 10), (0, 5, 7), (0, 3, 7, 10))
"""Notes of chords in semitones above their root: major, minor, seventh, suspended, minor seventh."""

BARS = 2
"""Bars of music before it begins again."""


def some_bed(length: int, rng: np.random.Generator, *, voices: Samples | None = None) -> Samples:
    """Something that may sound behind speech, by chance.

    Args:
        length: samples.
        rng: its random numbers.
        voices: [M] speech of which people in the background are made; None leaves them out.

    Returns:
        [length], at any level.
    """
    kind = rng.integers(4 if voices is None or len(voices) <= SAMPLE_RATE else 5)
    if kind == 4:
        assert voices is not None
        return babble(voices, length, rng)
    if kind == 3:
        return music(length, rng)
    if kind == 2:
        return hum(length, rng)
    return white(length, rng) if kind == 0 else pink(white(length, rng))


def white(length: int, rng: np.random.Generator) -> Samples:
    """Noise [length] with all frequencies alike."""
    return rng.standard_normal(length, np.float32)


def pink(white: Samples) -> Samples:
    """Turn white noise [N] pink: its power falls by 3 dB an octave."""
    length = fft.next_fast_len(len(white), real=True)
    spectrum = fft.rfft(white, length)
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    return np.asarray(fft.irfft(spectrum, length)[: len(white)], np.float32)


def hum(length: int, rng: np.random.Generator) -> Samples:
    """The mains [length], at 50 or 60 Hz with some overtones and a little noise."""
    mains = 50 * rng.choice([1, 1.2])
    # A second holds whole periods of both, so that it can be repeated.
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    tones = sum(np.sin(2 * np.pi * mains * n * time + rng.uniform(0, 6)) / n for n in (1, 2, 3, 5))
    return np.resize(tones, length).astype(np.float32) + 0.05 * white(length, rng)


def babble(voices: Samples, length: int, rng: np.random.Generator) -> Samples:
    """People who talk at once, none of whom can be understood.

    Backwards, speech keeps its spectrum and its rhythm but says nothing; so the very recording that the babble will lie
    behind can lend its voice.

    Args:
        voices: [M] speech, more than nothing.
        length: samples.
        rng: of where each begins.
    """
    starts = rng.integers(len(voices), size=TALKERS)
    backwards = voices[::-1]
    talkers = [np.resize(np.roll(backwards, start), length) for start in starts]
    return np.asarray(np.sum(talkers, axis=0), np.float32)


def music(length: int, rng: np.random.Generator) -> Samples:
    """A loop [length] of chords, an arpeggio over them, a bass and drums, each there by chance."""
    beat = round(60 / rng.uniform(*BEATS_PER_MINUTE) * SAMPLE_RATE)
    loop = np.zeros(4 * BARS * beat, np.float32)
    root = rng.uniform(110, 220)
    parts = rng.random(3) < 0.7
    brightness = rng.uniform(0.8, 2.5)
    for bar in range(BARS):
        chord = CHORDS[rng.integers(len(CHORDS))]
        step = rng.choice([0, 2, 5, 7, 9])
        notes = root * 2 ** ((step + np.array(chord)) / 12)
        first = 4 * bar * beat
        sound = sum(tone(note, 4 * beat, brightness=brightness, decay=1.5) for note in notes)
        loop[first : first + 4 * beat] += np.asarray(sound, np.float32)
        if parts[0]:
            for eighth in range(8):
                note = 2 * notes[rng.integers(len(notes))]
                _lay(loop, tone(note, beat, brightness=brightness, decay=0.25), first + eighth * beat // 2)
        if parts[1]:
            for quarter in (0, 2):
                _lay(loop, 2 * tone(notes[0] / 2, beat, brightness=1.5, decay=0.4), first + quarter * beat)
    if parts[2]:
        _drums(loop, beat, rng)
    return np.resize(np.roll(loop, rng.integers(len(loop))), length)


def tone(frequency: float, length: int, *, brightness: float, decay: float) -> Samples:
    """A plucked note [length]: overtones that die away, the higher ones sooner.

    Args:
        frequency: in Hz.
        length: samples.
        brightness: overtone n has the level n ** -brightness.
        decay: seconds in which the lowest falls to a third.
    """
    time = np.arange(length, dtype=np.float32) / np.float32(SAMPLE_RATE)
    fall = np.exp(-time / np.float32(decay))
    turn = np.exp(np.complex64(2j * np.pi * frequency) * time) * fall
    sound, overtone = turn.imag.copy(), turn
    for number in range(2, 5):
        # The powers of one rotating pointer are its overtones, and they die away faster by themselves.
        overtone = overtone * turn
        sound += np.float32(number**-brightness) * overtone.imag
    return np.asarray(sound, np.float32)


def _lay(loop: Samples, sound: Samples, start: int) -> None:
    """Add a sound to a loop, going on at its beginning where it reaches beyond the end."""
    end = min(start + len(sound), len(loop))
    loop[start:end] += sound[: end - start]
    loop[: len(sound) - (end - start)] += sound[end - start :]


def _drums(loop: Samples, beat: int, rng: np.random.Generator) -> None:
    """Add a bass drum on one and three, a snare on two and four, and a hat between."""
    time = np.arange(beat // 2) / SAMPLE_RATE
    kick = 3 * np.sin(2 * np.pi * (50 * time + 4 * (1 - np.exp(-time / 0.03)))) * np.exp(-time / 0.08)
    snare = 1.2 * rng.standard_normal(len(time)) * np.exp(-time / 0.06)
    hat = 0.5 * np.diff(rng.standard_normal(len(time) + 1)) * np.exp(-time / 0.02)
    for quarter in range(len(loop) // beat):
        _lay(loop, (kick if quarter % 2 == 0 else snare).astype(np.float32), quarter * beat)
        _lay(loop, hat.astype(np.float32), quarter * beat + beat // 2)
