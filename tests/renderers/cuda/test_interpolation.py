"""Interpolation and its gradients on CUDA against those on the CPU."""

import pytest
import torch

from avatar.renderers import interpolate, rasterize

SIZE = (6, 8)


def scene(seed, dtype=torch.float64):
    """Triangles before the camera, values at their vertices, and a gradient of the picture."""
    random = torch.Generator().manual_seed(seed)
    clip = torch.randn(2, 18, 4, generator=random, dtype=dtype)
    clip[..., 3] = clip[..., 3].abs() + 1.2
    values = torch.randn(2, 18, 3, generator=random, dtype=dtype)
    faces = torch.randint(0, 18, (12, 3), generator=random)
    return (
        clip.requires_grad_(),
        faces,
        values.requires_grad_(),
        torch.randn(2, *SIZE, 3, generator=random, dtype=dtype),
    )


def picture(clip, faces, values, incoming):
    """The picture, and the gradients of values and positions."""
    out = interpolate(values, rasterize(clip, faces, SIZE))
    return out.detach().cpu(), *(gradient.cpu() for gradient in torch.autograd.grad(out, (values, clip), incoming))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_values_and_gradients(cuda, dtype):
    given = scene(0, dtype)
    for ours, theirs in zip(cuda(picture, *given), picture(*given), strict=True):
        assert theirs.count_nonzero() > 0
        torch.testing.assert_close(ours, theirs)


def test_one_set_of_values_for_all_images(cuda):
    clip, faces, values, incoming = scene(1)
    given = (clip, faces, values[:1].detach().requires_grad_(), incoming)
    for ours, theirs in zip(cuda(picture, *given), picture(*given), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_values_at_corners_and_meshes_of_their_own(cuda):
    clip, faces, _, incoming = scene(2)
    values = torch.randn(2, len(faces), 3, 3, dtype=torch.float64).requires_grad_()
    given = (clip, torch.stack([faces, faces.flip(0)]), values, incoming)
    for ours, theirs in zip(cuda(picture, *given), picture(*given), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_strides(cuda):
    clip, faces, values, incoming = scene(3)
    wide = values.detach().repeat_interleave(2, 1)[:, ::2].requires_grad_()
    given = (clip, faces, wide, incoming.transpose(1, 2).contiguous().transpose(1, 2))
    for ours, theirs in zip(cuda(picture, *given), picture(*given), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_no_faces(cuda):
    clip, faces, values, incoming = scene(4)
    out, to_values, to_clip = cuda(picture, clip, faces[:0], values, incoming)
    assert not out.any() and not to_values.any() and not to_clip.any()


def test_refuses_where_only_determinism_will_do(cuda):
    given = scene(5)
    torch.use_deterministic_algorithms(True)
    try:
        with pytest.raises(RuntimeError, match="the gradient of interpolate is not deterministic on CUDA"):
            cuda(picture, *given)
    finally:
        torch.use_deterministic_algorithms(False)
