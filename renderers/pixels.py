"""Check the tensors that operations on pixels take: large ones, so that a look at each number counts."""

from typing import Any

import torch
from torch import Tensor

from avatar.renderers.tensors import check_shape


def pixel_tensor(name: str, values: Any, shape: tuple[int | str, ...]) -> Tensor:
    """Return `values` in float32 or float64, with its gradient history; half precision becomes float32.

    Args:
        name: what errors call it.
        values: a floating-point tensor.
        shape: lengths; strings stand for any, "..." in front for any number of axes.

    Raises:
        TypeError: if it is not a tensor, or not of floating-point numbers.
        ValueError: if the shape differs.
    """
    if not isinstance(values, Tensor):
        raise TypeError(f"{name} must be a tensor, got {type(values).__name__}; convert it with torch.as_tensor")
    if not values.is_floating_point():
        kind = str(values.dtype).removeprefix("torch.")
        raise TypeError(f"{name} must be of floating-point numbers, got {kind}; convert it, bytes with / 255")
    if shape[0] == "...":
        check_ends(name, values, shape[1:])
    else:
        check_shape(name, values, shape)
    return values.float() if values.dtype in (torch.float16, torch.bfloat16) else values


def check_ends(name: str, values: Tensor, shape: tuple[int | str, ...]) -> None:
    """Refuse a tensor whose last axes are not of `shape`.

    Raises:
        ValueError: if they differ.
    """
    if values.ndim < len(shape) or tuple(values.shape[-len(shape) :]) != shape:
        wanted = ", ".join(str(side) for side in shape)
        raise ValueError(f"{name} must be [..., {wanted}], got {list(values.shape)}; check the axes' order")


def check_device(name: str, values: Tensor) -> None:
    """Refuse a tensor that kernels for the CPU cannot read.

    Raises:
        ValueError: if it is elsewhere.
    """
    if values.device.type != "cpu":
        raise ValueError(f"{name} must be on the CPU, got {values.device}; bring it there with .cpu()")
