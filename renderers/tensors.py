"""Read what callers of the differentiable operations hand over: anything array-like in, checked tensors out."""

from typing import Any

import numpy as np
import torch
from torch import Tensor


def float_tensor(name: str, values: Any, shape: tuple[int | str, ...]) -> Tensor:
    """Return `values` as a float32 or float64 tensor of `shape`, with its gradient history and on its device.

    Args:
        name: what errors call it.
        values: a tensor, an array or nested lists; half precision and integers become float32.
        shape: lengths; strings stand for any.

    Raises:
        TypeError: if the values are not real numbers.
        ValueError: if the shape differs or a value is not finite.
    """
    tensor = _tensor(values)
    if tensor.is_complex() or tensor.dtype == torch.bool:
        raise TypeError(f"{name} must hold real numbers, got {_kind(tensor)}; convert them to float32")
    if tensor.dtype not in (torch.float32, torch.float64):
        tensor = tensor.float()
    check_shape(name, tensor, shape)
    check_finite(name, tensor, "check the weights and the identity that made it")
    return tensor


def face_tensor(faces: Any, vertex_count: int, batch: int, device: torch.device) -> Tensor:
    """Return `faces` as a contiguous int64 tensor [F, 3], or [B, F, 3] where each image has a mesh of its own.

    Rows of -1, which fill up the shorter of several meshes, become triangles without area.

    Raises:
        TypeError: if the indices are not integers.
        ValueError: if the shape differs or an index has no vertex.
    """
    tensor = _tensor(faces)
    if tensor.numel() == 0:
        tensor = tensor.to(torch.int64).reshape(*tensor.shape[:-2], 0, 3) if tensor.ndim == 3 else torch.zeros(0, 3)
        return tensor.to(device, torch.int64)
    if tensor.is_floating_point() or tensor.is_complex() or tensor.dtype == torch.bool:
        raise TypeError(f"faces must be integer vertex indices, got {_kind(tensor)}; convert them to int64")
    if tensor.ndim == 3:
        check_shape("faces", tensor, (batch, "F", 3))
        tensor = tensor.masked_fill((tensor == -1).all(-1, keepdim=True), 0)
    else:
        check_shape("faces", tensor, ("F", 3))
    lowest, highest = int(tensor.min()), int(tensor.max())
    if lowest < 0 or highest >= vertex_count:
        raise ValueError(
            f"faces must index the {vertex_count} vertices (0 to {vertex_count - 1}), got {lowest} to {highest}; "
            "pass the faces of the same mesh, counted from 0"
        )
    return tensor.to(device, torch.int64).contiguous()


def check_finite(name: str, values: Tensor, cure: str) -> None:
    """Refuse numbers that are infinite or none.

    Raises:
        ValueError: if there are any.
    """
    # A sum is finite only if all its terms are, and takes a fiftieth of the time of looking at each.
    if bool(torch.isfinite(values.detach().sum())):
        return
    wrong = ~torch.isfinite(values.detach())
    if bool(wrong.any()):
        where = wrong.nonzero()[0].tolist()
        raise ValueError(f"{name} must be finite, got {values[tuple(where)].item()} at {where}; {cure}")


def check_shape(name: str, tensor: Tensor, shape: tuple[int | str, ...]) -> None:
    """Refuse another shape than the one wanted, in which strings stand for any length.

    Raises:
        ValueError: if the shape differs.
    """
    fits = tensor.ndim == len(shape) and all(
        isinstance(want, str) or want == got for want, got in zip(shape, tensor.shape, strict=True)
    )
    if not fits:
        wanted = ", ".join(str(side) for side in shape)
        cure = "add the batch axis with values[None]" if tensor.ndim == len(shape) - 1 else "check the axes' order"
        raise ValueError(f"{name} must be [{wanted}], got {list(tensor.shape)}; {cure}")


def _tensor(values: Any) -> Tensor:
    if isinstance(values, Tensor):
        return values
    if isinstance(values, np.ndarray):
        # torch takes neither negative strides nor, without a warning, read-only arrays.
        return torch.from_numpy(np.array(values))
    return torch.as_tensor(values)


def _kind(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")
