"""Plain speech, changed as emotions change voices.

Directions of the changes after the tables of cues in Juslin and Laukka (2003), "Communication of emotions in vocal
expression and music performance", Banse and Scherer (1996), "Acoustic profiles in vocal emotion expression", Scherer
(2003), "Vocal communication of emotion", and Murray and Arnott (1993); how far each goes is ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from avatar.datasets.channel import tilt
from avatar.datasets.whisper import whisper
from avatar.emotion.voice.frames import RATE, analyse
from avatar.emotion.voice.psola import respeak

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Cues:
    """How a voice differs from plain speech.

    Args:
        pitch: semitones.
        pitch_range: octaves by which its range is wider: 1 is twice as wide.
        rise: semitones that the pitch gains over the last half second.
        rate: by which it is faster, as a logarithm to the base of 2.
        level: dB.
        level_range: octaves by which loudness ranges wider.
        tilt: dB by which high frequencies rise over low ones.
        breath: share of the voice that is noise, 0..1.
        unrest: share by which periods differ at random.
    """

    pitch: float = 0.0
    pitch_range: float = 0.0
    rise: float = 0.0
    rate: float = 0.0
    level: float = 0.0
    level_range: float = 0.0
    tilt: float = 0.0
    breath: float = 0.0
    unrest: float = 0.0


CUES: Mapping[str, Cues] = {
    "neutral": Cues(),
    "happy": Cues(6.0, 0.8, 1.5, 0.15, 6.0, 0.1, 5.0, 0.0, 0.0),
    "sad": Cues(-2.0, -1.0, -1.5, -0.4, -8.0, -0.3, -7.0, 0.35, 0.012),
    "angry": Cues(7.0, 0.7, 0.0, 0.2, 12.0, 0.25, 11.0, 0.0, 0.03),
    "surprised": Cues(7.5, 1.1, 6.0, 0.0, 4.0, 0.1, 2.0, 0.05, 0.0),
    "afraid": Cues(7.0, -0.4, 1.0, 0.4, -1.0, 0.3, -1.0, 0.25, 0.035),
    "calm": Cues(-1.0, -0.4, -0.8, -0.3, -5.0, -0.2, -4.0, 0.1, -0.006),
}
"""At full intensity. Disgust and contempt are not among them: listeners hardly hear them in a voice (Banse and Scherer
1996), and their cues contradict one another between studies."""

NATURAL = Cues(1.0, 0.35, 1.0, 0.14, 2.5, 0.2, 1.5, 0.06, 0.004)
"""Standard deviations of what plain speech does anyway, from one sentence to the next."""

_PLAIN_UNREST = 0.008
_MILDEST = 0.5
_HISS = 3.0  # how much stronger than a whisper beside the same voice


def draw_habit(rng: np.random.Generator) -> Cues:
    """How much one speaker uses each cue, in parts of the average: some raise the voice, some speak faster."""
    return Cues(*rng.uniform(0.5, 1.3, len(fields(Cues))).tolist())


def draw_cues(emotion: str, habit: Cues, rng: np.random.Generator) -> tuple[Cues, float]:
    """Cues of one sentence, and the intensity 0..1 of its emotion, 0 for neutral."""
    intensity = 0.0 if emotion == "neutral" else float(rng.uniform(_MILDEST, 1.0))
    drawn = (
        intensity * getattr(CUES[emotion], field.name) * getattr(habit, field.name)
        + getattr(NATURAL, field.name) * float(rng.standard_normal())
        for field in fields(Cues)
    )
    return Cues(*drawn), intensity


def act(samples: Samples, cues: Cues, rng: np.random.Generator) -> Samples:
    """Change plain speech.

    Args:
        samples: [N] at 16 kHz.
        cues: what to change, and how far.
        rng: of noise and unrest.

    Returns:
        [M] samples.
    """
    frames = analyse(samples)
    voiced = frames.voiced
    wanted = np.zeros(len(frames))
    if voiced.any():
        octaves = np.log2(frames.pitch[voiced])
        middle = np.median(octaves)
        late = np.flatnonzero(voiced)
        end = np.clip(1.0 - (late[-1] - late) / (0.5 * RATE), 0.0, 1.0)
        octaves = middle + (octaves - middle) * 2.0**cues.pitch_range + (cues.pitch + cues.rise * end) / 12.0
        wanted[voiced] = np.clip(2.0**octaves, 55.0, 650.0)
    rate = float(2.0 ** np.clip(cues.rate, -1.0, 1.0))
    unrest = max(_PLAIN_UNREST + cues.unrest, 0.0)
    voice = respeak(samples, frames.pitch, wanted, rate=rate, unrest=unrest, rng=rng)
    breath = float(np.clip(cues.breath, 0.0, 0.6))
    if breath > 0.02:
        voice = (1.0 - breath) * voice + breath * _HISS * whisper(voice, rng)
    return range_levels(tilt(voice, cues.tilt), 2.0**cues.level_range, cues.level)


def range_levels(samples: Samples, factor: float, decibels: float) -> Samples:
    """Make the loud louder and the quiet quieter (or the other way round, below 1), and all of it louder.

    Args:
        samples: [N] at 16 kHz.
        factor: on the distances of speech's levels from their middle, in dB.
        decibels: added to everything.
    """
    frames = analyse(samples)
    speech = frames.speech
    middle = float(np.median(frames.level[speech])) if speech.any() else 0.0
    gain = np.clip((factor - 1.0) * (frames.level - middle), -12.0, 12.0)
    gain = np.convolve(np.pad(np.where(speech, gain, 0.0), 5, mode="edge"), np.ones(11) / 11, "valid") + decibels
    places = np.arange(len(samples)) * (RATE / 16000)
    return np.asarray(samples * 10 ** (np.interp(places, np.arange(len(gain)), gain) / 20), np.float32)
