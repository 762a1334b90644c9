"""Interpolation, forward and backward, against one pixel after the other."""

from importlib import import_module

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from avatar.renderers import Camera, interpolate, rasterize

from .conftest import ball
from .test_rasterize import soup
from .twins import interpolate as slow

SIZE = (9, 12)
FACES = torch.tensor([[0, 1, 2], [2, 3, 4], [1, 3, 5]])


def random(seed):
    return torch.Generator().manual_seed(seed)


def triangles(batch=2, seed=0):
    """Clip positions [B, 6, 4] of three triangles before the camera, with w from 0.8 to 1.4."""
    generator = random(seed)
    places = [[-1.0, -0.9], [1.2, -1.0], [0.1, 0.3], [-1.0, 1.1], [1.1, 0.9], [0.6, -0.1]]
    clip = torch.rand(batch, 6, 4, generator=generator, dtype=torch.float64) * 0.3
    clip[..., :2] += torch.tensor(places, dtype=torch.float64)
    clip[..., 3] = 0.8 + 0.6 * torch.rand(batch, 6, generator=generator, dtype=torch.float64)
    return clip


def both_ways(function, attributes, clip, incoming):
    attributes, clip = (one.detach().clone().requires_grad_() for one in (attributes, clip))
    picture = function(attributes, clip)
    return picture.detach(), *torch.autograd.grad(picture, (attributes, clip), incoming)


def compare(attributes, clip, faces, size, tolerance=1e-8):
    faces = torch.as_tensor(faces)
    ids = rasterize(clip, faces, size).triangle_id
    assert (ids >= 0).float().mean() > 0.2
    incoming = torch.randn(*ids.shape, attributes.shape[-1], generator=random(9), dtype=torch.float64)
    fast = both_ways(lambda a, p: interpolate(a, rasterize(p, faces, size)), attributes, clip, incoming)
    twin = both_ways(lambda a, p: slow.interpolate(a, p, faces, ids), attributes, clip, incoming)
    for ours, theirs in zip(fast, twin, strict=True):
        torch.testing.assert_close(ours, theirs, atol=tolerance * float(theirs.abs().max()), rtol=tolerance)


@pytest.mark.parametrize("seed", range(4))
def test_equals_the_slow_twin_on_triangle_soups(seed):
    clip, faces = soup(seed)
    assert (clip[:, 3] < 0).any()
    attributes = torch.randn(1, len(clip), 3, generator=random(seed), dtype=torch.float64)
    compare(attributes, torch.from_numpy(clip)[None], faces, (14, 20))


def test_equals_the_slow_twin_on_a_ball():
    vertices, faces = ball(12)
    clip = torch.from_numpy(Camera.look_at((0.1, 0.2, 0.4), (0, 0, 0)).clip(vertices, (14, 20)))[None]
    compare(torch.from_numpy(vertices)[None], clip, faces, (14, 20))


@pytest.mark.parametrize(
    "shape",
    [(2, 6, 3), (1, 6, 3), (2, 3, 3, 2), (1, 3, 3, 2), (2, 6, 1), (1, 3, 3, 1)],
    ids=lambda shape: str(list(shape)),
)
@pytest.mark.parametrize("own", [False, True])
def test_equals_the_slow_twin_for_all_kinds_of_attributes(shape, own):
    faces = torch.stack([FACES, FACES.roll(1, 0)]) if own else FACES
    compare(torch.randn(*shape, generator=random(1), dtype=torch.float64), triangles(), faces, SIZE)


@pytest.mark.parametrize("needs", [(True, True), (True, False), (False, True)])
@pytest.mark.parametrize("shape", [(2, 6, 2), (1, 6, 2), (1, 3, 3, 2)])
def test_gradcheck(needs, shape):
    # Small steps, so that no pixel changes its triangle.
    clip = triangles().requires_grad_(needs[1])
    attributes = torch.randn(*shape, generator=random(1), dtype=torch.float64).requires_grad_(needs[0])
    assert torch.autograd.gradcheck(
        lambda a, p: interpolate(a, rasterize(p, FACES, (5, 6))), (attributes, clip), eps=1e-7
    )


