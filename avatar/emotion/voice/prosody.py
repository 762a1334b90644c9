"""How a voice speaks over one or two seconds, by itself and beside how it usually speaks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from avatar.emotion.voice.frames import RATE, Frames
from avatar.emotion.voice.pitch import Floats

WINDOW = 2.0
"""Seconds that are summed up."""

HOP = 0.2
"""Seconds between windows."""

SPEECH_NEEDED = 0.4
"""Seconds of speech under which a window says nothing."""

FUNCTIONALS = (
    "pitch",  # semitones over 27.5 Hz, median
    "pitch range",  # semitones between the 20th and the 80th percentile
    "pitch rise",  # semitones a second where it rises
    "pitch fall",  # the same where it falls
    "pitch unrest",  # semitones by which frames differ from the course of their neighbours
    "level",  # dB, median of voiced frames
    "level range",  # dB between the 20th and the 80th percentile of speech
    "level rise",  # dB a second where it rises
    "alpha ratio",  # dB, mean of voiced frames
    "hammarberg",  # dB, mean of voiced frames
    "harmonicity",  # dB of harmonics over noise, mean of voiced frames
    "rate",  # syllable nuclei a second of speech
    "voiced",  # share of speech
    "pauses",  # share of the window that is no speech
)
"""What is measured in a window."""

_OF_THE_RECORDING = ("pitch", "level")  # say nothing by themselves: who speaks, and how far the microphone is
_BY_THEMSELVES = [index for index, name in enumerate(FUNCTIONALS) if name not in _OF_THE_RECORDING]

FEATURES = (*(FUNCTIONALS[index] for index in _BY_THEMSELVES), *(f"{name}, relative" for name in FUNCTIONALS))
"""What a model of emotions is told: functionals by themselves, and beside the speaker's usual ones."""


@dataclass(frozen=True, eq=False)
class Prosody:
    """Functionals of windows that follow one another.

    Args:
        times: [T] middles of the windows, seconds.
        values: [T, F] in the order of `FUNCTIONALS`; 0 where there is too little speech.
        speech: [T] seconds of speech in each.
    """

    times: Floats
    values: Floats
    speech: Floats

    @property
    def spoken(self) -> NDArray[np.bool_]:
        """Which windows hold enough speech [T]."""
        return self.speech >= SPEECH_NEEDED

    @property
    def usual(self) -> Floats:
        """How the speaker usually speaks [F]: the median of windows with enough speech; 0 without any."""
        return usual([self])

    def features(self, usual: Floats | None = None) -> Floats:
        """What a model is told [T, len(FEATURES)].

        Args:
            usual: [F] how the speaker usually speaks, by default over these windows.
        """
        relative = self.values - (self.usual if usual is None else usual)
        both = np.hstack([self.values[:, _BY_THEMSELVES], relative])
        return np.where(self.spoken[:, None], both, 0.0)


def usual(prosodies: list[Prosody]) -> Floats:
    """How a speaker usually speaks [F], over several recordings."""
    spoken = np.concatenate([each.values[each.spoken] for each in prosodies])
    return np.median(spoken, axis=0) if len(spoken) else np.zeros(len(FUNCTIONALS))


def prosody(frames: Frames, *, window: float = WINDOW, hop: float = HOP) -> Prosody:
    """Sum up frames in windows.

    Args:
        frames: of a recording.
        window: seconds.
        hop: seconds between windows' middles; the first is at 0.
    """
    speech, voiced = frames.speech, frames.voiced
    semitones = np.where(voiced, 12.0 * np.log2(np.maximum(frames.pitch, 1.0) / 27.5), np.nan)
    smooth = _smoothed(frames.level, 5)
    nuclei = _nuclei(smooth, voiced & speech)
    periodicity = np.clip(frames.periodicity, 1e-3, 1.0 - 1e-3)
    harmonicity = 10.0 * np.log10(periodicity / (1.0 - periodicity))
    slopes, rises = _slope(semitones), _slope(smooth)
    bends = np.full(len(frames), np.nan)
    bends[1:-1] = np.abs(semitones[1:-1] - 0.5 * (semitones[:-2] + semitones[2:]))

    half, count = round(window * RATE / 2), int((len(frames) - 1) / RATE / hop) + 1
    values, seconds = np.zeros((count, len(FUNCTIONALS))), np.zeros(count)
    for row in range(count):
        middle = round(row * hop * RATE)
        part = slice(max(middle - half, 0), middle + half)
        spoken, sung = speech[part], speech[part] & voiced[part]
        seconds[row] = spoken.sum() / RATE
        if seconds[row] < SPEECH_NEEDED or sung.sum() < SPEECH_NEEDED * RATE / 4:
            seconds[row] = 0.0
            continue
        level, pitch = frames.level[part], semitones[part][sung]
        values[row] = (
            np.median(pitch),
            np.ptp(np.percentile(pitch, (20, 80))),
            _mean_above(slopes[part][sung]),
            _mean_above(-slopes[part][sung]),
            _mean_above(bends[part][sung]),
            np.median(level[sung]),
            np.ptp(np.percentile(level[spoken], (20, 80))),
            _mean_above(rises[part][spoken]),
            frames.alpha_ratio[part][sung].mean(),
            frames.hammarberg[part][sung].mean(),
            harmonicity[part][sung].mean(),
            nuclei[part].sum() / seconds[row],
            sung.sum() / spoken.sum(),
            1.0 - spoken.mean(),
        )
    return Prosody(np.arange(count, dtype=np.float64) * hop, values, seconds)


def _smoothed(values: Floats, width: int) -> Floats:
    padded = np.pad(values, width // 2, mode="edge")
    return np.convolve(padded, np.ones(width) / width, "valid")


def _slope(values: Floats) -> Floats:
    """Change a second over 30 ms, not a number where a frame is none."""
    slope = np.full(len(values), np.nan)
    slope[2:-1] = (values[3:] - values[:-3]) * (RATE / 3)
    return slope


def _mean_above(values: Floats) -> float:
    """Mean of those above 0; 0 without any."""
    above = values[np.isfinite(values) & (values > 0.0)]
    return float(above.mean()) if len(above) else 0.0


def _nuclei(level: Floats, sung: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Frames at syllables' nuclei: voiced peaks of the level, 2 dB above the dips beside them (de Jong, Wempe 2009)."""
    nuclei = np.zeros(len(level), bool)
    peaks, _ = signal.find_peaks(level, prominence=2.0, distance=8)
    nuclei[peaks] = True
    return nuclei & sung
