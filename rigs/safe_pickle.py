"""Reads pickles of arrays without running them.

A pickle is a program that may call anything. Here its opcodes are interpreted by `pickle_machine`: a name is looked up
in our own table and nowhere else, nothing is imported, and values are made by functions of ours.
"""

import io
import tokenize
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.rigs import pickled_torch, pickled_types
from avatar.rigs.pickle_machine import Budget, Machine, RefusedFileError
from avatar.rigs.pickle_opcodes import run
from avatar.rigs.pickled_types import SparseMatrix

__all__ = ["RefusedFileError", "SparseMatrix", "load_npy", "load_npz", "load_pickle", "read_pickle"]

MOST_BYTES = 2**30
"""Larger files are no rigs."""

_BAD_HEADER = (
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    SyntaxError,
    MemoryError,  # thousands of open brackets
    RecursionError,
    tokenize.TokenError,
)
"""What numpy raises for headers of damaged .npy files."""

_BAD_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    ValueError,
    LookupError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
"""What zipfile raises for damaged archives."""

_BUILDERS = {**pickled_types.BUILDERS, **pickled_torch.BUILDERS}


def load_pickle(path: str | Path) -> Any:
    """Read a pickle file of arrays, plain values and containers.

    Args:
        path: the file; pickle protocols 0 to 5, of Python 2 or 3 (byte strings of Python 2 are read as Latin-1).

    Returns:
        What it holds: numpy arrays (read-only), of chumpy's and torch's arrays the numpy arrays, of scipy's sparse
        matrices a `SparseMatrix` each.

    Raises:
        RefusedFileError: it refers to something that is not an array; nothing was run. Or it is damaged or too large.
    """
    return read_pickle(_bytes_of(path), name=str(path))


def read_pickle(data: bytes, *, name: str = "the pickle") -> Any:
    """Read a pickle of arrays, plain values and containers from memory.

    Args:
        data: one pickle.
        name: what errors call it.

    Raises:
        RefusedFileError: as for `load_pickle`.
    """
    return run(Machine(data, name, _BUILDERS, Budget(4 * len(data) + 2**24)))


def load_npy(path: str | Path) -> NDArray[Any]:
    """Read a .npy file; one of Python objects is read as `load_pickle` does.

    Raises:
        RefusedFileError: it is damaged, too large, or refers to something that is not an array.
    """
    return _read_npy(_bytes_of(path), str(path))


def load_npz(path: str | Path) -> dict[str, NDArray[Any]]:
    """Read all arrays of an .npz file, those of Python objects as `load_pickle` does.

    Raises:
        RefusedFileError: as for `load_npy`.
    """
    data = _bytes_of(path)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
                raise RefusedFileError(f"{path} must unpack to at most {MOST_BYTES} bytes, got more; it isn't a rig")
            return {
                entry.filename.removesuffix(".npy"): _read_npy(archive.read(entry), f"{path}: {entry.filename}")
                for entry in archive.infolist()
                if entry.filename.endswith(".npy")
            }
    except RefusedFileError:
        raise
    except _BAD_ARCHIVE as error:
        raise RefusedFileError(
            f"{path} must be an .npz file, got a damaged one ({type(error).__name__}: {error}); fetch it again"
        ) from None


def _bytes_of(path: str | Path) -> bytes:
    size = Path(path).stat().st_size
    if size > MOST_BYTES:
        raise RefusedFileError(f"{path} must be at most {MOST_BYTES} bytes, got {size}; it isn't a rig")
    return Path(path).read_bytes()


def _read_npy(data: bytes, name: str) -> NDArray[Any]:
    file = io.BytesIO(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # headers that Python 2 wrote
            version = np.lib.format.read_magic(file)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, fortran, dtype = read(file)
    except _BAD_HEADER as error:
        raise RefusedFileError(
            f"{name} must be a .npy array, got another file ({type(error).__name__}: {error})"
        ) from None
    rest = data[file.tell() :]
    if dtype.hasobject:
        array = read_pickle(rest, name=name)
        if not isinstance(array, np.ndarray) or array.shape != shape:
            raise RefusedFileError(f"{name} must hold an array {list(shape)} as its header says, got something else")
        return array
    try:
        return pickled_types.array_of(rest, dtype, shape, fortran=fortran)
    except RefusedFileError as refused:
        raise RefusedFileError(f"{name} {refused}") from None
