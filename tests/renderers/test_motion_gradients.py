"""Gradients of all motion: against one pair of pixels after the other, finite differences, and conserved quantities."""

import math
from importlib import import_module

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from avatar.renderers import interpolate, motion_gradients, rasterize

from . import moving_scenes as scenes
from .test_edge_gradients import DEGENERATE, SCENES, balls, drawn, one_ball, random, triangles, two_meshes
from .test_rasterize import soup
from .twins import motion_gradients as slow
from .twins.edge_gradients import where_certain

SIZE = (18, 22)


def by_position(image, seen, incoming):
    return torch.autograd.grad(motion_gradients(image, seen), seen.position_clip, incoming)[0]


@pytest.mark.parametrize("name", SCENES)
def test_equals_the_slow_twin(name):
    scene, tolerance = SCENES[name]
    clip, faces = scene()
    seen, image, incoming = drawn(clip.requires_grad_(), faces)
    incoming = where_certain(incoming, clip, faces, seen.triangle_id)
    twin = slow.motion_gradients(image, incoming, seen)
    assert twin.count_nonzero() > 15
    largest = float(twin.abs().max())
    torch.testing.assert_close(by_position(image, seen, incoming), twin, atol=tolerance * largest, rtol=tolerance)


def method(colours, background, seen):
    return motion_gradients(scenes.interior(colours, background, seen.still), seen)


MOVING = {
    "over": scenes.triangle_over_triangle(),
    "through": scenes.cutting_triangles(),
    "ball": scenes.coloured_ball(),
    "fine ball": scenes.coloured_ball(48),
}


@pytest.mark.parametrize("name", MOVING)
def test_finite_differences_of_area_samples(name):
    # By rotation about three axes, one of them a roll of the camera, and by translation, in perspective.
    scene = MOVING[name]
    reference = scenes.finite_differences(scene, (400, 400))
    coarse = [scenes.error(scene, (side, side), method, reference) for side in (15, 16, 17)]
    fine = [scenes.error(scene, (side, side), method, reference) for side in (127, 128, 129)]
    assert max(fine) < 0.025 and max(coarse) < 0.4
    assert sum(coarse) > 4 * sum(fine)


def test_a_ball_of_one_colour_may_spin():
    scene = scenes.coloured_ball(48, constant=True)
    centred = scenes.Scene(scene.vertices - scene.vertices.mean(0), *list(vars(scene).values())[1:])
    spin = scenes.gradient(centred, (96, 96), method)[:3].abs()
    move = scenes.gradient(centred, (96, 96), method)[3:].abs()
    assert spin.max() < 0.01 * 0.08 * move.max()


def weight(size, margin=1):
    """Any [H, W, 1] that is 0 at the border."""
    result = torch.randn(*size, 1, generator=random(3), dtype=torch.float64)
    inner = torch.zeros_like(result)
    inner[margin:-margin, margin:-margin] = 1
    return result * inner


def slope(values, axis):
    """Half the difference of both neighbours [H, W, C] along rows (1) or columns (0)."""
    return 0.5 * (values.roll(-1, axis) - values.roll(1, axis))


def check_translation(clip, faces, image_of, size):
    """Moving everything along the picture is moving the weight the other way."""
    clip = clip.clone().requires_grad_()
    seen = rasterize(clip, faces, size)
    image = image_of(seen).detach()
    # Two pixels of nothing at the border, so that the sum by parts has no ends.
    loss_weight = weight(size, 2)
    (motion_gradients(image, seen) * loss_weight).sum().backward()
    for axis, sign, pixels in ((0, 1, size[1]), (1, -1, size[0])):
        moved = sign * (clip.grad[..., axis] * clip.detach()[..., 3]).sum() * 2 / pixels
        wanted = (image * slope(loss_weight, 1 - axis)).sum()
        torch.testing.assert_close(moved, wanted, atol=1e-9, rtol=1e-9)


def outlined(clip, faces, size):
    """Whether all crossings are edges: a cut moves along its normal, whose parts add up only over many pixels."""
    found = import_module("avatar.renderers.crossings").find_crossings(rasterize(clip, faces, size))
    return bool((found.faces < 0).all())


