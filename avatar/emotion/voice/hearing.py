"""How a voice is heard where "auto" is not enough: by a model of one's own, beside a known voice."""

import os
from dataclasses import dataclass
from functools import cached_property

from avatar.audio import Sound
from avatar.emotion.voice.hear import Heard, conclude, measure, usual_voice
from avatar.emotion.voice.model import VoiceModel
from avatar.emotion.voice.pitch import Floats


@dataclass(frozen=True, eq=False)
class Hearing:
    """Hears the emotions of a voice; `Animator.animate(emotion=Hearing(...))` shows them.

    Args:
        model: by default the one that ships.
        neutral: a file or `Sound` of the same speaker, speaking plainly into the same microphone at the same gain: what
            is usual. It is read when first needed, and once. By default each recording is compared with itself.

    Raises:
        TypeError: one of them is something else.

    Example:
        >>> heard = Hearing(VoiceModel.load()).hear(Sound([0.0] * 16000, 16000))
        >>> heard.classes[int(heard.probabilities[0].argmax())]
        'neutral'
    """

    model: VoiceModel | None = None
    neutral: str | os.PathLike[str] | Sound | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.model, VoiceModel | None):
            raise TypeError(f"model must be a VoiceModel, got {self.model!r}; read it with VoiceModel.load")
        if not isinstance(self.neutral, str | os.PathLike | Sound | None):
            raise TypeError(
                f"neutral must be a file or a Sound, got {type(self.neutral).__name__}; make one with "
                "Sound(samples, sample_rate)"
            )

    @cached_property
    def usual(self) -> Floats | None:
        """How the speaker usually speaks, features [F]; None is as in the recording.

        Raises:
            OSError: there is no such file, or it may not be read.
            ValueError: it cannot be used, or nobody speaks in it.
        """
        return None if self.neutral is None else usual_voice(self.neutral)

    def hear(self, sound: Sound) -> Heard:
        """Which emotion the voice has.

        Raises:
            OSError, ValueError: see `usual`; or the sound cannot be used.
        """
        model = VoiceModel.load() if self.model is None else self.model
        return conclude(measure(sound), model, self.usual)
