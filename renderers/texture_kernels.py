"""Kernels that look colours up in a texture, and take gradients back to it.

Each works on one image of P pixels and one texture of T texels: all mipmap levels laid end to end, of which a table
[L, 3] gives the first texel, the height and the width. What happens at a pixel is a part of its own, in terms of
numbers and arrays alone. Places are counted in double precision, whatever the precision of the colours.
"""

from typing import Any

import numpy as np

from avatar.renderers.kernel import kernel, part

REPEAT, CLAMP, MIRROR = 0, 1, 2
NEAREST, BILINEAR, TRILINEAR = 0, 1, 2


@part
def fold(place: float, wrap: int) -> Any:
    """Bring a texture coordinate into 0 to 1; returns it and the sign of its change."""
    if wrap == CLAMP:
        return min(max(place, 0.0), 1.0), 1.0
    if wrap == REPEAT:
        return place - np.floor(place), 1.0
    along = place - 2.0 * np.floor(0.5 * place)
    if along > 1.0:
        return 2.0 - along, -1.0
    return along, 1.0


@part
def inside(index: int, size: int, wrap: int) -> int:
    """Bring the index of a texel, at most one outside the texture, into it."""
    if wrap == REPEAT:
        if index < 0:
            return index + size
        return index - size if index >= size else index
    return min(max(index, 0), size - 1)


@part
def between(place: float, size: int, wrap: int, mode: int) -> Any:
    """Return the two texels whose centres enclose a coordinate, the second's share, and how fast that grows.

    For the nearest texel, that one twice.
    """
    folded, sign = fold(place, wrap)
    if mode == NEAREST:
        only = inside(int(np.floor(folded * size)), size, wrap)
        return only, only, 0.0, 0.0
    along = folded * size - 0.5
    below = np.floor(along)
    first = int(below)
    return inside(first, size, wrap), inside(first + 1, size, wrap), along - below, sign * size


@part
def levels_of(detail: Any, pixel: int, last: int, mode: int) -> Any:
    """Return the first mipmap level of a pixel, and the share of the one that follows."""
    if mode != TRILINEAR:
        return 0, 0.0
    level = float(detail[pixel])
    first = min(int(level), last)
    return first, level - first


@part
def longest_axis(footprint: Any, pixel: int, width: int, height: int) -> Any:
    """Return the length, in texels, of the longest axis of the ellipse that a round pixel covers.

    This is the larger singular value of the 2 by 2 matrix that takes a step in the image to a step in the texture.
    """
    a, b = width * float(footprint[pixel, 0, 0]), width * float(footprint[pixel, 0, 1])
    c, d = height * float(footprint[pixel, 1, 0]), height * float(footprint[pixel, 1, 1])
    return 0.5 * (np.sqrt((a + d) ** 2 + (b - c) ** 2) + np.sqrt((a - d) ** 2 + (b + c) ** 2))


@part
def look_up(
    texels: Any, table: Any, level: int, u: float, v: float, share: float, wrap: int, mode: int, out: Any
) -> None:
    """Add `share` of the colour of one mipmap level at (u, v) to `out` [C]."""
    start, height, width = table[level, 0], table[level, 1], table[level, 2]
    left, right, x, _ = between(u, width, wrap, mode)
    upper, lower, y, _ = between(1.0 - v, height, wrap, mode)
    a, b = start + upper * width + left, start + upper * width + right
    c, d = start + lower * width + left, start + lower * width + right
    if mode == NEAREST:
        for channel in range(out.shape[0]):
            out[channel] += texels[a, channel]
        return
    at_a, at_b = share * (1.0 - x) * (1.0 - y), share * x * (1.0 - y)
    at_c, at_d = share * (1.0 - x) * y, share * x * y
    for channel in range(out.shape[0]):
        above = at_a * texels[a, channel] + at_b * texels[b, channel]
        out[channel] += above + at_c * texels[c, channel] + at_d * texels[d, channel]


@part
def slopes(texels: Any, table: Any, level: int, u: float, v: float, wrap: int, mode: int, gradient: Any) -> Any:
    """Return how the sum over `gradient` [C] times the colour of one mipmap level changes with u and with v."""
    start, height, width = table[level, 0], table[level, 1], table[level, 2]
    left, right, x, across = between(u, width, wrap, mode)
    upper, lower, y, down = between(1.0 - v, height, wrap, mode)
    a, b = start + upper * width + left, start + upper * width + right
    c, d = start + lower * width + left, start + lower * width + right
    along_u = along_v = 0.0
    for channel in range(gradient.shape[0]):
        at_a, at_b = float(texels[a, channel]), float(texels[b, channel])
        at_c, at_d = float(texels[c, channel]), float(texels[d, channel])
        along_u += gradient[channel] * ((1.0 - y) * (at_b - at_a) + y * (at_d - at_c))
        along_v += gradient[channel] * ((1.0 - x) * (at_c - at_a) + x * (at_d - at_b))
    return across * along_u, -down * along_v


