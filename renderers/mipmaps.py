"""Ever smaller copies of a texture."""

import torch
from torch import Tensor


def mipmaps(texels: Tensor) -> tuple[Tensor, ...]:
    """Return a texture followed by copies of half the size each, down to one texel.

    A texel is the mean of the area that it covers in the level above: two by two texels where the sides are even.
    An odd side of 2 m + 1 becomes m, so a texel then covers two texels and a little of a third, each counted by its
    share (Guthe and Heckbert 2005, "Non-Power-of-Two Mipmap Creation"). So every level keeps the mean of the picture
    and its place under the texture coordinates. Differentiable in the texels, by as many orders as are asked for.

    Args:
        texels: [B, H, W, C], any floating-point precision.

    Returns:
        The levels, [B, H, W, C], [B, max(H // 2, 1), max(W // 2, 1), C] and so on; the first is `texels` itself.

    Example:
        >>> [tuple(level.shape[1:3]) for level in mipmaps(torch.zeros(1, 5, 2, 3))]
        [(5, 2), (2, 1), (1, 1)]
    """
    levels = [texels]
    while max(levels[-1].shape[1:3]) > 1:
        levels.append(_halve(_halve(levels[-1], 1), 2))
    return tuple(levels)


def _halve(texels: Tensor, axis: int) -> Tensor:
    side = texels.shape[axis]
    if side < 2:
        return texels
    count = side // 2
    first, second = (_every_other(texels, axis, start, count) for start in (0, 1))
    if side % 2 == 0:
        return (first + second) * 0.5
    third = _every_other(texels, axis, 2, count)
    shape = [count if place == axis else 1 for place in range(4)]
    index = torch.arange(count, dtype=texels.dtype, device=texels.device).reshape(shape)
    return (first * (count - index) + second * count + third * (index + 1)) / side


def _every_other(texels: Tensor, axis: int, start: int, count: int) -> Tensor:
    ends = [slice(None)] * 4
    ends[axis] = slice(start, start + 2 * count - 1, 2)
    return texels[tuple(ends)]
