"""How inner loops become machine code."""

import logging
from collections.abc import Callable
from typing import Any

import numba

log = logging.getLogger(__name__)


def jit(function: Callable[..., Any], **options: Any) -> Any:
    """Compile `function` on its first call, without the interpreter lock; keep the machine code on disk if possible.

    Args:
        function: that numba can compile.
        options: of `numba.njit`.
    """
    try:
        return numba.njit(cache=True, nogil=True, **options)(function)
    except RuntimeError as error:
        # No folder can be written, neither beside the source nor in the user's cache.
        log.debug("%s is compiled in every process, the cache has no place: %s", function.__name__, error)
        return numba.njit(nogil=True, **options)(function)
