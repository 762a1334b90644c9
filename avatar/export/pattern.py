"""Targets that stand for many files."""

import os
import re
from pathlib import Path

_NUMBER = re.compile(r"%(?:0(\d))?d")


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Whether a target is a folder: it is there, or it is written with a slash at its end."""
    return os.fspath(path).endswith(("/", os.sep)) or Path(path).is_dir()


def sequence_pattern(path: str | os.PathLike[str]) -> str | None:
    """The file name with its one %d or %04d if the target is a sequence of pictures, None if it is a single file.

    Raises:
        ValueError: more than one number, or one in a file that is not a picture.
    """
    if is_folder(path):
        return "%05d.png"
    name = Path(path).name
    numbers = _NUMBER.findall(name)
    if not numbers:
        return None
    if len(numbers) > 1 or Path(path).suffix.lower() != ".png":
        raise ValueError(f"cannot write {path}: only a .png may be numbered, by one %d or %04d in its name")
    return name


def numbered(pattern: str, index: int) -> str:
    """The name of one picture of a sequence."""
    return _NUMBER.sub(lambda match: str(index).zfill(int(match[1] or 0)), pattern)
