"""Sound in pieces of any size in, animation out while it is spoken."""

from threading import Lock
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
    from avatar.emotion import EmotionTrack, Expression
    from avatar.emotion.express import Asked

SPEECH_FPS = 50.0
"""Frames per second that speech streams give."""

_KEPT = 0.1
"""Seconds before the next frame of which is remembered what was felt: the head's angles are said by instants apart."""

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
    `look_at` and `feel` steer the face meanwhile, from any thread.

    Args:
        speech: gives the mouth's curves.
        controls: ARKit names of these curves [C].
        fps: frames per second, above 0 and at most 1000.
        sample_rate: samples per second of what is pushed.
        expression: puts emotions on it, from its own first frame on, and lets the head go with them where `behaviour`
            does not hold it elsewhere; None is none.
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
        self._expression, self._behaviour = expression, behaviour
        mood = self._in_mood(expression.track) if expression else behaviour
        self._performer = Performer(mood, seed=seed) if mood else None
        self._lock = Lock()
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
        with self._lock:
            self._check_open()
            return self._give(self._hear(self._sound.push(samples)))

    def flush(self) -> Animation:
        """End the sound.

        Returns:
            The remaining frames, so that ceil(seconds * fps) were given.

        Raises:
            ValueError: the stream was flushed already.
        """
        with self._lock:
            self._check_open()
            self._closed = True
            given = [self._hear(self._sound.flush()), self._between(self._speech.flush())]
            if self._performer:
                self._performer.end()
            given.append(self._frames.flush(frames_covering(self._heard, SAMPLE_RATE, self._fps)))
            return self._give(np.concatenate(given))

    def look_at(self, *point: float) -> None:
        """Turn the eyes to a point (x, y, z) from the next frame on, in place of the behaviour's focus.

        Args:
            point: metres from between the ears of the resting head: +x its left, +y up, +z ahead.

        Raises:
            ValueError: it is no point, the stream has no behaviour with gaze, or it was flushed.
        """
        with self._lock:
            self._check_open()
            if not self._performer:
                raise ValueError("look_at needs a face that behaves; make the stream with behaviour=Behaviour()")
            self._performer.look_at(*point)

    def feel(self, emotion: "Asked", *, transition: float | None = None) -> None:
        """Change what the face shows, eased from the next frame on; what was asked for from then on is dropped.

        Before the first frame there is nothing to change from: the face begins so.

        Args:
            emotion: as in `Animator.stream`; a track's times count from the next frame on.
            transition: seconds of the change; by default each emotion's own onset and offset.

        Raises:
            OSError: there is no such file, or it may not be read.
            ValueError: the emotion is unknown, the transition is not above 0, the stream has no expression, or it was
                flushed.
        """
        with self._lock:
            self._check_open()
            if not self._expression:
                raise ValueError("feel needs a face with an expression; make the stream with Animator.stream")
            # Imported here: lips are measured on a head, for which torch is needed.
            from avatar.emotion import EmotionTrack
            from avatar.emotion.steering import since, turned

            now = self.frames / self._fps
            before = since(self._expression.track, now - _KEPT)
            track = turned(before, now, EmotionTrack.of(emotion), transition=transition)
            mood = self._in_mood(track)
            if self._performer and mood and mood.posture and mood is not self._behaviour:
                self._performer.hold_head(mood.posture.home)
            self._expression.track = track

    def _in_mood(self, track: "EmotionTrack") -> Behaviour | None:
        from avatar.emotion import in_mood

        return in_mood(self._behaviour, track) if self._behaviour else None

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