@part
def hand_back(
    table: Any,
    level: int,
    u: float,
    v: float,
    share: float,
    wrap: int,
    mode: int,
    band: int,
    bands: int,
    gradient: Any,
    to_texels: Any,
) -> None:
    """Add to `to_texels` [T, C] what a pixel's `gradient` [C] gives the texels of one mipmap level in one band.

    A band is every row of texels whose number has the remainder `band` by `bands`, a power of two.
    """
    start, height, width = table[level, 0], table[level, 1], table[level, 2]
    upper, lower, y, _ = between(1.0 - v, height, wrap, mode)
    in_upper, in_lower = upper & (bands - 1) == band, lower & (bands - 1) == band
    if not (in_upper or in_lower):
        return
    left, right, x, _ = between(u, width, wrap, mode)
    if in_upper:
        a, b = start + upper * width + left, start + upper * width + right
        at_a, at_b = share * (1.0 - x) * (1.0 - y), share * x * (1.0 - y)
        for channel in range(gradient.shape[0]):
            to_texels[a, channel] += at_a * gradient[channel]
            to_texels[b, channel] += at_b * gradient[channel]
    if in_lower and mode != NEAREST:
        c, d = start + lower * width + left, start + lower * width + right
        at_c, at_d = share * (1.0 - x) * y, share * x * y
        for channel in range(gradient.shape[0]):
            to_texels[c, channel] += at_c * gradient[channel]
            to_texels[d, channel] += at_d * gradient[channel]


@kernel
def choose_levels(footprint: Any, table: Any, detail: Any, first: int, last: int) -> None:
    """Fill pixels first to last of `detail` [P] with their mipmap level, 0 to L - 1, from `footprint` [P, 2, 2]."""
    coarsest = float(table.shape[0] - 1)
    for pixel in range(first, last):
        axis = longest_axis(footprint, pixel, table[0, 2], table[0, 1])
        # Also where the footprint is not a number.
        detail[pixel] = min(np.log2(axis), coarsest) if axis > 1.0 else 0.0


@kernel
def sample(
    texels: Any, table: Any, uv: Any, detail: Any, wrap: int, mode: int, first: int, last: int, out: Any
) -> None:
    """Fill pixels first to last of `out` [P, C] with the colours of `texels` [T, C] at `uv` [P, 2]."""
    for pixel in range(first, last):
        u, v = float(uv[pixel, 0]), float(uv[pixel, 1])
        level, share = levels_of(detail, pixel, table.shape[0] - 1, mode)
        out[pixel] = 0.0
        look_up(texels, table, level, u, v, 1.0 - share, wrap, mode, out[pixel])
        if share > 0.0:
            look_up(texels, table, level + 1, u, v, share, wrap, mode, out[pixel])


@kernel
def sample_to_uv(
    texels: Any,
    table: Any,
    uv: Any,
    detail: Any,
    wrap: int,
    mode: int,
    first: int,
    last: int,
    gradient: Any,
    to_uv: Any,
) -> None:
    """Fill pixels first to last of `to_uv` [P, 2] with the gradient that `gradient` [P, C] of the colours has there."""
    for pixel in range(first, last):
        u, v = float(uv[pixel, 0]), float(uv[pixel, 1])
        level, share = levels_of(detail, pixel, table.shape[0] - 1, mode)
        along_u, along_v = slopes(texels, table, level, u, v, wrap, mode, gradient[pixel])
        if share > 0.0:
            next_u, next_v = slopes(texels, table, level + 1, u, v, wrap, mode, gradient[pixel])
            along_u += share * (next_u - along_u)
            along_v += share * (next_v - along_v)
        to_uv[pixel, 0] = along_u
        to_uv[pixel, 1] = along_v


@kernel
def sample_to_texels(
    table: Any, uv: Any, detail: Any, wrap: int, mode: int, band: int, bands: int, gradient: Any, to_texels: Any
) -> None:
    """Add to one band of `to_texels` [T, C] what `gradient` [P, C] of the colours gives it (see `hand_back`).

    Whoever owns a band goes through all pixels in order, so the sums do not depend on how many bands there are.
    """
    for pixel in range(uv.shape[0]):
        u, v = float(uv[pixel, 0]), float(uv[pixel, 1])
        level, share = levels_of(detail, pixel, table.shape[0] - 1, mode)
        hand_back(table, level, u, v, 1.0 - share, wrap, mode, band, bands, gradient[pixel], to_texels)
        if share > 0.0:
            hand_back(table, level + 1, u, v, share, wrap, mode, band, bands, gradient[pixel], to_texels)