def test_asks_for_no_gradient_where_none_is_wanted():
    clip, attributes = triangles(), torch.rand(1, 6, 2)
    assert not interpolate(attributes, rasterize(clip, FACES, SIZE)).requires_grad
    assert interpolate(attributes.requires_grad_(), rasterize(clip, FACES, SIZE)).requires_grad
    moving = rasterize(clip.requires_grad_(), FACES, SIZE)
    assert not interpolate(attributes.detach(), moving.still).requires_grad
    with torch.no_grad():
        assert not interpolate(attributes, moving).requires_grad


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6))
def test_values_lie_within_those_of_the_corners(seed):
    clip, faces = soup(seed, triangles=6)
    values = torch.randn(1, len(clip), 2, generator=random(seed), dtype=torch.float64)
    seen = rasterize(clip[None], faces, (8, 9))
    picture, ids = interpolate(values, seen)[seen.mask], seen.triangle_id[seen.mask]
    corners = values[0, torch.from_numpy(faces)[ids.long()]]
    assert (picture <= corners.amax(1) + 1e-12).all() and (picture >= corners.amin(1) - 1e-12).all()


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**6), st.floats(-3, 3), st.floats(-3, 3))
def test_linear_in_the_attributes_and_exact_for_constants(seed, a, b):
    clip, faces = soup(seed, triangles=4)
    seen = rasterize(clip[None], faces, (6, 7))
    one, other = torch.randn(2, 1, len(clip), 2, generator=random(seed), dtype=torch.float64)
    mixed = a * interpolate(one, seen) + b * interpolate(other, seen)
    torch.testing.assert_close(interpolate(a * one + b * other, seen), mixed, atol=1e-12, rtol=0)
    torch.testing.assert_close(interpolate(torch.ones_like(one), seen)[..., 0], seen.mask.double())


def test_a_plane_in_space_is_reproduced_in_perspective():
    # 1 / w is linear in the picture, whatever the triangles: interpolated x and w lead back to the pixel.
    clip = triangles()
    seen = rasterize(clip, FACES, SIZE)
    place = interpolate(clip, seen)
    column = torch.arange(SIZE[1]) + 0.5
    across = (place[..., 0] / place[..., 3] + 1) * 0.5 * SIZE[1]
    inner = seen.barycentric.amin(-1) > 0
    assert inner.sum() > 50
    torch.testing.assert_close(across[inner], column.expand(across.shape)[inner].double())


def test_the_gradient_by_position_leaves_scale_alone():
    # Points on one ray look the same: no gradient along (x, y, w) summed over each triangle's corners.
    clip = triangles(1).requires_grad_()
    values = torch.randn(1, 3, 3, 2, generator=random(2), dtype=torch.float64)
    for face in FACES:
        alone = face[None]
        picture = interpolate(values[:, :1], rasterize(clip, alone, SIZE))
        (gradient,) = torch.autograd.grad((picture * torch.randn(picture.shape, generator=random(3))).sum(), clip)
        assert gradient.any() and abs((gradient * clip.detach())[..., [0, 1, 3]].sum()) < 1e-10


