"""Speech to a moving face in one call."""

import logging
import os
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from avatar.alignment import align
from avatar.animation import Animation, check_fps
from avatar.articulation.phones import Phone
from avatar.audio import SAMPLE_RATE, Sound, as_sound
from avatar.behaviour import ALIVE, Behaviour, add_behaviour
from avatar.controls import ARKIT
from avatar.streaming.animation_stream import AnimationStream, SpeechStream
from avatar.streaming.frames import frames_covering

if TYPE_CHECKING:
    from avatar.emotion import EmotionTrack, ExpressionStyle
    from avatar.emotion.express import Asked
    from avatar.emotion.voice import Heard


log = logging.getLogger(__name__)


class Curves(Protocol):
    """Says which curves a speech model gives."""

    @property
    def controls(self) -> tuple[str, ...]:
        """Their ARKit names, in the order of a stream's columns."""
        ...


class Speech(Protocol):
    """What an animator needs of a speech model."""

    @property
    def config(self) -> Curves:
        """Which curves its streams give."""
        ...

    def predict(self, samples: NDArray[np.float32], *, lookahead: float | None = None) -> Animation:
        """Mouth curves in ARKit, frame t at t / fps, for 16 kHz mono samples [N] in -1..1."""
        ...

    def stream(self, lookahead: float = 0.2) -> SpeechStream:
        """The same curves at 50 fps while the samples arrive."""
        ...


@runtime_checkable
class Ear(Protocol):
    """Hears emotions in a voice, as `avatar.emotion.voice.Hearing` does."""

    def hear(self, sound: Sound) -> "Heard":
        """Which emotion the voice has over the sound, 16 kHz."""
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
        lookahead: float | None = None,
        emotion: "Asked | Ear | None" = None,
        style: "ExpressionStyle | int | None" = None,
        behaviour: Behaviour | None = ALIVE,
        seed: int = 0,
        text: str | None = None,
        phones: Sequence[Phone] | None = None,
    ) -> Animation:
        """Animate a recording.

        A silent recording gives a face that listens.

        Args:
            audio: an audio or video file, a `Sound`, or samples [N] or [channels, N] in -1..1.
            sample_rate: samples per second of an array; needed there and only there.
            fps: frames per second of the result, above 0 and at most 1000.
            lookahead: seconds of sound after a frame's instant that may matter to it, as in `stream`; None is the whole
                recording, which gives the best curves.
            emotion: what the face shows: a text such as "happy:0.7" or "happy:0.5+surprised:0.3", intensities by name,
                an `avatar.emotion.EmotionTrack`, or a track's file; or "auto", what `avatar.emotion.voice` hears in
                the whole recording, or an `avatar.emotion.voice.Hearing` that says how: by which model, beside which
                plain speech. Lips keep what they say.
            style: how the person shows it, and raises the brows in speech; an `avatar.emotion.ExpressionStyle`, or the
                seed of one. The average by default.
            behaviour: what the face does beside speaking: blinks, gaze, head motion, brows, breath; None is nothing.
            seed: of behaviour and emotion: another seed, other movements.
            text: what is said, in English: it is aligned with the recording (needs the extra "text"), and the lips
                then close and open as its phones demand.
            phones: what is said when, in place of a text, for example from `avatar.articulation.phone_files`.

        Returns:
            An animation in ARKit that covers the recording: ceil(seconds * fps) frames, frame t at t / fps.

        Raises:
            OSError: there is no such file, or it may not be read.
            ValueError: no sound in it, shorter than 50 ms, not finite, or fps or lookahead out of range; the emotion is
                unknown, or the text is not what is said; or there is a style, and nothing that it shapes.
            TypeError: the style is none.
            ImportError: there is a text and no PocketSphinx.
        """
        check_fps(fps)
        if text is not None and phones is not None:
            raise ValueError("give a text or phones, not both; phones already say what the text would")
        sound = as_sound(audio, sample_rate=sample_rate)
        frames = frames_covering(len(sound), sound.sample_rate, fps)
        style, behaviour = _styled(style, behaviour, shown=emotion is not None)
        track, behaviour = _moods(_heard(emotion, sound), behaviour)
        if sound.silent and lookahead is None:  # a stream cannot know that nothing will come
            animation = Animation(ARKIT, np.tile(ARKIT.neutral, (frames, 1)), fps)
        else:
            animation = self._model.predict(sound.samples, lookahead=lookahead).resample(fps, frames=frames)
        if text is not None:
            phones = align(sound.samples, text).phones
        if phones:
            # Imported here: it measures a head, for which torch is needed.
            from avatar.articulation.sharpen import sharpen

            animation = sharpen(animation, phones)
        if behaviour is not None:
            behaviour = behaviour if lookahead is None else behaviour.within(lookahead)
            animation = add_behaviour(animation, sound, behaviour=behaviour, seed=seed)
        animation = _with_emotion(animation, track, style, seed, rested=sound.silent and lookahead is None)
        return replace(animation, audio=sound.path)

    def stream(
        self,
        fps: float = 60.0,
        *,
        sample_rate: int = SAMPLE_RATE,
        lookahead: float = 0.2,
        emotion: "Asked | None" = None,
        style: "ExpressionStyle | int | None" = None,
        behaviour: Behaviour | None = ALIVE,
        seed: int = 0,
    ) -> AnimationStream:
        """Animate sound while it arrives, for as long as it goes on.

        Args:
            fps: frames per second of the result, above 0 and at most 1000.
            sample_rate: samples per second of what will be pushed. Other rates than 16000 are resampled, which takes
                up to 40 ms (at 8000 Hz 115 ms) more of the sound that follows.
            lookahead: seconds of sound after a frame's instant that it waits for: more gives better curves, later.
            emotion: what the face shows, as in `animate`; but nothing that is heard, as there is no whole recording.
            style: how the person shows it, and raises the brows in speech; an `avatar.emotion.ExpressionStyle`, or the
                seed of one. The average by default.
            behaviour: what the face does beside speaking; None is nothing. It looks ahead no farther than `lookahead`.
            seed: of behaviour and emotion: another seed, other movements.

        Returns:
            A stream of which `push(samples)` gives the frames that are final and `flush()` the rest: together what
            `animate` gives with the same arguments.

        Raises:
            ValueError: fps, sample_rate or lookahead is out of range, or the emotion is unknown or to be heard.
            TypeError: the style is none.

        Example:
            >>> stream = Animator.load().stream(fps=60)
            >>> sum(len(piece) for piece in (stream.push(np.zeros(8000)), stream.push(np.zeros(8000)), stream.flush()))
            60
        """
        check_fps(fps)
        style, behaviour = _styled(style, behaviour, shown=True)  # emotions may come later
        track, _ = _moods(emotion, None)
        # Imported here: lips are measured on a head, for which torch is needed.
        from avatar.emotion import EmotionTrack, Expression

        expression = Expression(track or EmotionTrack.parse("neutral"), fps, style=style, seed=seed)
        speech = self._model.stream(lookahead)
        controls = self._model.config.controls
        behaviour = None if behaviour is None else behaviour.within(lookahead)
        return AnimationStream(
            speech, controls, fps, sample_rate=sample_rate, expression=expression, behaviour=behaviour, seed=seed
        )


