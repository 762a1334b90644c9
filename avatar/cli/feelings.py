"""Which emotions recordings get: asked for, or heard in the voice."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from avatar.cli.side_files import check_apart, check_own_file, named
from avatar.cli.words import is_phones

if TYPE_CHECKING:
    from avatar.audio import Sound
    from avatar.emotion import EmotionTrack
    from avatar.emotion.voice import Hearing

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Feelings:
    """The options that say what faces show; {name} in a value stands for the recording's name.

    Args:
        emotion: --emotion: an emotion, a track's file, or "auto".
        save: --save-emotion: a file to write tracks to.
        voice_model: --voice-model: the file of a model that hears emotions.
        neutral_voice: --neutral-voice: a recording of the same speaker, speaking plainly.
    """

    emotion: str | None
    save: str | None
    voice_model: str | None = None
    neutral_voice: str | None = None
    _hearings: "dict[str | None, Hearing]" = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def heard(self) -> bool:
        """Whether the voice decides."""
        return self.emotion is not None and self.emotion.casefold() == AUTO

    def check(self, recordings: Sequence[Path]) -> None:
        """Find out now whether the options make sense and their files are there.

        Raises:
            OSError: a file is missing.
            ValueError: there is nothing to hear or to hear with, nothing to save, an unknown emotion, or one file for
                several.
        """
        for option, value in (("--voice-model", self.voice_model), ("--neutral-voice", self.neutral_voice)):
            if value is not None and not self.heard:
                raise ValueError(f"{option} says how the voice is heard; give --emotion auto as well")
        if self.save is not None:
            if self.emotion is None:
                raise ValueError("--save-emotion needs an emotion; give --emotion auto as well")
            if Path(self.save).suffix.lower() != ".json":
                raise ValueError(f"--save-emotion writes .json, got {self.save}")
            check_own_file("--save-emotion", self.save, recordings)
        for recording in recordings:
            if not self.heard:
                self.asked(recording)
            elif is_phones(recording):
                raise ValueError(f"{recording} has no voice to hear; give --emotion an emotion or a track")
            elif self.voice_model is not None or self.neutral_voice is not None:
                _ = self.hearing(recording).usual  # read now, so that what is wrong with it is known

    def check_apart(self, targets: dict[Path, list[str]], read: Sequence[Path]) -> None:
        """Find out whether tracks can be written where nothing else is read or written.

        Args:
            targets: what else is written of each recording.
            read: what is read beside the recordings.

        Raises:
            OSError: they cannot be written there.
            ValueError: something else is there.
        """
        if self.save is not None:
            check_apart("--save-emotion", self.save, targets, read)

    def asked(self, recording: Path) -> "EmotionTrack | None":
        """The track that is asked for, for emotions that are not heard.

        Raises:
            OSError: a track's file cannot be read.
            ValueError: an unknown emotion, or a file without a track.
        """
        if self.emotion is None or self.heard:
            return None
        from avatar.emotion import EmotionTrack

        return EmotionTrack.of(named(self.emotion, recording))

    def hearing(self, recording: Path) -> "Hearing":
        """How the voice in a recording is heard; models and plain voices are read once.

        Raises:
            OSError: the model cannot be read.
            ValueError: it is no such model.
        """
        from avatar.emotion.voice import Hearing, VoiceModel

        neutral = None if self.neutral_voice is None else named(self.neutral_voice, recording)
        if neutral not in self._hearings:
            model = None if self.voice_model is None else VoiceModel.load(self.voice_model)
            self._hearings[neutral] = Hearing(model, neutral)
        return self._hearings[neutral]

    def of(self, recording: Path, sound: "Sound | None") -> "tuple[EmotionTrack | None, str]":
        """The track of a recording, and what to tell about it.

        Args:
            recording: its file.
            sound: what it holds; needed where the voice decides.
        """
        if not self.heard:
            return self.asked(recording), ""
        from avatar.emotion.voice import describe

        assert sound is not None
        track = self.hearing(recording).hear(sound).track()
        return track, f"heard: {describe(track, sound.duration)}"

    def save_track(self, track: "EmotionTrack | None", recording: Path) -> str | None:
        """Write a recording's track, if that was asked for; gives the file's name."""
        if self.save is None or track is None:
            return None
        target = named(self.save, recording)
        track.save(target)
        return target
