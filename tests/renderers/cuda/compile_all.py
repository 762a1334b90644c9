"""Compile every kernel to PTX for the types that the operations call it with: no GPU is needed, only numba-cuda.

Run by `test_compile.py`, in a process of its own because the tests' has the simulator. Prints the kernels' names.
"""

import importlib
import sys

import torch
from numba import cuda, types
from numba.cuda import dispatcher

from avatar.renderers import backends, interpolate, rasterize, texture
from avatar.renderers.motion_gradients import motion_gradients

CAPABILITY = (8, 0)
KINDS = {
    torch.bool: types.boolean,
    torch.int32: types.int32,
    torch.int64: types.int64,
    torch.float32: types.float32,
    torch.float64: types.float64,
}
compiled = set()


class Device:
    compute_capability = CAPABILITY


def compile_only(kernel, count, *arguments):
    """Take the place of `launch`: nothing runs."""
    signature = tuple(kind(argument) for argument in arguments)
    ptx, _ = cuda.compile_ptx(kernel.py_func, signature, cc=CAPABILITY)
    assert ".entry" in ptx
    compiled.add(kernel.py_func.__name__)


def kind(argument):
    """numba's type of an argument."""
    if isinstance(argument, torch.Tensor):
        return types.Array(KINDS[argument.dtype], argument.ndim, "C")
    return types.boolean if isinstance(argument, bool) else types.int64


def main():
    # Functions that kernels call ask for the GPU that they are meant for.
    dispatcher.get_current_device = lambda: Device
    backends.uses_cuda = lambda tensor: True
    for name in ("interpolation", "motion", "silhouettes", "texture", "visibility"):
        importlib.import_module(f"avatar.renderers.cuda.{name}").launch = compile_only
    for precision in (torch.float32, torch.float64):
        clip = torch.rand(1, 3, 4, dtype=precision).requires_grad_()
        seen = rasterize(clip, [[0, 1, 2]], (3, 4))
        places = torch.rand(1, 3, 4, 2, dtype=precision).requires_grad_()
        texels, footprint = (
            torch.rand(1, 2, 2, 2, dtype=precision).requires_grad_(),
            torch.rand(1, 3, 4, 2, 2, dtype=precision),
        )
        picture = interpolate(torch.rand(1, 3, 2, dtype=precision).requires_grad_(), seen)
        picture = picture + texture(texels, places, footprint=footprint, filter="trilinear")
        motion_gradients(picture, seen).sum().backward()
    sys.stdout.write(" ".join(sorted(compiled)))


if __name__ == "__main__":
    main()