DEGENERATE = {
    "zero area": [[0.0, 0, 0, 1], [0.5, 0.5, 0, 1], [-0.5, -0.5, 0, 1]],
    "one point": [[0.1, 0.1, 0, 1]] * 3,
    "through the eye": [[-0.5, 0.2, -0.1, 1], [0.5, 0.2, 0.4, 1], [0.0, 0.6, 0.9, 3]],
    "behind": [[-0.5, 0.2, -0.1, -1], [0.5, 0.2, 0.4, -1], [0.0, 0.6, 0.9, -1]],
    "in the eye": [[0.0, 0, 0, 0]] * 3,
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_triangles_that_cover_nothing_get_no_gradient(name):
    clip = torch.cat([triangles(1), torch.tensor([DEGENERATE[name]], dtype=torch.float64)], 1).requires_grad_()
    attributes = torch.randn(1, 9, 2, generator=random(4), dtype=torch.float64, requires_grad=True)
    picture = interpolate(attributes, rasterize(clip, torch.cat([FACES, torch.tensor([[6, 7, 8]])]), SIZE))
    plain = interpolate(attributes[:, :6], rasterize(clip[:, :6], FACES, SIZE))
    assert torch.equal(picture, plain)
    for gradient in torch.autograd.grad(picture.square().sum(), (clip, attributes)):
        assert torch.isfinite(gradient).all() and not gradient[:, 6:].any() and gradient[:, :6].any()


def test_pixels_that_only_rounding_gave_to_a_needle():
    # Just under the middle row's centres, but its upper edge is rounded onto them: the weights are those of its border.
    corners = [[-0.9, -3e-4, 0.1, 1], [0.5, -1e-3, 0.1, 1], [0.9, -3e-4, 0.1, 1.0]]
    clip = torch.tensor([corners], dtype=torch.float64, requires_grad=True)
    seen = rasterize(clip, [[0, 1, 2]], (5, 5))
    assert seen.mask.sum() >= 4 and (seen.barycentric[seen.mask] == 0).any(-1).all()
    values = torch.tensor([[[0.0], [1.0], [3.0]]], dtype=torch.float64, requires_grad=True)
    picture = interpolate(values, seen)
    assert (picture <= 3).all() and (picture >= 0).all()
    twin = slow.interpolate(values, clip, torch.tensor([[0, 1, 2]]), seen.triangle_id)
    for ours, theirs in zip(*(torch.autograd.grad(p.sum(), (values, clip)) for p in (picture, twin)), strict=True):
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (7, 1)])
def test_narrow_pictures(size):
    clip = torch.tensor([[[-1.0, -1, 0, 1], [3, -1, 0, 1], [-1, 3, 0, 1.2]]], dtype=torch.float64)
    compare(torch.tensor([[[1.0], [2.0], [4.0]]], dtype=torch.float64), clip, [[0, 1, 2]], size)


@pytest.mark.parametrize(
    ("batch", "vertices", "count", "channels"), [(0, 3, 1, 2), (2, 0, 0, 2), (2, 3, 0, 2), (2, 3, 1, 0)]
)
def test_nothing_has_gradients_too(batch, vertices, count, channels):
    clip = torch.rand(batch, vertices, 4, requires_grad=True)
    values = torch.rand(max(batch, 1), vertices, channels, requires_grad=True)
    picture = interpolate(values, rasterize(clip, torch.tensor([[0, 1, 2]] * count), (3, 4)))
    assert picture.shape == (batch, 3, 4, channels)
    picture.sum().backward()
    assert clip.grad.shape == clip.shape and not clip.grad.any() and values.grad.shape == values.shape


def test_kinds_of_input():
    clip = triangles().float()
    values = torch.rand(2, 6, 3, generator=random(5))
    plain = interpolate(values, rasterize(clip, FACES, SIZE))
    assert plain.dtype == torch.float32
    assert interpolate(values.double(), rasterize(clip, FACES, SIZE)).dtype == torch.float64
    assert interpolate(values.half(), rasterize(clip, FACES, SIZE)).dtype == torch.float32
    whole = interpolate((values * 9).int(), rasterize(clip.numpy(), FACES.int(), SIZE))
    torch.testing.assert_close(whole, interpolate((values * 9).int().float(), rasterize(clip, FACES, SIZE)))
    strided = values.permute(2, 0, 1).contiguous().permute(1, 2, 0).requires_grad_()
    spread = clip.permute(0, 2, 1).contiguous().permute(0, 2, 1).requires_grad_()
    assert not strided.is_contiguous() and not spread.is_contiguous()
    again = interpolate(strided, rasterize(spread, FACES, SIZE))
    assert torch.equal(again, plain)
    incoming = torch.rand(2, 3, *SIZE, generator=random(6)).permute(0, 2, 3, 1)
    ours = torch.autograd.grad(again, (strided, spread), incoming)
    clip, values = clip.requires_grad_(), values.requires_grad_()
    theirs = torch.autograd.grad(
        interpolate(values, rasterize(clip, FACES, SIZE)), (values, clip), incoming.contiguous()
    )
    assert all(torch.equal(one, other) for one, other in zip(ours, theirs, strict=True))
    torch.testing.assert_close(interpolate(np.zeros((1, 6, 1)), rasterize(clip, FACES, SIZE)).sum().item(), 0.0)
    torch.testing.assert_close(
        interpolate([[[1.0]] * 6], rasterize(clip, FACES, SIZE))[..., 0].bool(), plain[..., 0] != 0
    )


