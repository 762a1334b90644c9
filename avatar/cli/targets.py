"""What is read and what is written, settled before any work begins."""

import os
import string
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from avatar.export import check_target
from avatar.export.formats import extension_of
from avatar.export.pattern import is_folder


def find_recordings(inputs: Sequence[str]) -> list[Path]:
    """The files that the inputs name; a folder stands for the recordings in it.

    Raises:
        OSError: there is no such file or folder.
        ValueError: nothing is named, a name is empty, or a folder holds no recording.
    """
    from avatar.audio import SOUND_EXTENSIONS

    if not inputs:
        raise ValueError("name at least one recording, for example: avatar animate talk.wav -o talk.mp4")
    found: list[Path] = []
    for name in inputs:
        if not name:  # would be the current folder
            raise ValueError("a recording must have a name, got an empty one")
        path = Path(name)
        if path.is_dir():
            inside = sorted(file for file in path.iterdir() if file.suffix.lower() in SOUND_EXTENSIONS)
            if not inside:
                raise ValueError(f"the folder {name} holds no recording ({', '.join(sorted(SOUND_EXTENSIONS))})")
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise FileNotFoundError(f"no such audio file: {name}")
    # Named twice, for example by itself and by its folder, is still one.
    return list({path.resolve(): path for path in found}.values())


def plan(inputs: Sequence[Path], outputs: Sequence[str], *, also_read: Iterable[Path] = ()) -> dict[Path, list[str]]:
    """The targets of each input; missing folders are made.

    Args:
        inputs: files.
        outputs: as the user wrote them; {name} stands for an input's name without its extension.
        also_read: further files that must not be written over.

    Raises:
        OSError: a target cannot be written.
        ValueError: no output, an unknown extension, a target that two would write, or one that is read.
    """
    if not outputs:
        raise ValueError("name at least one output with -o, for example: -o talk.mp4 talk.csv")
    for output in outputs:
        if not output:  # would be the current folder, to be filled with pictures
            raise ValueError("an output must have a name, got an empty one; for example: -o talk.mp4")
        if not _has_name(output) and len(inputs) > 1:
            raise ValueError(f"{len(inputs)} recordings cannot all become {output}; write {{name}}: {_suggest(output)}")
    targets = {path: [output.format(name=path.stem) for output in outputs] for path in inputs}
    written = [target for each in targets.values() for target in each]
    _check_apart([*inputs, *also_read], written)
    for target in written:
        _check_no_folder(target)
    for target in written:
        with suppress(FileNotFoundError):  # no folder is made before all names are right
            check_target(target)
    for target in written:
        _make_folder(target)
        check_target(target)
    return targets


def _has_name(output: str) -> bool:
    """Whether {name} stands in an output. Nothing else may stand in braces, no format of the name either."""
    try:
        pieces = [piece[1:] for piece in string.Formatter().parse(output) if piece[1] is not None]
    except ValueError as error:
        raise ValueError(f"{output}: only {{name}} may stand in braces ({error})") from None
    if any(piece != ("name", "", None) for piece in pieces):
        raise ValueError(f"{output}: only {{name}} may stand in braces")
    return bool(pieces)


def _check_no_folder(target: str) -> None:
    """Refuse a folder that is named like a file: it would be filled with pictures."""
    if extension_of(target) and Path(target).is_dir() and not target.endswith(("/", os.sep)):
        raise IsADirectoryError(f"cannot write {target}: it is a folder; to fill it with pictures, write {target}/")


def _make_folder(target: str) -> None:
    """Make the folder that a target goes into, unless it is there."""
    folder = Path(target) if is_folder(target) else Path(target).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise type(error)(f"cannot write {target}: the folder {folder} cannot be made ({error.strerror})") from None


def _suggest(output: str) -> str:
    if is_folder(output):
        return output.rstrip("/\\") + "/{name}.mp4"
    path = Path(output)
    return str(path.with_name("{name}" + (extension_of(path) or path.suffix)))


def _check_apart(inputs: Sequence[Path], targets: Sequence[str]) -> None:
    """Refuse to write a file twice, or over what is read."""
    read = {path.resolve() for path in inputs}
    written: set[Path] = set()
    for target in targets:
        place = Path(target).resolve()
        if place in read:
            raise ValueError(f"{target} is an input too; choose another output")
        if place in written:
            raise ValueError(f"{target} would be written twice; give the recordings or outputs different names")
        written.add(place)
