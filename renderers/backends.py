"""Which code finds what pixels see: ours for the tensors' device, or another library."""

import importlib
import importlib.util
from functools import cache
from typing import Any, Literal, get_args

import numba
from torch import Tensor

Backend = Literal["auto", "cpu", "cuda", "nvdiffrast", "pytorch3d"]


def uses_cuda(tensor: Tensor) -> bool:
    """Whether operations on a tensor run in CUDA kernels."""
    return tensor.is_cuda


@cache
def cuda_kernels() -> Any:
    """Return the package `avatar.renderers.cuda`.

    Raises:
        ImportError: if what it needs is not installed.
    """
    settings: Any = numba.config
    if not settings.ENABLE_CUDASIM and importlib.util.find_spec("numba_cuda") is None:
        raise ImportError('tensors on CUDA need numba-cuda: pip install "avatar[cuda]", or bring them back with .cpu()')
    return importlib.import_module("avatar.renderers.cuda")


def choose_backend(backend: str, positions: Tensor) -> str:
    """Return the name of the backend that draws `positions`: "auto" becomes "cpu" or "cuda".

    Raises:
        ValueError: if there is no such backend, or it cannot read tensors on that device.
    """
    if backend not in get_args(Backend):
        wanted = ", ".join(f'"{name}"' for name in get_args(Backend))
        raise ValueError(f"backend must be one of {wanted}, got {backend!r}")
    if backend == "pytorch3d":
        return backend
    home = "cuda" if uses_cuda(positions) else "cpu"
    needed = {"auto": home, "nvdiffrast": "cuda"}.get(backend, backend)
    if needed != home or (home == "cpu" and positions.device.type != "cpu"):
        place, cure = ("a CUDA device", ".cuda()") if needed == "cuda" else ("the CPU", ".cpu()")
        raise ValueError(
            f'position_clip must be on {place} for backend="{backend}", got {positions.device}; '
            f'bring it there with {cure}, or choose another backend ("auto" goes by the device)'
        )
    return home if backend == "auto" else backend