def test_float32_gradients_of_small_triangles():
    vertices, faces = ball(100)
    clip = torch.from_numpy(Camera.look_at((0.1, 0.2, 0.6), (0, 0, 0)).clip(vertices, (48, 48)))[None].float()
    values = torch.randn(1, len(vertices), 2, generator=random(7))
    gradients = []
    for kind in (torch.float32, torch.float64):
        positions = clip.to(kind).requires_grad_()
        picture = interpolate(values.to(kind), rasterize(positions, faces, (48, 48)))
        gradients.append(torch.autograd.grad(picture.sum(), positions)[0].double())
    assert (gradients[0] - gradients[1]).norm() < 1e-6 * gradients[1].norm()


def test_a_batch_of_one_equals_a_slice_of_a_batch():
    clip, values = triangles(3), torch.randn(3, 6, 2, generator=random(8), dtype=torch.float64)
    incoming = torch.randn(3, *SIZE, 2, generator=random(9), dtype=torch.float64)

    def draw(a, p):
        return interpolate(a, rasterize(p, FACES, SIZE))

    together = both_ways(draw, values, clip, incoming)
    for b in range(3):
        alone = both_ways(draw, values[b : b + 1], clip[b : b + 1], incoming[b : b + 1])
        for one, all_ in zip(alone, together, strict=True):
            torch.testing.assert_close(one, all_[b : b + 1], atol=1e-12, rtol=1e-12)


@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_the_same_bits_with_any_number_of_threads(kind, monkeypatch):
    vertices, faces = ball(12)
    clip = torch.from_numpy(Camera.look_at((0.1, 0.2, 0.4), (0, 0, 0)).clip(vertices, (20, 23))).to(kind)
    clip, values = torch.stack([clip, clip * 1.1]), torch.randn(1, len(vertices), 3, generator=random(1)).to(kind)
    incoming = torch.randn(2, 20, 23, 3, generator=random(2)).to(kind)
    results = []
    for threads in (1, 2, 5, 5):
        monkeypatch.setattr(
            import_module("avatar.renderers.interpolate"), "thread_count", lambda _, threads=threads: threads
        )
        results.append(both_ways(lambda a, p: interpolate(a, rasterize(p, faces, (20, 23))), values, clip, incoming))
    for other in results[1:]:
        assert all(torch.equal(one, same) for one, same in zip(results[0], other, strict=True))


@pytest.mark.parametrize(
    ("attributes", "error", "message"),
    [
        (torch.zeros(2, 5, 3), ValueError, r"attributes must be \[B, 6, C\], got \[2, 5, 3\]"),
        (torch.zeros(3, 6, 3), ValueError, "attributes must be for 1 image or for all 2, got 3"),
        (torch.zeros(6, 3), ValueError, r"attributes must be \[B, .*got \[6, 3\]; add the batch axis"),
        (torch.zeros(1, 2, 3, 2), ValueError, r"attributes must be \[B, 3, 3, C\], got \[1, 2, 3, 2\]"),
        (torch.zeros(1, 6, 3, 2, 1), ValueError, "attributes must be"),
        (torch.full((1, 6, 1), float("nan")), ValueError, "attributes must be finite, got nan"),
        (torch.zeros(1, 6, 1, dtype=torch.complex64), TypeError, "attributes must hold real numbers, got complex64"),
        (torch.zeros(1, 6, 1, dtype=torch.bool), TypeError, "attributes must hold real numbers, got bool"),
    ],
)
def test_errors_name_the_argument(attributes, error, message):
    with pytest.raises(error, match=message):
        interpolate(attributes, rasterize(triangles(), FACES, SIZE))


def test_second_derivatives_are_refused():
    clip = triangles().requires_grad_()
    picture = interpolate(torch.rand(1, 6, 1, dtype=torch.float64), rasterize(clip, FACES, SIZE))
    (gradient,) = torch.autograd.grad(picture.square().sum(), clip, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()
