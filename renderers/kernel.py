"""How the renderer's inner loops become machine code, and whether that has happened on this machine."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

from avatar.jit import jit

# Kernels allocate nothing and so need no reference counts, which would be counted up and down around every call of a
# part: a third of the time of a pixel.
_OPTIONS: dict[str, Any] = {"error_model": "numpy", "_nrt": False}


def kernel(function: Callable[..., Any]) -> Any:
    """Compile `function` on its first call, without the interpreter lock, and keep the machine code on disk.

    It must not make arrays: callers hand in what it writes to.

    The kernels are serial: threads of ours divide the work (see `avatar.threads`), because numba's own
    parallel loops take several times longer to compile, abort the process when two threads enter one, and some of
    them do not survive a fork.
    """
    return _cached(function)


def part(function: Callable[..., Any]) -> Any:
    """Compile `function` into the kernels that call it."""
    # Inlined by the back end: handing a dozen arrays to a function costs as much as what it does with them.
    return numba.njit(forceinline=True, **_OPTIONS)(function)


def compiled(dispatcher: Any) -> bool:
    """Whether a kernel has run in this process or left usable machine code on disk."""
    return bool(dispatcher.signatures) or _on_disk(dispatcher)


def _cached(function: Callable[..., Any]) -> Any:
    dispatcher = jit(function, **_OPTIONS)
    _depend_on_parts(dispatcher)
    return dispatcher


def _depend_on_parts(dispatcher: Any) -> None:
    """Let machine code on disk be stale when a file has changed that holds any of the kernel's parts.

    numba looks at the kernel's own file alone.
    """
    cache_file = _cache_file(dispatcher)
    if cache_file is not None:
        states = [path.stat() for path in sorted(_sources(dispatcher.py_func))]
        cache_file._source_stamp = tuple((state.st_mtime, state.st_size) for state in states)


def _sources(function: Any) -> set[Path]:
    """The files of a function and of all compiled functions that it calls."""
    called = (function.__globals__.get(name) for name in function.__code__.co_names)
    inner = (_sources(one.py_func) for one in called if hasattr(one, "py_func"))
    return {Path(function.__code__.co_filename)}.union(*inner)


def _cache_file(dispatcher: Any) -> Any:
    """Where its machine code is kept; None if the cache has no place."""
    return getattr(getattr(dispatcher, "_cache", None), "_cache_file", None)


def _on_disk(dispatcher: Any) -> bool:
    cache_file = _cache_file(dispatcher)
    if cache_file is None:
        return False
    machine = dispatcher.targetctx.codegen().magic_tuple()
    return any(key[1] == machine for key in cache_file._load_index())
