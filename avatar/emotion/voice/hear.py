"""Hearing which emotion a voice has, over a recording."""

import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from avatar.audio import Sound, as_sound
from avatar.emotion.dimensions import DIMENSIONS
from avatar.emotion.emotions import NEUTRAL
from avatar.emotion.track import EmotionTrack
from avatar.emotion.voice.frames import analyse
from avatar.emotion.voice.model import VoiceModel, softmax
from avatar.emotion.voice.pitch import Floats
from avatar.emotion.voice.prosody import HOP, Prosody, prosody, usual

SMOOTHING = 1.5
"""Seconds to either side from which windows are averaged, near ones and those with more speech counting more."""

_MOST_EVENTS = 6  # that are told
_DOUBT = 0.1  # seconds of speech that say nothing, added to every average: pauses fade to what is expected

EVIDENCE = 1.5
"""How many windows' worth of evidence an average is: neighbours share most of their sound."""

Audio = str | os.PathLike[str] | Sound | ArrayLike


@dataclass(frozen=True, eq=False)
class Heard:
    """What a voice sounds like over time.

    Args:
        times: [T] seconds.
        classes: names of the K emotions that the model knows, neutral first.
        probabilities: [T, K] of each.
        dimensions: [T, 3] valence, arousal and dominance, -1..1.
    """

    times: Floats
    classes: tuple[str, ...]
    probabilities: Floats
    dimensions: Floats

    def __len__(self) -> int:
        return len(self.times)

    def probability(self, emotion: str) -> Floats:
        """Of one emotion [T]; 0 where the model does not know it."""
        if emotion not in self.classes:
            return np.zeros(len(self))
        return np.asarray(self.probabilities[:, self.classes.index(emotion)])

    @property
    def arousal(self) -> Floats:
        """How excited the voice is [T], -1..1."""
        return np.asarray(self.dimensions[:, DIMENSIONS.index("arousal")])

    def track(self, *, strength: float = 1.0) -> EmotionTrack:
        """The emotions that a face should show for it; see `avatar.emotion.voice.showing`.

        Args:
            strength: factor on intensities, 0..2.

        Raises:
            ValueError: the strength is out of range.
        """
        from avatar.emotion.voice.showing import track_of

        return track_of(self, strength=strength)


def hear(
    audio: Audio,
    *,
    sample_rate: int | None = None,
    neutral: Audio | None = None,
    model: VoiceModel | None = None,
) -> Heard:
    """Hear which emotion a voice has.

    The voice is compared with itself: what is louder, higher or faster than the speaker usually is in the recording
    counts, and of what is unusual for anybody only what no microphone changes. Gain does not matter.

    Args:
        audio: a file, a `Sound`, or samples [N] or [channels, N] in -1..1, of one speaker.
        sample_rate: samples per second of arrays; needed there and only there.
        neutral: the same speaker, speaking plainly into the same microphone at the same gain: what is usual. By default
            it is the median over the recording, so that one who shouts all the time seems calmer than he is.
        model: by default the one that ships.

    Returns:
        Five values a second; neutral throughout where nobody speaks, or only whispers.

    Raises:
        OSError: there is no such file, or it may not be read.
        ValueError: no sound in it, shorter than 50 ms, not finite, or a rate missing or too many; or nobody speaks in
            `neutral`.

    Example:
        >>> heard = hear(np.zeros(16000), sample_rate=16000)
        >>> heard.classes[int(heard.probabilities[0].argmax())]
        'neutral'
    """
    model = VoiceModel.load() if model is None else model
    measured = measure(audio, sample_rate)
    known = None
    if neutral is not None:
        known = usual_voice(neutral, None if isinstance(neutral, str | os.PathLike | Sound) else sample_rate)
    return conclude(measured, model, known)


def conclude(measured: Prosody, model: VoiceModel, known: Floats | None = None) -> Heard:
    """What a model makes of a recording's prosody.

    Args:
        measured: of the recording.
        model: of emotions.
        known: [F] how the speaker usually speaks; by default over the recording.
    """
    features = measured.features(known)
    weights = np.where(measured.spoken, measured.speech, 0.0)
    evidence = EVIDENCE * _averaged(model.evidence(features), weights)
    return Heard(
        measured.times,
        model.classes,
        softmax(evidence + np.log(model.expected)),
        _averaged(model.dimensions(features), weights),
    )


def usual_voice(neutral: Audio, sample_rate: int | None = None) -> Floats:
    """How a speaker usually speaks, features [F], by a recording of plain speech.

    Args:
        neutral: as `hear` takes it.
        sample_rate: of an array.

    Raises:
        OSError, ValueError: as of `hear`; or nobody speaks in it.
    """
    plain = measure(neutral, sample_rate)
    if not plain.spoken.any():
        path = neutral.path if isinstance(neutral, Sound) else neutral
        name = f"the neutral voice {path}" if isinstance(path, str | os.PathLike) else "neutral"
        raise ValueError(f"{name} must hold half a second of voiced speech, got none")
    return usual([plain])


def measure(audio: Audio, sample_rate: int | None = None) -> Prosody:
    """A recording's prosody; for what it takes and refuses see `hear`."""
    return prosody(analyse(as_sound(audio, sample_rate=sample_rate).samples))


def _averaged(values: Floats, weights: Floats) -> Floats:
    """Weighted means [T, D] over `SMOOTHING` seconds to either side; 0 where nothing has weight."""
    reach = round(SMOOTHING / HOP)
    bell = np.hanning(2 * reach + 1)
    padded = np.pad(weights, reach)
    total = np.convolve(padded, bell, "valid")
    columns = [np.convolve(np.pad(weights * column, reach), bell, "valid") for column in values.T]
    return np.asarray(np.stack(columns, axis=1) / (total + _DOUBT)[:, None])


def describe(track: EmotionTrack, duration: float) -> str:
    """What was heard, for people: "mostly neutral, angry 0.4 at 2.1 s, calm 0.3 at 6.0 s".

    Args:
        track: of `Heard.track`.
        duration: seconds of the recording.
    """
    ends = [*(key.time for key in track.keys[1:]), duration]
    lasted: dict[str, float] = {}
    events = []
    for key, end in zip(track.keys, ends, strict=True):
        name = max(key.mixture, key=lambda emotion: key.mixture[emotion], default=NEUTRAL)
        lasted[name] = lasted.get(name, 0.0) + max(end - max(key.time, 0.0), 0.0)
        if name != NEUTRAL:
            events.append((name, key.mixture[name], max(key.time, 0.0)))
    mostly = max(lasted, key=lambda name: lasted[name])
    others = [f"{name} {size:.1f} at {time:.1f} s" for name, size, time in events]
    shown = others if len(others) <= _MOST_EVENTS else [*others[:_MOST_EVENTS], f"{len(others) - _MOST_EVENTS} more"]
    return ", ".join([f"mostly {mostly}", *shown])
