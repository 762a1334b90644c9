"""Which emotions recordings get: asked for, or heard in the voice."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from avatar.cli.side_files import check_apart, check_own_file, named
from avatar.cli.words import is_phones

if TYPE_CHECKING:
    from avatar.audio import Sound
    from avatar.emotion import EmotionTrack

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Feelings:
    """The options --emotion and --save-emotion; {name} in either stands for the recording's name.

    Args:
        emotion: an emotion, a track's file, or "auto".
        save: a file to write tracks to.
    """

    emotion: str | None
    save: str | None

    @property
    def heard(self) -> bool:
        """Whether the voice decides."""
        return self.emotion is not None and self.emotion.casefold() == AUTO

    def check(self, recordings: Sequence[Path]) -> None:
        """Find out now whether the options make sense and their files are there.

        Raises:
            OSError: a file is missing.
            ValueError: there is nothing to hear, nothing to save, an unknown emotion, or one file for several.
        """
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

    def check_apart(self, targets: dict[Path, list[str]]) -> None:
        """Find out whether tracks can be written where nothing else is read or written.

        Args:
            targets: what else is written of each recording.

        Raises:
            OSError: they cannot be written there.
            ValueError: something else is there.
        """
        if self.save is not None:
            check_apart("--save-emotion", self.save, targets, read=None if self.heard else self.emotion)

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

    def of(self, recording: Path, sound: "Sound | None") -> "tuple[EmotionTrack | None, str]":
        """The track of a recording, and what to tell about it.

        Args:
            recording: its file.
            sound: what it holds; needed where the voice decides.
        """
        if not self.heard:
            return self.asked(recording), ""
        from avatar.emotion.voice import describe, hear

        assert sound is not None
        track = hear(sound).track()
        return track, f"heard: {describe(track, sound.duration)}"

    def save_track(self, track: "EmotionTrack | None", recording: Path) -> str | None:
        """Write a recording's track, if that was asked for; gives the file's name."""
        if self.save is None or track is None:
            return None
        target = named(self.save, recording)
        track.save(target)
        return target
