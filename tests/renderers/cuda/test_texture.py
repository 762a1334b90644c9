"""Texture look-ups and their gradients on CUDA against those on the CPU."""

import pytest
import torch

from avatar.renderers.texture import texture


def scene(textures=2, dtype=torch.float64):
    random = torch.Generator().manual_seed(textures)
    texels = torch.rand(textures, 5, 6, 3, generator=random, dtype=dtype).requires_grad_()
    uv = (3.0 * torch.randn(2, 4, 5, 2, generator=random, dtype=dtype)).requires_grad_()
    footprint = torch.randn(2, 4, 5, 2, 2, generator=random, dtype=dtype)
    footprint[0, 0, 0] = torch.nan
    return texels, uv, footprint, torch.randn(2, 4, 5, 3, generator=random, dtype=dtype)


def look(texels, uv, footprint, incoming, **how):
    colours = texture(texels, uv, footprint=footprint if how["filter"] == "trilinear" else None, **how)
    gradients = torch.autograd.grad(colours, (texels, uv), incoming)
    return colours.detach().cpu(), *(gradient.cpu() for gradient in gradients)


@pytest.mark.parametrize("wrap", ["repeat", "clamp", "mirror"])
@pytest.mark.parametrize("filtering", ["nearest", "bilinear", "trilinear"])
def test_colours_and_gradients(cuda, wrap, filtering):
    given = scene()
    there = cuda(lambda *tensors: look(*tensors, wrap=wrap, filter=filtering), *given)
    here = look(*given, wrap=wrap, filter=filtering)
    assert here[0].count_nonzero() > 0
    for ours, theirs in zip(there, here, strict=True):
        torch.testing.assert_close(ours, theirs)


def test_one_texture_in_single_precision(cuda):
    given = scene(textures=1, dtype=torch.float32)
    there = cuda(lambda *tensors: look(*tensors, wrap="repeat", filter="trilinear"), *given)
    for ours, theirs in zip(there, look(*given, wrap="repeat", filter="trilinear"), strict=True):
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("wrap", ["repeat", "clamp", "mirror"])
def test_places_that_integers_cannot_count(cuda, wrap):
    texels, uv, _, _ = scene()
    far = uv.detach().sign() * 1e30
    ours = cuda(lambda *tensors: texture(*tensors, wrap=wrap), texels, far)
    torch.testing.assert_close(ours.detach().cpu(), texture(texels, far, wrap=wrap).detach())


def test_nothing_to_look_up(cuda):
    texels, uv, _, _ = scene()
    assert cuda(lambda *tensors: texture(*tensors), texels, uv[:, :0]).shape == (2, 0, 5, 3)
