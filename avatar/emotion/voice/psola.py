"""Another pitch, tempo and roughness for a voice that exists.

Moulines and Charpentier (1990), "Pitch-synchronous waveform processing techniques for text-to-speech synthesis using
diphones": pulses are cut out, two periods long, and laid down again closer or farther apart.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from avatar.audio import SAMPLE_RATE
from avatar.emotion.voice.frames import RATE
from avatar.emotion.voice.pitch import Floats

UNVOICED_STEP = 0.01
"""Seconds between the pieces that sounds without pitch are cut into."""


def pulses(samples: NDArray[np.float32], pitch: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where to cut a voice.

    Args:
        samples: [N] at 16 kHz.
        pitch: [T] Hz, `RATE` values a second, 0 where there is none.

    Returns:
        samples at the cuts [P], rising, and the period at each [P] in samples.
    """
    # Below 900 Hz a period has one clear extreme.
    low = signal.sosfiltfilt(signal.butter(2, 900, fs=SAMPLE_RATE, output="sos"), samples)
    low = low if -low.min() < low.max() else -low
    cuts: list[int] = []
    periods: list[int] = []
    place = 0
    while place < len(samples):
        hertz = pitch[min(round(place * RATE / SAMPLE_RATE), len(pitch) - 1)]
        period = round(SAMPLE_RATE / hertz if hertz > 0 else SAMPLE_RATE * UNVOICED_STEP)
        if hertz > 0:
            first = max(place - period // 4, cuts[-1] + period // 2 if cuts else 0)
            around = low[first : place + period // 4 + 1]
            place = first + int(around.argmax()) if len(around) else place
        cuts.append(place)
        periods.append(period)
        place += period
    return np.array(cuts, np.intp), np.array(periods, np.intp)


def respeak(
    samples: NDArray[np.float32],
    pitch: Floats,
    wanted: Floats,
    *,
    rate: float = 1.0,
    unrest: float = 0.0,
    rng: np.random.Generator | None = None,
) -> NDArray[np.float32]:
    """Speak the same with another pitch and tempo.

    Args:
        samples: [N] at 16 kHz.
        pitch: [T] Hz that they have, `RATE` values a second, 0 where there is none.
        wanted: [T] Hz that they shall have there.
        rate: how many times as fast, above 0.
        unrest: by which share periods differ at random: 0.01 is a smooth voice, 0.04 a rough one.
        rng: of the unrest.

    Returns:
        [N / rate] samples.
    """
    cuts, periods = pulses(samples, pitch)
    length = round(len(samples) / rate)
    margin = SAMPLE_RATE // 20
    source, spoken = np.pad(samples, margin), np.zeros(length + 2 * margin)
    place, chance = 0.0, rng or np.random.default_rng(0)
    middles = 0.5 * (cuts[1:] + cuts[:-1])
    while place < length:
        nearest = int(np.searchsorted(middles, place * rate))
        cut, period = int(cuts[nearest]), int(periods[nearest])
        frame = min(round(place * rate * RATE / SAMPLE_RATE), len(pitch) - 1)
        step = SAMPLE_RATE / wanted[frame] if pitch[frame] > 0 and wanted[frame] > 0 else SAMPLE_RATE * UNVOICED_STEP
        # Not longer than what comes out, or pulses that come closer together would add up to more.
        half = min(period, margin) if step >= period else max(round(step), period // 2)
        piece = source[cut + margin - half : cut + margin + half] * np.hanning(2 * half + 1)[:-1]
        at = round(place) + margin
        spoken[at - half : at + half] += piece
        place += max(step * (1.0 + unrest * float(chance.standard_normal())), 8.0)
    return np.asarray(spoken[margin : margin + length], np.float32)