@pytest.mark.parametrize("name", ["a ball", "two balls", "own meshes"])
@pytest.mark.parametrize("size", [(18, 22), (37, 33)])
def test_uniform_translation_of_everything(name, size):
    clip, faces = SCENES[name][0]()
    assert outlined(clip, faces, size)
    values = torch.rand(1, clip.shape[1], 3, generator=random(4), dtype=torch.float64)
    check_translation(clip, faces, lambda seen: interpolate(values, seen) + 0.3 * ~seen.mask[..., None], size)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10**6), st.floats(1.0, 3.0))
def test_uniform_translation_of_triangles_anywhere(seed, far):
    # Of one depth each, so that none cuts another; the values of pixels may be anything that the background has not.
    generator = random(seed)
    clip = torch.rand(1, 12, 4, generator=generator, dtype=torch.float64) * 2 - 1
    clip[..., 2] = torch.arange(4, dtype=torch.float64).repeat_interleave(3) * 0.2 - 0.5
    clip[..., 3] = 1
    clip = clip * (1 + (far - 1) * torch.rand(1, 12, 1, generator=generator, dtype=torch.float64))
    faces = torch.arange(12).reshape(4, 3)
    check_translation(
        clip,
        faces,
        lambda seen: torch.rand(1, 11, 13, 2, generator=generator, dtype=torch.float64) * seen.mask[..., None],
        (11, 13),
    )


def test_a_border_through_pixel_centres_moves_like_any_other():
    for offset in (0.0, 1e-3, -1e-3):
        left, right, up = (2.5 + offset) / 6 - 1, (8.5 + offset) / 6 - 1, (2.5 + offset) / 5 - 1
        corners = [[left, -up, 0, 1], [right, -up, 0, 1], [right, up, 0, 1], [left, up, 0, 1]]
        clip, faces = torch.tensor([corners], dtype=torch.float64), torch.tensor([[0, 1, 2], [0, 2, 3]])
        check_translation(clip, faces, lambda seen: seen.mask[..., None].double(), (10, 12))


def test_motion_along_the_line_of_sight_changes_nothing_in_the_middle():
    # (x, y, w) of a vertex may be scaled, or z be changed, without anything moving in the picture.
    clip, faces = one_ball()
    seen, image, incoming = drawn(clip.requires_grad_(), faces)
    moved = by_position(image, seen, incoming)
    assert not moved[..., 2].any()
    assert abs((moved * clip.detach()).sum()) < 1e-9 * moved.abs().sum()


@pytest.mark.parametrize("needs", [(True, True), (True, False), (False, True), (False, False)])
def test_any_subset_may_need_gradients(needs, monkeypatch):
    clip, faces = triangles()
    seen, image, incoming = drawn(clip.requires_grad_(needs[1]), faces)
    image.requires_grad_(needs[0])
    module = import_module("avatar.renderers.motion_gradients")
    if not needs[1]:
        monkeypatch.setattr(module, "find_crossings", lambda fragments: pytest.fail("sought for nothing"))
    picture = motion_gradients(image, seen)
    assert torch.equal(picture, image) and picture.requires_grad == any(needs)
    if needs[0]:
        assert torch.equal(torch.autograd.grad(picture, image, incoming, retain_graph=True)[0], incoming)
    if needs[1]:
        assert torch.autograd.grad(picture, clip, incoming)[0].any()
    monkeypatch.setattr(module, "find_crossings", lambda fragments: pytest.fail("sought for nothing"))
    assert not motion_gradients(image.detach(), seen.still).requires_grad
    with torch.no_grad():
        assert torch.equal(motion_gradients(image, seen), image)


def test_gradcheck_by_the_image():
    clip, faces = triangles()
    seen, image, _ = drawn(clip.requires_grad_(), faces, (4, 5))
    assert torch.autograd.gradcheck(lambda values: motion_gradients(values, seen), image.requires_grad_())


@pytest.mark.parametrize("name", DEGENERATE)
def test_triangles_that_cover_nothing_get_no_gradient(name):
    clip, faces = triangles()
    clip = torch.cat([clip, torch.tensor([DEGENERATE[name]], dtype=torch.float64)], 1).requires_grad_()
    seen, image, incoming = drawn(clip, torch.cat([faces, torch.tensor([[6, 7, 8], [6, 6, 7]])]))
    moved = by_position(image, seen, incoming)
    plain, *_ = drawn(clip[:, :6].detach().requires_grad_(), faces)
    assert torch.equal(moved[:, :6], by_position(image, plain, incoming)) and not moved[:, 6:].any()
    assert moved.any()


