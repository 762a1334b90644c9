"""Write files so that nothing is ever left half-written."""

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""Errors of a disk, a quota or a file that is full; Python's own message does not say which file it was."""


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path beside `path`; move it into place on success, remove it on any error.

    A link is followed, so that what it points at is replaced and the link stays; an existing file keeps its mode.

    Args:
        path: the file to make or replace. The temporary one keeps its extension and exists, empty.

    Raises:
        FileNotFoundError: the folder does not exist.
        PermissionError: the folder is not writable.
        IsADirectoryError: `path` is a folder.
        OSError: `path` is neither a file nor free: a device, a pipe; or the disk is full.
    """
    target = Path(path).resolve()
    temporary = _reserve(target, path)
    mode = temporary.stat().st_mode
    try:
        yield temporary
        # Some libraries make the file anew, for its owner alone.
        if target.exists():
            shutil.copymode(target, temporary)
        else:
            temporary.chmod(stat.S_IMODE(mode))
        temporary.replace(target)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise OSError(f"cannot write {path}: {os.strerror(error.errno)}") from error
    finally:
        temporary.unlink(missing_ok=True)


def check_writable(path: str | os.PathLike[str]) -> None:
    """Find out now, before long work, whether `replacing(path)` would work.

    Raises:
        OSError: what `replacing` would raise.
    """
    _reserve(Path(path).resolve(), path).unlink()


def _reserve(target: Path, shown: str | os.PathLike[str]) -> Path:
    """Make an empty file of a free name beside `target`; errors call the target `shown`."""
    if target.is_dir():
        raise IsADirectoryError(f"cannot write {shown}: it is a folder; give a file name")
    if target.exists() and not target.is_file():
        raise OSError(f"cannot write {shown}: it is not an ordinary file")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"cannot write {shown}: the folder {target.parent} does not exist; make it first")
    # Names may be 255 bytes long: only the start of the stem goes into the temporary one.
    temporary = target.with_name(f".{target.stem[:40]}-{secrets.token_hex(6)}{target.suffix}")
    try:
        # Opened like any new file, so that the user's umask decides who may read it.
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except OSError as error:
        raise PermissionError(f"cannot write {shown}: {error.strerror or error}") from error
    return temporary
