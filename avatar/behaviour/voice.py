"""How loud a voice is, as it comes in."""

import numpy as np
from numpy.typing import NDArray

from avatar.animation import Animation
from avatar.audio import SAMPLE_RATE
from avatar.behaviour.motion import Floats

TICKS = 50
"""Values per second."""

_SAMPLES = SAMPLE_RATE // TICKS
_FLOOR = -100.0

_OPENERS = ("jawOpen", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight")
_CLOSERS = ("mouthClose",)


class LoudnessStream:
    """Loudness of sound in pieces of any size, the same whatever the pieces."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.float32)

    def push(self, samples: NDArray[np.float32]) -> Floats:
        """Take in 16 kHz samples [n] in -1..1; give the loudness of each 20 ms that they complete.

        Returns:
            [m], dB under full scale.
        """
        whole = np.concatenate([self._rest, samples]) if len(self._rest) else samples
        count = len(whole) // _SAMPLES
        self._rest = whole[count * _SAMPLES :].copy()
        rows = whole[: count * _SAMPLES].reshape(count, _SAMPLES).astype(np.float64)
        # Halved again and again: sums of the same rows have the same bits in any company.
        power = rows * rows
        while power.shape[1] % 2 == 0:
            power = power[:, ::2] + power[:, 1::2]
        total = power[:, 0].copy()
        for column in range(1, power.shape[1]):
            total += power[:, column]
        loudness: Floats = 10.0 * np.log10(np.maximum(total / _SAMPLES, 10.0 ** (_FLOOR / 10.0)))
        return loudness


def loudness_of_mouth(animation: Animation) -> Floats:
    """What a moving mouth would sound like, for animations without their sound: louder the wider it opens.

    A mouth that is wide open counts as -15 dB, one at rest as silence; so does one that is held open without moving.

    Args:
        animation: in a space with ARKit's names; those that it lacks count as 0.

    Returns:
        [m], dB, 50 a second.
    """
    opening = np.zeros(len(animation))
    for sign, names in ((1.0, _OPENERS), (-1.0, _CLOSERS)):
        for name in names:
            if name in animation.space:
                opening += sign * animation[name]
    if not len(animation):
        return np.zeros(0)
    ticks = np.arange(int(animation.times[-1] * TICKS) + 1) / TICKS
    opening = np.maximum(np.interp(ticks, animation.times, opening), 0.0)
    # Speech opens and closes at 3 to 6 Hz; a quarter of a second says whether it does.
    width = TICKS // 4
    padded = np.concatenate([np.repeat(opening[:1], width), opening])
    windows = np.lib.stride_tricks.sliding_window_view(padded, width + 1)
    moving = windows.max(1) - windows.min(1) > 0.02
    return np.where(moving & (opening > 0.005), 20.0 * np.log10(np.clip(opening, 0.005, 1.0)) - 15.0, _FLOOR)
