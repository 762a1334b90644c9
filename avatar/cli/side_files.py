"""Files beside the outputs, one for each recording: {name} in a value stands for the recording's name."""

from collections.abc import Iterable, Sequence
from pathlib import Path

NAME = "{name}"


def named(value: str, recording: Path) -> str:
    """The file of a recording."""
    return value.replace(NAME, recording.stem)


def check_own_file(option: str, value: str, recordings: Sequence[Path]) -> None:
    """Find out whether each recording has a file of its own.

    Raises:
        ValueError: several would share one.
    """
    if len(recordings) > 1 and NAME not in value:
        raise ValueError(f"{len(recordings)} recordings cannot share one {option}; write {{name}} in it")


def check_not_read(option: str, target: str | Path, read: Iterable[Path]) -> None:
    """Find out whether a file that an option asks for is none of those that are read.

    Raises:
        ValueError: it is one.
    """
    if Path(target).resolve() in {path.resolve() for path in read}:
        raise ValueError(f"{option} would overwrite {target}, which is read; give it another name")


def check_apart(option: str, value: str, targets: dict[Path, list[str]], read: Iterable[Path]) -> None:
    """Find out whether files can be written where nothing else is read or written.

    Args:
        option: that asks for them.
        value: of it.
        targets: what else is written of each recording.
        read: what is read beside the recordings.

    Raises:
        OSError: they cannot be written there.
        ValueError: something else is there.
    """
    from avatar.files import check_writable

    written = (Path(name) for each in targets.values() for name in each)
    taken = {path.resolve() for path in (*written, *targets, *read)}
    for recording in targets:
        target = named(value, recording)
        if Path(target).resolve() in taken:
            raise ValueError(f"{option} would overwrite {target}; give it another name")
        check_writable(target)
