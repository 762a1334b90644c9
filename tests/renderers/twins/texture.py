"""Textures by indexing, one mipmap level after another; slow, and differentiated by autograd."""

import torch


def texture(texels, uv, *, footprint=None, filter="bilinear", wrap="repeat"):  # noqa: A002
    texels, uv = texels.double().expand(len(uv), -1, -1, -1), uv.double()
    if filter == "trilinear":
        levels = pyramid(texels)
        detail = level_of_detail(footprint, texels.shape[1:3]).clamp(0, len(levels) - 1)
        hats = [(1 - (detail - number).abs()).clamp(min=0) for number in range(len(levels))]
        return sum(hat[..., None] * bilinear(level, uv, wrap) for hat, level in zip(hats, levels, strict=True))
    return bilinear(texels, uv, wrap) if filter == "bilinear" else nearest(texels, uv, wrap)


def level_of_detail(footprint, size):
    height, width = size
    scaled = footprint.double() * torch.tensor([width, height], dtype=torch.float64)[:, None]
    return torch.log2(torch.linalg.svdvals(scaled.nan_to_num())[..., 0])


def pyramid(texels):
    levels = [texels]
    while max(levels[-1].shape[1:3]) > 1:
        rows, columns = (areas(side) for side in levels[-1].shape[1:3])
        levels.append(torch.einsum("ph,qw,bhwc->bpqc", rows, columns, levels[-1]))
    return levels


def areas(side):
    """Share [m, n] of each of n = `side` texels in each of the m texels that replace them."""
    count = max(side // 2, 1)
    fine, coarse = torch.arange(side + 1).double() / side, torch.arange(count + 1).double() / count
    upper, lower = torch.minimum(fine[None, 1:], coarse[1:, None]), torch.maximum(fine[None, :-1], coarse[:-1, None])
    return count * (upper - lower).clamp(min=0)


def nearest(texels, uv, wrap):
    height, width = texels.shape[1:3]
    column, row = torch.floor(uv[..., 0] * width).long(), torch.floor((1 - uv[..., 1]) * height).long()
    return pick(texels, row, column, wrap)


def bilinear(texels, uv, wrap):
    height, width = texels.shape[1:3]
    x, y = uv[..., 0] * width - 0.5, (1 - uv[..., 1]) * height - 0.5
    left, upper = x.detach().floor(), y.detach().floor()
    across, down = (x - left)[..., None], (y - upper)[..., None]
    column, row = left.long(), upper.long()
    above = (1 - across) * pick(texels, row, column, wrap) + across * pick(texels, row, column + 1, wrap)
    below = (1 - across) * pick(texels, row + 1, column, wrap) + across * pick(texels, row + 1, column + 1, wrap)
    return (1 - down) * above + down * below


def pick(texels, row, column, wrap):
    image = torch.arange(len(texels))[:, None, None]
    return texels[image, outside(row, texels.shape[1], wrap), outside(column, texels.shape[2], wrap)]


def outside(index, size, wrap):
    if wrap == "repeat":
        return index % size
    if wrap == "clamp":
        return index.clamp(0, size - 1)
    turned = index % (2 * size)
    return torch.where(turned < size, turned, 2 * size - 1 - turned)
