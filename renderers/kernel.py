"""How the renderer's inner loops become machine code, and whether that still has to happen on this machine."""

import logging
from collections.abc import Callable
from typing import Any

import numba

logger = logging.getLogger(__name__)

# Kernels allocate nothing and so need no reference counts, which would be counted up and down around every call of a
# part: a third of the time of a pixel.
_OPTIONS: dict[str, Any] = {"error_model": "numpy", "_nrt": False}

_entries: list[Any] = []


def kernel(function: Callable[..., Any]) -> Any:
    """Compile `function` on its first call, without the interpreter lock, and keep the machine code on disk.

    It must not make arrays: callers hand in what it writes to.

    The kernels are serial: threads of ours divide the work (see `avatar.renderers.threads`), because numba's own
    parallel loops take several times longer to compile, abort the process when two threads enter one, and some of
    them do not survive a fork.
    """
    dispatcher = _cached(function)
    _entries.append(dispatcher)
    return dispatcher


def part(function: Callable[..., Any]) -> Any:
    """Compile `function` into the kernels of the same file that call it.

    Keep it in that file: numba does not notice when the source of a function changes in another one.
    """
    # Inlined by the back end: handing a dozen arrays to a function costs as much as what it does with them.
    return numba.njit(forceinline=True, **_OPTIONS)(function)


def needs_compiling() -> bool:
    """Whether some kernel has neither run in this process nor left usable machine code on disk."""
    return not all(dispatcher.signatures or _on_disk(dispatcher) for dispatcher in _entries)


def _cached(function: Callable[..., Any]) -> Any:
    try:
        return numba.njit(cache=True, nogil=True, **_OPTIONS)(function)
    except RuntimeError as error:
        # No folder can be written, neither beside the source nor in the user's cache.
        logger.debug("the renderer is compiled in every process, its cache has no place: %s", error)
        return numba.njit(nogil=True, **_OPTIONS)(function)


def _on_disk(dispatcher: Any) -> bool:
    cache_file = getattr(dispatcher._cache, "_cache_file", None)
    if cache_file is None:
        return False
    machine = dispatcher.targetctx.codegen().magic_tuple()
    return any(key[1] == machine for key in cache_file._load_index())