def animate_phones(
    phones: Sequence[Phone],
    *,
    fps: float = 60.0,
    emotion: "Asked | None" = None,
    style: "ExpressionStyle | int | None" = None,
    behaviour: Behaviour | None = ALIVE,
    seed: int = 0,
) -> Animation:
    """Animate phones with their times, without any sound: a synthesizer's, or those of a recording that is not there.

    Args:
        phones: in order of time; what none covers is silence.
        fps: frames per second of the result, above 0 and at most 1000.
        emotion: what the face shows, as in `Animator.animate`.
        style: how the person shows it, as in `Animator.animate`.
        behaviour: what the face does beside speaking, by its mouth; None is nothing.
        seed: of behaviour and emotion: another seed, other movements.

    Returns:
        An animation in ARKit until the last phone's end.

    Raises:
        ValueError: there is no phone, phones overlap, or fps is out of range; or the emotion is unknown; or there is a
            style, and nothing that it shapes.
        TypeError: the style is none.
    """
    from avatar.articulation import articulate

    check_fps(fps)
    style, behaviour = _styled(style, behaviour, shown=emotion is not None)
    track, behaviour = _moods(emotion, behaviour)
    animation = articulate(phones, fps=fps)
    if behaviour is not None:
        animation = add_behaviour(animation, behaviour=behaviour, seed=seed)
    return _with_emotion(animation, track, style, seed)


def _styled(
    style: "ExpressionStyle | int | None", behaviour: Behaviour | None, *, shown: bool
) -> "tuple[ExpressionStyle | None, Behaviour | None]":
    """The style that is meant, and the behaviour that goes with it; `shown` says whether emotions may be."""
    if style is None:
        return None, behaviour
    from avatar.emotion import ExpressionStyle, in_style

    style = ExpressionStyle.of(style)
    if not shown and (behaviour is None or behaviour.brows is None):
        raise ValueError(
            "style shapes emotions and the brows of behaviour, and here is neither; give an emotion, or no style"
        )
    return style, None if behaviour is None else in_style(behaviour, style)


def _moods(emotion: "Asked | None", behaviour: Behaviour | None) -> "tuple[EmotionTrack | None, Behaviour | None]":
    """The track that is asked for, and the behaviour that goes with it."""
    if emotion is None:
        return None, behaviour
    if isinstance(emotion, Ear):
        raise ValueError("emotions are heard in a whole recording; here there is none: name an emotion or a track")
    # Imported here: lips are measured on a head, for which torch is needed.
    from avatar.emotion import EmotionTrack, in_mood

    track = EmotionTrack.of(emotion)
    return track, None if behaviour is None else in_mood(behaviour, track)


def _heard(emotion: "Asked | Ear | None", sound: Sound) -> "Asked | None":
    """What is heard in the voice, if that is what is asked for; otherwise what is asked for."""
    auto = isinstance(emotion, str) and emotion.casefold() == "auto"
    if not auto and not isinstance(emotion, Ear):
        return emotion
    from avatar.emotion.voice import Hearing, describe

    ear = emotion if isinstance(emotion, Ear) else Hearing()
    track = ear.hear(sound).track()
    log.info("heard: %s", describe(track, sound.duration))
    return track


def _with_emotion(
    animation: Animation,
    track: "EmotionTrack | None",
    style: "ExpressionStyle | None",
    seed: int,
    *,
    rested: bool = False,
) -> Animation:
    if track is None:
        return animation
    # As a stream would: not `express`, which knows whether speech will come.
    from avatar.emotion import Expression

    return Expression(track, animation.fps, style=style, seed=seed, rested=rested).add(animation)