@pytest.mark.parametrize("seed", range(3))
def test_surfaces_that_reach_behind_the_camera(seed):
    clip, faces = soup(seed)
    seen, image, incoming = drawn(torch.from_numpy(clip)[None].requires_grad_(), faces)
    moved = by_position(image, seen, incoming)
    assert torch.isfinite(moved).all() and moved.count_nonzero() > 50


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (2, 2)])
def test_narrow_pictures(size):
    corners = [[-0.5, -0.6, 0, 1], [0.6, -0.5, 0, 1], [0.5, 0.6, 0, 1], [-0.6, 0.5, 0, 1]]
    clip = torch.tensor([corners], dtype=torch.float64, requires_grad=True)
    seen, image, incoming = drawn(clip, torch.tensor([[0, 1, 2], [0, 2, 3]]), size)
    moved = by_position(image, seen, incoming)
    torch.testing.assert_close(moved, slow.motion_gradients(image, incoming, seen))
    assert bool(moved.any()) == (max(size) > 1)


@pytest.mark.parametrize(
    ("batch", "vertices", "count", "channels"), [(0, 3, 1, 2), (2, 0, 0, 2), (2, 3, 0, 2), (2, 3, 1, 0)]
)
def test_nothing_has_gradients_too(batch, vertices, count, channels):
    clip = torch.rand(batch, vertices, 4, requires_grad=True)
    seen, image, incoming = drawn(clip, torch.tensor([[0, 1, 2]] * count), (3, 4), channels)
    moved = by_position(image, seen, incoming)
    assert moved.shape == clip.shape and not moved.any()


def test_kinds_of_input():
    clip, faces = triangles()
    clip = clip.float()
    seen, image, incoming = drawn(clip.clone().requires_grad_(), faces.int())
    image = (8 * image).round()
    plain = by_position(image, seen, incoming)
    assert plain.dtype == torch.float32
    for values in (image.half(), image.int(), image.float(), image.numpy()):
        torch.testing.assert_close(by_position(values, seen, incoming), plain)
    strided = image.permute(3, 0, 2, 1).contiguous().permute(1, 3, 2, 0)
    spread = clip.permute(0, 2, 1).contiguous().permute(0, 2, 1).requires_grad_()
    assert not strided.is_contiguous() and not spread.is_contiguous()
    assert torch.equal(by_position(strided, rasterize(spread, faces, SIZE), incoming), plain)
    one = incoming[..., :1]
    repeated = by_position(image, seen, one.repeat(1, 1, 1, 2))
    assert torch.equal(by_position(image, seen, one.expand_as(image)), repeated)


def test_a_batch_of_one_equals_a_slice_of_a_batch():
    clip, faces = two_meshes()
    seen, image, incoming = drawn(clip.requires_grad_(), faces)
    together = by_position(image, seen, incoming)
    for b in range(2):
        one = slice(b, b + 1)
        alone = rasterize(clip[one].detach().requires_grad_(), faces[one], SIZE)
        torch.testing.assert_close(by_position(image[one], alone, incoming[one]), together[one], atol=1e-12, rtol=1e-12)


@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_the_same_bits_with_any_number_of_threads(kind, monkeypatch):
    clip, faces = balls((0.08, 0.02, 0.05))
    results, before = [], torch.get_num_threads()
    for threads in (1, 2, 5, 5):
        for name in ("crossings", "motion_gradients"):
            module = import_module(f"avatar.renderers.{name}")
            monkeypatch.setattr(module, "thread_count", lambda _, count=threads: count)
        torch.set_num_threads(threads)
        seen, image, incoming = drawn(clip.to(kind).requires_grad_(), faces, (64, 70))
        results.append(by_position(image.to(kind), seen, incoming.to(kind)))
    torch.set_num_threads(before)
    assert results[0].any() and all(torch.equal(results[0], other) for other in results[1:])


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda image: image[:, :-1], ValueError, r"image must be \[1, 18, 22, C\], got \[1, 17, 22, 2\]"),
        (lambda image: image[0], ValueError, r"image must be \[B, H, W, C\], got \[18, 22, 2\]; add the batch axis"),
        (lambda image: image > 0.5, TypeError, "image must hold real numbers, got bool"),
        (lambda image: image * math.nan, ValueError, "image must be finite, got nan"),
    ],
)
def test_errors_name_the_argument(change, error, message):
    seen, image, _ = drawn(*triangles())
    with pytest.raises(error, match=message):
        motion_gradients(change(image), seen)
