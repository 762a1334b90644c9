"""Sound in pieces of any size in, animation out while it is spoken."""

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from avatar.animation import Animation, check_fps
from avatar.audio import SAMPLE_RATE
from avatar.behaviour import Behaviour, Performer
from avatar.controls import ARKIT
from avatar.streaming.frames import FrameStream, frames_covering
from avatar.streaming.sound import SoundStream

if TYPE_CHECKING:
    from avatar.emotion import Expression

SPEECH_FPS = 50.0
"""Frames per second that speech streams give."""

_STEP, _DOUBLINGS = SAMPLE_RATE // 10, 8
"""The model is given at most so many samples at once, or that doubled some times: up to 25.6 s."""


class SpeechStream(Protocol):
    """What an animation stream needs of a speech model's stream."""

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take in 16 kHz samples [n]; give the rows [m, C] at 50 fps that are final."""
        ...

    def flush(self) -> NDArray[np.float32]:
        """Give the remaining rows, so that ceil(seconds * 50) came out."""
        ...


class AnimationStream:
    """Turns sound into an animation while it arrives; `Animator.stream` makes one.

    The pieces that `push` and `flush` return, one after another, are to the bit what `Animator.animate` returns for all
    the sound and the same look-ahead, whatever the pieces' sizes. Memory does not grow, however long it goes on.

    Args:
        speech: gives the mouth's curves.
        controls: ARKit names of these curves [C].
        fps: frames per second, above 0 and at most 1000.
        sample_rate: samples per second of what is pushed.
        expression: puts emotions on it, from its own first frame on; None is none.
        behaviour: what the face does beside speaking, by no more of the future than the speech waits for less 40 ms;
            None is nothing.
        seed: of the behaviour.

    Raises:
        KeyError: a control is not in ARKit.
        ValueError: fps, sample_rate or seed is out of range.
    """

    def __init__(
        self,
        speech: SpeechStream,
        controls: tuple[str, ...],
        fps: float,
        *,
        sample_rate: int = SAMPLE_RATE,
        expression: "Expression | None" = None,
        behaviour: Behaviour | None = None,
        seed: int = 0,
    ) -> None:
        check_fps(fps)
        self._columns = ARKIT.indices(controls)
        self._limits = ARKIT.minimum[self._columns], ARKIT.maximum[self._columns]
        self._sound = SoundStream(sample_rate)
        self._speech = speech
        self._frames = FrameStream(SPEECH_FPS, fps, len(controls))
        self._performer = Performer(behaviour, seed=seed) if behaviour else None
        self._expression = expression
        self._waiting = np.zeros((0, len(controls)), np.float32)
        self._fps = float(fps)
        self._heard = 0
        self._closed = False

    @property
    def fps(self) -> float:
        """Frames per second."""
        return self._fps

    @property
    def sample_rate(self) -> int:
        """Samples per second of what is pushed."""
        return self._sound.sample_rate

    @property
    def seconds(self) -> float:
        """Length of the sound so far."""
        return self._sound.seconds

    @property
    def frames(self) -> int:
        """How many frames were given so far: the number of the next piece's first frame."""
        return self._frames.given - len(self._waiting)

    def push(self, samples: ArrayLike) -> Animation:
        """Take in sound; where it is refused, none of it is taken in and the stream can go on.

        Args:
            samples: [n] or [channels, n], n at least 0: float in -1..1, or integers that span their type.

        Returns:
            The frames that became final, none or many, in ARKit.

        Raises:
            ValueError: the samples are not finite, far outside -1..1 or wrongly shaped, or the stream was flushed.
        """
        self._check_open()
        return self._give(self._hear(self._sound.push(samples)))

    def flush(self) -> Animation:
        """End the sound.

        Returns:
            The remaining frames, so that ceil(seconds * fps) were given.

        Raises:
            ValueError: the stream was flushed already.
        """
        self._check_open()
        self._closed = True
        given = [self._hear(self._sound.flush()), self._between(self._speech.flush())]
        if self._performer:
            self._performer.end()
        given.append(self._frames.flush(frames_covering(self._heard, SAMPLE_RATE, self._fps)))
        return self._give(np.concatenate(given))

    def _check_open(self) -> None:
        if self._closed:
            raise ValueError("the stream was flushed, which ended it; begin another with Animator.stream")

    def _hear(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Frames [m, C] of the mouth that 16 kHz samples complete."""
        self._heard += len(samples)
        if self._performer:
            self._performer.hear(samples)
        return np.concatenate([self._between(self._speech.push(piece)) for piece in _pieces(samples)])

    def _between(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        return self._frames.push(np.clip(rows, *self._limits))

    def _give(self, mouth: NDArray[np.float32]) -> Animation:
        if self._performer:
            # Speech that looks ahead less than behaviour does waits for it.
            mouth = np.concatenate([self._waiting, mouth])
            ready = min(self._performer.frames_known(self._fps) - self._performer.frames, len(mouth))
            mouth, self._waiting = mouth[:ready], mouth[ready:].copy()
        weights = np.tile(ARKIT.neutral, (len(mouth), 1))
        weights[:, self._columns] = mouth
        animation = Animation(ARKIT, weights, self._fps)
        if self._performer:
            animation = self._performer.add(animation)
        return self._expression.add(animation, first=self.frames - len(animation)) if self._expression else animation


def _pieces(samples: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """The samples cut into pieces of few different lengths.

    Libraries keep what they prepared for each length that they met, and an hour at once takes an hour's memory.
    """
    pieces = []
    while len(samples) >= _STEP:
        length = _STEP << min((len(samples) // _STEP).bit_length() - 1, _DOUBLINGS)
        pieces.append(samples[:length])
        samples = samples[length:]
    return [*pieces, samples] if len(samples) or not pieces else pieces
