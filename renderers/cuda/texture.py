"""`texture` on CUDA, forward and backward: a thread takes a pixel, and does there what the CPU does."""

from typing import Any

from torch import Tensor

from avatar.renderers import texture_kernels
from avatar.renderers.cuda.launch import check_determinism, cuda, device, inline, kernel, launch
from avatar.renderers.texture_kernels import NEAREST

# From here on every coordinate is a whole, even number: nothing that repeats or mirrors tells them apart.
FARTHEST = 2.0**54

choose_level = device(texture_kernels.choose_levels)
levels_of = device(texture_kernels.levels_of)
look_up = device(texture_kernels.look_up)
slopes = device(texture_kernels.slopes)
between = device(texture_kernels.between)


def choose_levels(footprint: Tensor, table: Tensor, detail: Tensor) -> None:
    """Fill `detail` [B, P] with mipmap levels from `footprint` [B, P, 2, 2]."""
    sources = footprint.detach().flatten(0, 1).contiguous()
    launch(_choose_levels, detail.numel(), sources, table.to(detail.device), detail.reshape(-1))


def sample(texels: Tensor, table: Tensor, uv: Tensor, detail: Tensor, wrap: int, mode: int, out: Tensor) -> None:
    """Fill `out` with the colours of a texture.

    Args:
        texels: [1 or B, T, C], all mipmap levels end to end.
        table: [L, 3] int64, each level's first texel, height and width.
        uv: [B, P, 2].
        detail: [B, P] mipmap levels, or empty.
        wrap: one of REPEAT, CLAMP and MIRROR.
        mode: one of NEAREST, BILINEAR and TRILINEAR.
        out: [B, P, C], filled.
    """
    launch(_sample, out.shape[0] * out.shape[1], *_given(texels, table, uv, detail), wrap, mode, out)


def sample_to_uv(
    texels: Tensor, table: Tensor, uv: Tensor, detail: Tensor, wrap: int, mode: int, gradient: Tensor, to_uv: Tensor
) -> None:
    """Fill `to_uv` [B, P, 2] with the gradient that `gradient` [B, P, C] of the colours has there; see `sample`."""
    incoming = gradient.detach().contiguous()
    work = incoming.shape[0] * incoming.shape[1]
    launch(_sample_to_uv, work, *_given(texels, table, uv, detail), wrap, mode, incoming, to_uv)


def sample_to_texels(
    table: Tensor, uv: Tensor, detail: Tensor, wrap: int, mode: int, gradient: Tensor, to_texels: Tensor
) -> None:
    """Add to `to_texels` [1 or B, T, C] float64 what `gradient` [B, P, C] of the colours gives it; see `sample`.

    The order of the sums is not always the same, so their last bits are not either.

    Raises:
        RuntimeError: if torch was told to use deterministic algorithms only.
    """
    check_determinism("the gradient of texels")
    incoming = gradient.detach().contiguous()
    work = incoming.shape[0] * incoming.shape[1]
    launch(_sample_to_texels, work, *_given(to_texels, table, uv, detail), wrap, mode, incoming)


def _given(texels: Tensor, table: Tensor, uv: Tensor, detail: Tensor) -> list[Tensor]:
    # Without mipmaps nobody reads a level, but the kernel takes no empty array.
    levels = detail if detail.numel() else uv.new_zeros(1, 1)
    return [tensor.detach().contiguous() for tensor in (texels, table.to(uv.device), uv, levels)]


@inline
def _place(uv: Any, image: int, pixel: int, axis: int) -> Any:
    """A texture coordinate that whole numbers can count."""
    return min(max(float(uv[image, pixel, axis]), -FARTHEST), FARTHEST)


@kernel
def _choose_levels(footprint: Any, table: Any, detail: Any) -> None:
    for pixel in range(cuda.grid(1), detail.shape[0], cuda.gridsize(1)):
        choose_level(footprint, table, detail, pixel, pixel + 1)


