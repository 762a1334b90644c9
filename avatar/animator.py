"""Speech to a moving face in one call."""

import os
from dataclasses import replace
from math import ceil
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from avatar.animation import Animation, check_fps
from avatar.audio import Sound, as_sound
from avatar.behaviour import add_blinks
from avatar.controls import ARKIT


class Speech(Protocol):
    """What an animator needs of a speech model."""

    def predict(self, samples: NDArray[np.float32]) -> Animation:
        """Mouth curves in ARKit, frame t at t / fps, for 16 kHz mono samples [N] in -1..1."""
        ...


class Animator:
    """Turns recordings into animations.

    Args:
        model: the speech model; `Animator.load()` brings the shipped one.

    Example:
        >>> animation = Animator.load().animate(np.zeros(16000), sample_rate=16000)
        >>> animation.duration
        1.0
    """

    def __init__(self, model: Speech) -> None:
        self._model = model

    @classmethod
    def load(cls) -> "Animator":
        """The animator with the speech model that ships with the package."""
        # Imported here: torch takes seconds, and who brings a model may not need it.
        from avatar.speech import SpeechModel

        return cls(SpeechModel.load())

    def animate(
        self,
        audio: str | os.PathLike[str] | Sound | ArrayLike,
        *,
        sample_rate: int | None = None,
        fps: float = 60.0,
        blinks: bool = True,
        seed: int = 0,
    ) -> Animation:
        """Animate a recording.

        A silent recording gives a face at rest (that blinks).

        Args:
            audio: an audio or video file, a `Sound`, or samples [N] or [channels, N] in -1..1.
            sample_rate: samples per second of an array; needed there and only there.
            fps: frames per second of the result, above 0 and at most 1000.
            blinks: whether the eyes blink every few seconds.
            seed: of the blinks.

        Returns:
            An animation in ARKit that covers the recording: ceil(seconds * fps) frames, frame t at t / fps.

        Raises:
            OSError: there is no such file, or it may not be read.
            ValueError: no sound in it, shorter than 50 ms, not finite, or fps out of range.
        """
        check_fps(fps)
        sound = as_sound(audio, sample_rate=sample_rate)
        # A billionth of slack: 0.1 s * 30 fps is 3 frames, whatever it rounds to.
        frames = ceil(sound.duration * fps - 1e-9)
        if sound.silent:
            animation = Animation(ARKIT, np.tile(ARKIT.neutral, (frames, 1)), fps)
        else:
            animation = self._model.predict(sound.samples).resample(fps, frames=frames)
        if blinks:
            animation = add_blinks(animation, seed=seed)
        return replace(animation, audio=sound.path)
