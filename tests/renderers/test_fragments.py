"""What the pixels see, as the operations hand it on."""

from dataclasses import FrozenInstanceError

import pytest
import torch

from avatar.renderers import interpolate, rasterize

TRIANGLE = torch.tensor([[[-1.0, -1, 0.2, 1], [3, -1, 0.2, 1], [-1, 0.5, 0.2, 1]]])


def test_mask_and_size():
    seen = rasterize(TRIANGLE, [[0, 1, 2]], (4, 6))
    assert seen.size == (4, 6)
    assert seen.mask.dtype == torch.bool and 0 < seen.mask.sum() < 24
    assert torch.equal(seen.mask, seen.barycentric.sum(-1) > 0.5)
    torch.testing.assert_close(seen.depth, torch.where(seen.mask, 0.2, 1.0))
    assert not seen.barycentric[~seen.mask].any() and (seen.triangle_id[~seen.mask] == -1).all()


def test_kinds_of_tensors():
    seen = rasterize(TRIANGLE.double(), torch.tensor([[0, 1, 2]], dtype=torch.int32), (4, 6))
    assert seen.triangle_id.dtype == torch.int32 and seen.faces.dtype == torch.int64
    assert seen.barycentric.dtype == seen.depth.dtype == seen.position_clip.dtype == torch.float64
    assert not any(getattr(seen, name).requires_grad for name in ("triangle_id", "barycentric", "depth"))


def test_the_way_back_to_the_positions():
    clip = TRIANGLE.clone().requires_grad_()
    moved = 1.0 * clip
    seen = rasterize(moved, [[0, 1, 2]], (4, 6))
    assert seen.position_clip is moved
    values = torch.tensor([[[0.0], [1.0], [2.0]]])
    (gradient,) = torch.autograd.grad(interpolate(values, seen).sum(), clip)
    assert gradient.any()


def test_still_has_no_way_back():
    clip = TRIANGLE.clone().requires_grad_()
    seen = rasterize(clip, [[0, 1, 2]], (4, 6))
    still = seen.still
    assert seen.position_clip.requires_grad and not still.position_clip.requires_grad
    for name in ("triangle_id", "barycentric", "depth", "faces"):
        assert getattr(still, name) is getattr(seen, name)
    assert torch.equal(still.position_clip, clip)


def test_frozen():
    seen = rasterize(TRIANGLE, [[0, 1, 2]], (4, 6))
    with pytest.raises(FrozenInstanceError):
        seen.depth = None