@kernel
def _sample(texels: Any, table: Any, uv: Any, detail: Any, wrap: int, mode: int, out: Any) -> None:
    for index in range(cuda.grid(1), out.shape[0] * out.shape[1], cuda.gridsize(1)):
        image, pixel = index // out.shape[1], index % out.shape[1]
        rows, colour = texels[image % texels.shape[0]], out[image, pixel]
        u, v = _place(uv, image, pixel, 0), _place(uv, image, pixel, 1)
        level, share = levels_of(detail[image % detail.shape[0]], pixel, table.shape[0] - 1, mode)
        for channel in range(out.shape[2]):
            colour[channel] = 0.0
        look_up(rows, table, level, u, v, 1.0 - share, wrap, mode, colour)
        if share > 0.0:
            look_up(rows, table, level + 1, u, v, share, wrap, mode, colour)


@kernel
def _sample_to_uv(
    texels: Any, table: Any, uv: Any, detail: Any, wrap: int, mode: int, gradient: Any, to_uv: Any
) -> None:
    for index in range(cuda.grid(1), gradient.shape[0] * gradient.shape[1], cuda.gridsize(1)):
        image, pixel = index // gradient.shape[1], index % gradient.shape[1]
        rows, incoming = texels[image % texels.shape[0]], gradient[image, pixel]
        u, v = _place(uv, image, pixel, 0), _place(uv, image, pixel, 1)
        level, share = levels_of(detail[image % detail.shape[0]], pixel, table.shape[0] - 1, mode)
        along_u, along_v = slopes(rows, table, level, u, v, wrap, mode, incoming)
        if share > 0.0:
            next_u, next_v = slopes(rows, table, level + 1, u, v, wrap, mode, incoming)
            along_u += share * (next_u - along_u)
            along_v += share * (next_v - along_v)
        to_uv[image, pixel, 0] = along_u
        to_uv[image, pixel, 1] = along_v


@kernel
def _sample_to_texels(to_texels: Any, table: Any, uv: Any, detail: Any, wrap: int, mode: int, gradient: Any) -> None:
    for index in range(cuda.grid(1), gradient.shape[0] * gradient.shape[1], cuda.gridsize(1)):
        image, pixel = index // gradient.shape[1], index % gradient.shape[1]
        which = image % to_texels.shape[0]
        u, v = _place(uv, image, pixel, 0), _place(uv, image, pixel, 1)
        level, share = levels_of(detail[image % detail.shape[0]], pixel, table.shape[0] - 1, mode)
        _hand_back(table, level, u, v, 1.0 - share, wrap, mode, gradient, image, pixel, to_texels, which)
        if share > 0.0:
            _hand_back(table, level + 1, u, v, share, wrap, mode, gradient, image, pixel, to_texels, which)


@inline
def _hand_back(
    table: Any,
    level: int,
    u: float,
    v: float,
    share: float,
    wrap: int,
    mode: int,
    gradient: Any,
    image: int,
    pixel: int,
    to_texels: Any,
    which: int,
) -> None:
    """Add what one pixel gives the texels of one mipmap level."""
    start, height, width = table[level, 0], table[level, 1], table[level, 2]
    left, right, x, _ = between(u, width, wrap, mode)
    upper, lower, y, _ = between(1.0 - v, height, wrap, mode)
    a, b = start + upper * width + left, start + upper * width + right
    c, d = start + lower * width + left, start + lower * width + right
    for channel in range(gradient.shape[2]):
        incoming = share * gradient[image, pixel, channel]
        if mode == NEAREST:
            cuda.atomic.add(to_texels, (which, a, channel), incoming)
            continue
        cuda.atomic.add(to_texels, (which, a, channel), (1.0 - x) * (1.0 - y) * incoming)
        cuda.atomic.add(to_texels, (which, b, channel), x * (1.0 - y) * incoming)
        cuda.atomic.add(to_texels, (which, c, channel), (1.0 - x) * y * incoming)
        cuda.atomic.add(to_texels, (which, d, channel), x * y * incoming)
