"""Compile functions for CUDA and start them on torch's tensors."""

import importlib
import math
from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any

import torch
from torch import Tensor

# Both are full of names that type checkers do not see.
cuda: Any = importlib.import_module("numba.cuda")
settings: Any = importlib.import_module("numba").config

SIMULATED = bool(settings.ENABLE_CUDASIM)

# Threads of a block, fewest and most blocks. numba warns of fewer than 128, and those without work end at once; the
# simulator takes its time for each.
THREADS, FEWEST_BLOCKS, MOST_BLOCKS = (16, 1, 2) if SIMULATED else (128, 128, 65536)


def kernel(function: Callable[..., Any]) -> Any:
    """Compile `function` on its first launch; it must stride over its work, however few its threads are."""
    return cuda.jit(function)


def inline(function: Callable[..., Any]) -> Any:
    """Compile `function` into the kernels of its own file that call it."""
    # The simulator lets its kernels see another `cuda`, and changes it back after each function that it knows, while
    # other threads are still in there. A plain function is not among them.
    return function if SIMULATED else cuda.jit(function, device=True, forceinline=True)


@cache
def device(part: Any) -> Any:
    """Return a compiled function of the CPU, and all that it calls, for use in CUDA kernels.

    It must not divide its work by itself: a part, or a kernel that is given one element.
    """
    source = part.py_func
    # numba knows numpy's floor, sqrt and log2 on the CPU alone, those of math on both.
    names = {**source.__globals__, "np": math}
    called = [name for name in source.__code__.co_names if hasattr(names.get(name), "py_func")]
    names.update({name: device(names[name]) for name in called})
    return inline(FunctionType(source.__code__, names, source.__name__, source.__defaults__, source.__closure__))


def _product(a: float, b: float) -> float:
    return a * b


# A product that is rounded before anything is added to it, as on the CPU; the compiler fuses a * b + c.
product: Any = _product if SIMULATED else cuda.libdevice.dmul_rn


def launch(kernel: Any, count: int, *arguments: Any) -> None:
    """Start a kernel with about one thread for each of `count` pieces of work.

    Args:
        kernel: of `kernel`; threads stride over the work, so any number of them does all of it.
        count: pieces of work; nothing is started for none.
        arguments: contiguous tensors, all on one device and the first among them, and numbers.
    """
    if count == 0:
        return
    blocks = min(max(-(-count // THREADS), FEWEST_BLOCKS), MOST_BLOCKS)
    if SIMULATED:
        kernel[blocks, THREADS](*map(_view, arguments))
        return
    with torch.cuda.device(arguments[0].device):
        handle = torch.cuda.current_stream().cuda_stream
        stream = cuda.external_stream(handle) if handle else 0
        kernel[blocks, THREADS, stream](*map(_view, arguments))


def _view(argument: Any) -> Any:
    if not isinstance(argument, Tensor):
        return argument
    assert argument.is_contiguous() and not argument.requires_grad
    # torch starts its own work on the same stream, so there is nothing to wait for.
    return argument.numpy() if SIMULATED else cuda.as_cuda_array(argument, sync=False)


def check_determinism(what: str) -> None:
    """Refuse sums in an order that is not always the same if torch was told to use deterministic algorithms only.

    Raises:
        RuntimeError: then.
    """
    if torch.are_deterministic_algorithms_enabled() and not torch.is_deterministic_algorithms_warn_only_enabled():
        raise RuntimeError(
            f"{what} is not deterministic on CUDA; bring the tensors to the CPU, where it is, or allow it with "
            "torch.use_deterministic_algorithms(False)"
        )
