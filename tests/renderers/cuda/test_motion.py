"""Gradients of moving silhouettes and surfaces on CUDA against those on the CPU."""

import pytest
import torch

from avatar.renderers import interpolate, rasterize
from avatar.renderers.edge_gradients import edge_gradients
from avatar.renderers.motion_gradients import motion_gradients

SIZE = (8, 9)


def scene(dtype, own=False):
    """Two images of a fan of triangles before a single one that cuts through it, with values at the vertices."""
    random = torch.Generator().manual_seed(1)
    around = torch.linspace(0.0, 5.0, 7, dtype=dtype)
    rim = torch.stack([0.8 * around.cos(), 0.7 * around.sin(), 0.1 * around, 1.0 + 0.05 * around], -1)
    more = torch.tensor([[0.05, 0.02, 0.1, 1.0], [-1.4, -0.6, -0.2, 1.1], [1.3, -0.5, 0.6, 1.0], [0.1, 1.2, 0.3, 1.2]])
    clip = torch.cat([rim, more.to(dtype)])
    clip = torch.stack([clip, clip * torch.tensor([0.9, 1.1, 1.0, 1.0], dtype=dtype)])
    faces = torch.tensor([[7, k, k + 1] for k in range(6)] + [[8, 9, 10]])
    values = torch.rand(2, 11, 3, generator=random, dtype=dtype)
    incoming = torch.randn(2, *SIZE, 3, generator=random, dtype=dtype)
    return clip.requires_grad_(), torch.stack([faces, faces.flip(0)]) if own else faces, values, incoming


def edges(clip, faces, values, incoming):
    seen = rasterize(clip, faces, SIZE)
    picture = edge_gradients(interpolate(values, seen), seen)
    return picture.detach().cpu(), torch.autograd.grad(picture, clip, incoming)[0].cpu()


def motion(clip, faces, values, incoming):
    seen = rasterize(clip, faces, SIZE)
    picture = motion_gradients(interpolate(values, seen.still), seen)
    return picture.detach().cpu(), torch.autograd.grad(picture, clip, incoming)[0].cpu()


@pytest.mark.parametrize("way", [edges, motion])
@pytest.mark.parametrize(("dtype", "own"), [(torch.float32, False), (torch.float64, True)])
def test_pictures_and_gradients(cuda, way, dtype, own):
    given = scene(dtype, own)
    here = way(*given)
    assert here[1].count_nonzero() > 40
    for ours, theirs in zip(cuda(way, *given), here, strict=True):
        torch.testing.assert_close(ours, theirs)


def test_refuses_where_only_determinism_will_do(cuda):
    clip, faces, values, incoming = scene(torch.float64)
    torch.use_deterministic_algorithms(True)
    try:
        with pytest.raises(RuntimeError, match="the gradient of motion_gradients is not deterministic on CUDA"):
            cuda(motion, clip, faces, values, incoming)
    finally:
        torch.use_deterministic_algorithms(False)
