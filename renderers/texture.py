"""Colours of a texture, with gradients to it and to where it is looked up."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Literal

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from avatar.renderers import backends
from avatar.renderers.mipmaps import mipmaps
from avatar.renderers.pixels import check_device, pixel_tensor
from avatar.renderers.tensors import check_finite
from avatar.renderers.texture_kernels import (
    BILINEAR,
    CLAMP,
    MIRROR,
    NEAREST,
    REPEAT,
    TRILINEAR,
    choose_levels,
    sample,
    sample_to_texels,
    sample_to_uv,
)
from avatar.threads import spread, strips, thread_count

FILTERS = {"nearest": NEAREST, "bilinear": BILINEAR, "trilinear": TRILINEAR}
WRAPS = {"repeat": REPEAT, "clamp": CLAMP, "mirror": MIRROR}
MOST_BANDS = 8


def texture(
    texels: Tensor,  # [B or 1, H, W, C]
    uv: Tensor,  # [B, h, w, 2]
    *,
    footprint: Tensor | None = None,  # [B, h, w, 2, 2]
    filter: Literal["nearest", "bilinear", "trilinear"] = "bilinear",  # noqa: A002, its name everywhere else
    wrap: Literal["repeat", "clamp", "mirror"] = "repeat",
    threads: int | None = None,
) -> Tensor:
    """Look up the colours of a texture at every pixel.

    Texture coordinates are those of OBJ files: (0, 0) is the bottom left corner of the picture, (1, 1) the top right
    one, whatever its size; the centres of texels are at half integers. Row 0 of `texels` is the top.

    "trilinear" reads from `mipmaps` of the texture (Williams 1983, "Pyramidal Parametrics") and blends the two levels
    next to log2 of the longest axis, in texels, of the ellipse that a round pixel covers: the larger singular value of
    the footprint. It is isotropic: what is seen at a slant is blurred alike in all directions.

    Differentiable, once, in `texels` (all the way to the finest level) and in `uv`; "nearest" gives `uv` a gradient
    of 0. The level is held constant, so `footprint` has no gradient. Gradients have the same bits with any number of
    threads.

    Args:
        texels: [B, H, W, C], or [1, H, W, C] for all images; any number of channels.
        uv: [B, h, w, 2]; empty pixels may hold 0 or anything else finite.
        footprint: [B, h, w, 2, 2], d(u, v) / d(x, y) in pixels, u and v first; see `screen_derivatives`. Where it is
            not a number, it counts as 0.
        filter: "nearest" texel, "bilinear" between four, or "trilinear" between mipmaps, which needs a footprint.
        wrap: beyond the edge "repeat" the texture, "clamp" to the texels at the edge, or "mirror" it at every edge.
        threads: how many threads to use; all cores by default.

    Returns:
        [B, h, w, C] in the higher precision of `texels` and `uv`; half precision counts as float32.

    Raises:
        TypeError: if `texels` or `uv` are not floating-point tensors.
        ValueError: if a shape, a device or a choice does not fit, or a coordinate is not finite.

    Example:
        >>> chequers = torch.tensor([[[[0.0], [1.0]], [[1.0], [0.0]]]])
        >>> texture(chequers, torch.tensor([[[[0.25, 0.25], [0.5, 0.25]]]])).flatten().tolist()
        [1.0, 0.5]
    """
    mode, edge = _choice("filter", filter, FILTERS), _choice("wrap", wrap, WRAPS)
    if (mode == TRILINEAR) != (footprint is not None):
        cure = "pass screen_derivatives(uv, fragments)" if footprint is None else 'pass filter="trilinear" to use it'
        raise ValueError(f'footprint must be given with filter="trilinear", and only then; {cure}')
    colours, places = _inputs(texels, uv)
    levels = mipmaps(colours) if mode == TRILINEAR else (colours,)
    table = _table(levels)
    rows = levels[0].flatten(1, 2) if len(levels) == 1 else torch.cat([level.flatten(1, 2) for level in levels], 1)
    work = _Work(mode, edge, thread_count(threads))
    detail = _detail(footprint, places, table, work)
    result: Tensor = _Sample.apply(rows, places.flatten(1, 2), detail, table, work)  # type: ignore[no-untyped-call]
    return result.reshape(*places.shape[:3], colours.shape[-1])


@dataclass(frozen=True)
class _Work:
    """How to look up, and how to divide that."""

    mode: int
    wrap: int
    threads: int

    def divide(self, batch: int, pixels: int, one_piece: Callable[[int, int, int], None]) -> None:
        """Call `one_piece(image, first pixel, one past the last)` until every pixel of every image has had its turn."""
        if not batch * pixels:
            return
        ranges = strips(pixels, self.threads if batch < self.threads else 1)

        def one(index: int) -> None:
            image, piece = divmod(index, len(ranges))
            one_piece(image, *ranges[piece])

        spread(one, batch * len(ranges), self.threads)

    def bands(self, textures: int) -> int:
        """In how many bands the gradient of a texture is summed, a power of two."""
        wanted = min(-(-self.threads // textures), MOST_BANDS)
        return 1 << (wanted - 1).bit_length()


class _Sample(torch.autograd.Function):
    """Colours [B, P, C] of texels [A, T, C] at places [B, P, 2]; A is 1 or B."""

    @staticmethod
    def forward(ctx: Any, texels: Tensor, places: Tensor, detail: Tensor, table: Tensor, work: _Work) -> Tensor:
        result = texels.new_empty(*places.shape[:2], texels.shape[-1])
        ctx.work = work
        ctx.save_for_backward(texels, places, detail, table)
        if backends.uses_cuda(places):
            backends.cuda_kernels().sample(texels, table, places, detail, work.wrap, work.mode, result)
            return result
        arrays = _arrays(texels, places, detail, result)

        def one_piece(image: int, first: int, last: int) -> None:
            rows, uv, levels, out = (array[image % len(array)] for array in arrays)
            sample(rows, table.numpy(), uv, levels, work.wrap, work.mode, first, last, out)

        work.divide(len(places), places.shape[1], one_piece)
        return result

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        texels, places, detail, table = ctx.saved_tensors
        given = (places, detail, table, gradient, ctx.work)
        to_texels = _texel_gradient(texels, *given) if ctx.needs_input_grad[0] else None
        to_places = _place_gradient(texels, *given) if ctx.needs_input_grad[1] else None
        return to_texels, to_places, None, None, None


def _place_gradient(
    texels: Tensor, places: Tensor, detail: Tensor, table: Tensor, gradient: Tensor, work: _Work
) -> Tensor:
    if work.mode == NEAREST:
        return torch.zeros_like(places)
    result = torch.empty_like(places, memory_format=torch.contiguous_format)
    if backends.uses_cuda(places):
        backends.cuda_kernels().sample_to_uv(texels, table, places, detail, work.wrap, work.mode, gradient, result)
        return result
    arrays = _arrays(texels, places, detail, gradient, result)

    def one_piece(image: int, first: int, last: int) -> None:
        rows, uv, levels, incoming, out = (array[image % len(array)] for array in arrays)
        sample_to_uv(rows, table.numpy(), uv, levels, work.wrap, work.mode, first, last, incoming, out)

    work.divide(len(places), places.shape[1], one_piece)
    return result


def _texel_gradient(
    texels: Tensor, places: Tensor, detail: Tensor, table: Tensor, gradient: Tensor, work: _Work
) -> Tensor:
    # Many pixels may see one texel: single precision would lose what the last of them give it.
    result = torch.zeros_like(texels, dtype=torch.float64, memory_format=torch.contiguous_format)
    if not gradient.numel():
        return result.to(texels.dtype)
    if backends.uses_cuda(places):
        backends.cuda_kernels().sample_to_texels(table, places, detail, work.wrap, work.mode, gradient, result)
        return result.to(texels.dtype)
    uv, levels, incoming, out = _arrays(places, detail, gradient, result)
    bands = work.bands(len(texels))

    def one_band(index: int) -> None:
        which, band = divmod(index, bands)
        for image in range(which, len(uv), len(out)):
            at = levels[image % len(levels)]
            sample_to_texels(
                table.numpy(), uv[image], at, work.wrap, work.mode, band, bands, incoming[image], out[which]
            )

    spread(one_band, len(texels) * bands, work.threads)
    return result.to(texels.dtype)


def _detail(footprint: Tensor | None, places: Tensor, table: Tensor, work: _Work) -> Tensor:
    """The mipmap level of every pixel [B, P], 0 to L - 1; [1, 0] where there are no mipmaps."""
    if footprint is None:
        return places.new_empty(1, 0)
    batch, height, width, _ = places.shape
    steps = pixel_tensor("footprint", footprint, (batch, height, width, 2, 2)).detach().to(places.dtype).flatten(1, 2)
    result = places.new_empty(batch, height * width)
    if backends.uses_cuda(places):
        backends.cuda_kernels().choose_levels(steps, table, result)
        return result
    sources, levels = _arrays(steps, result)

    def one_piece(image: int, first: int, last: int) -> None:
        choose_levels(sources[image], table.numpy(), levels[image], first, last)

    work.divide(batch, height * width, one_piece)
    return result


def _inputs(texels: Tensor, uv: Tensor) -> tuple[Tensor, Tensor]:
    colours = pixel_tensor("texels", texels, ("B", "H", "W", "C"))
    places = pixel_tensor("uv", uv, ("B", "h", "w", 2))
    if len(colours) not in (1, len(places)):
        raise ValueError(
            f"texels must hold 1 texture or one for each of the {len(places)} images of uv, got {len(colours)}; "
            "repeat uv with expand to see several textures at the same places"
        )
    if not (colours.shape[1] and colours.shape[2]):
        raise ValueError(f"texels must have at least one texel, got {list(colours.shape)}")
    if not backends.uses_cuda(places):
        check_device("texels", colours)
        check_device("uv", places)
    elif colours.device != places.device:
        raise ValueError(f"texels must be on {places.device} like uv, got {colours.device}; bring one to the other")
    check_finite("uv", places, "set the pixels that see nothing to 0")
    precision = torch.promote_types(colours.dtype, places.dtype)
    return colours.to(precision), places.to(precision)


def _table(levels: tuple[Tensor, ...]) -> Tensor:
    """First texel, height and width of each level, [L, 3]."""
    sizes = [(int(level.shape[1]), int(level.shape[2])) for level in levels]
    starts = accumulate((height * width for height, width in sizes[:-1]), initial=0)
    return torch.tensor([(start, *size) for start, size in zip(starts, sizes, strict=True)])


def _choice(name: str, value: str, choices: dict[str, int]) -> int:
    if value not in choices:
        wanted = ", ".join(f'"{choice}"' for choice in choices)
        raise ValueError(f"{name} must be one of {wanted}, got {value!r}")
    return choices[value]


def _arrays(*tensors: Tensor) -> list[Any]:
    return [tensor.detach().contiguous().numpy() for tensor in tensors]
