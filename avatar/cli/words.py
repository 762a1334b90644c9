"""What the user says about the words of recordings: texts to align, phones that are known."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from avatar.cli.side_files import NAME, check_apart, check_own_file, named

if TYPE_CHECKING:
    from avatar.articulation.phones import Phone

_LONGEST_NAME = 1000  # a longer value is no file's name


@dataclass(frozen=True, slots=True)
class Words:
    """The options --text, --phones and --save-phones; {name} in a value stands for the recording's name.

    Args:
        text: a file with what is said, or the words themselves.
        phones: a file with phones and their times.
        save: a file to write them to.
    """

    text: str | None
    phones: str | None
    save: str | None

    def check(self, recordings: Sequence[Path]) -> None:
        """Find out now whether the options make sense and their files are there.

        Raises:
            OSError: a file is missing.
            ValueError: both a text and phones, one file for several recordings, or a text and no PocketSphinx.
        """
        from avatar.articulation.phone_files import PHONE_EXTENSIONS

        if self.text is not None and self.phones is not None:
            raise ValueError("give --text or --phones, not both; phones already say what the text would")
        if self.save is not None and Path(self.save).suffix.lower() not in PHONE_EXTENSIONS:
            raise ValueError(f"--save-phones writes {', '.join(sorted(PHONE_EXTENSIONS))}, got {self.save}")
        timed = [path for path in recordings if is_phones(path)]
        if self.save is not None and self.text is None and self.phones is None and len(timed) < len(recordings):
            raise ValueError("--save-phones needs to know what is said; give --text as well")
        if timed and (self.text is not None or self.phones is not None):
            raise ValueError(f"{timed[0]} holds phones already; give the recording instead, or leave out --text")
        if self.text is not None and find_spec("pocketsphinx") is None:
            raise ValueError("--text needs PocketSphinx; pip install 'avatar[text]', or give --phones")
        for option, value in (("--text", self.text), ("--phones", self.phones), ("--save-phones", self.save)):
            if value is not None:
                check_own_file(option, value, recordings)
        for recording in recordings:
            if self.text is not None:
                self.text_of(recording)
            if self.phones is not None and not Path(named(self.phones, recording)).is_file():
                raise FileNotFoundError(f"--phones: no such file: {named(self.phones, recording)}")

    def saved(self, recording: Path) -> list[str]:
        """The file that a recording's phones are written to, if they are."""
        return [] if self.save is None else [named(self.save, recording)]

    def check_apart(self, targets: dict[Path, list[str]], read: Sequence[Path]) -> None:
        """Find out whether phones can be written where nothing else is read or written.

        Args:
            targets: what else is written of each recording.
            read: what is read beside the recordings.

        Raises:
            OSError: they cannot be written there.
            ValueError: something else is there.
        """
        if self.save is not None:
            check_apart("--save-phones", self.save, targets, read)

    def text_of(self, recording: Path) -> str | None:
        """What is said in a recording, if a text tells.

        Raises:
            OSError: a file that is named is missing.
            ValueError: it is not UTF-8.
        """
        if self.text is None:
            return None
        value = named(self.text, recording)
        a_name = len(value) < _LONGEST_NAME and "\n" not in value
        if a_name and Path(value).is_file():
            try:
                return Path(value).read_text(encoding="utf-8-sig")
            except UnicodeDecodeError as error:
                raise ValueError(f"{value}: it is not UTF-8 text (byte {error.start}); save it as UTF-8") from None
        if a_name and (NAME in self.text or (Path(value).suffix.lower() == ".txt" and " " not in value)):
            raise FileNotFoundError(f"--text: no such file: {value}")
        return value

    def phones_of(self, recording: Path) -> "tuple[Phone, ...] | None":
        """Phones of a recording, if a file tells.

        Raises:
            OSError: the file cannot be read.
            ValueError: it cannot be understood.
        """
        from avatar.articulation.phone_files import read_phones

        if is_phones(recording):
            return read_phones(recording)
        return None if self.phones is None else read_phones(named(self.phones, recording))

    def save_phones(self, phones: "Sequence[Phone]", recording: Path) -> str | None:
        """Write a recording's phones, if that was asked for; gives the file's name."""
        from avatar.articulation.phone_files import write_phones

        if self.save is None:
            return None
        target = named(self.save, recording)
        write_phones(phones, target)
        return target


def is_phones(path: Path) -> bool:
    """Whether a file holds phones with times, going by its name."""
    from avatar.articulation.phone_files import PHONE_EXTENSIONS

    return path.suffix.lower() in PHONE_EXTENSIONS
