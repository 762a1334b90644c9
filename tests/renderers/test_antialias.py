"""Smoothed silhouettes against one crossing after the other, and against the areas that surfaces cover."""

from importlib import import_module

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from avatar.renderers import rasterize
from avatar.renderers.antialias import antialias

from .test_edge_gradients import DEGENERATE, SCENES, balls, drawn, random, triangles, two_meshes
from .test_rasterize import soup
from .twins import antialias as slow
from .twins.edge_gradients import where_certain

SIZE = (18, 22)


def both_ways(function, image, clip, incoming):
    image, clip = (one.detach().clone().requires_grad_() for one in (image, clip))
    picture = function(image, clip)
    return picture.detach(), *torch.autograd.grad(picture, (image, clip), incoming)


@pytest.mark.parametrize("name", SCENES)
def test_equals_the_slow_twin(name):
    clip, faces = SCENES[name][0]()
    seen, image, incoming = drawn(clip, faces)
    sure = where_certain(torch.ones_like(incoming), clip, faces, seen.triangle_id)
    ours = both_ways(lambda i, p: antialias(i, rasterize(p, faces, SIZE)) * sure, image, clip, incoming)
    theirs = both_ways(lambda i, p: slow.antialias(i, p, faces, seen.triangle_id) * sure, image, clip, incoming)
    assert (ours[0] != image * sure).any(-1).sum() > 15 and ours[2].count_nonzero() > 15
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, atol=1e-8 * float(other.abs().max()), rtol=1e-7)


@pytest.mark.parametrize("needs", [(True, True), (True, False), (False, True)])
@pytest.mark.parametrize("name", ["a triangle", "triangles that cut", "a spot"])
def test_gradcheck(needs, name):
    # By the image and by positions, as long as they move no edge into the next pixel.
    if name == "a triangle":
        clip = torch.tensor([[[-0.83, -0.71, 0, 1], [0.92, -0.3, 0, 1.1], [0.1, 0.95, 0, 1.3]]], dtype=torch.float64)
        faces, size = torch.tensor([[0, 1, 2]]), (5, 6)
    elif name == "a spot":
        # All four sides in one pixel, which they share.
        corners = [[-0.05, -0.06, 0, 1], [0.06, -0.04, 0, 1], [0.05, 0.07, 0, 1], [-0.07, 0.05, 0, 1]]
        clip, faces, size = torch.tensor([corners], dtype=torch.float64), torch.tensor([[0, 1, 2], [0, 2, 3]]), (3, 3)
    else:
        (clip, faces), size = triangles(), (6, 7)
    image = torch.rand(1, *size, 2, generator=random(5), dtype=torch.float64).requires_grad_(needs[0])
    clip.requires_grad_(needs[1])
    assert (antialias(image, rasterize(clip, faces, size)) != image).any()
    assert torch.autograd.gradcheck(lambda i, p: antialias(i, rasterize(p, faces, size)), (image, clip), eps=1e-7)


def half_plane(angle, offset, size):
    """A triangle that covers what lies left of a line through the picture: clip, faces and covered areas [H, W]."""
    height, width = size
    along, across = np.array([-np.sin(angle), np.cos(angle)]), np.array([np.cos(angle), np.sin(angle)])
    middle = np.array([width / 2, height / 2]) + offset * across
    pixels = np.stack([middle - 90 * along, middle + 90 * along, middle - 90 * across])
    clip = np.stack(
        [pixels[:, 0] * 2 / width - 1, 1 - pixels[:, 1] * 2 / height, 0 * pixels[:, 0], 0 * pixels[:, 0] + 1], 1
    )
    fine = (np.arange(64) + 0.5) / 64
    y, x = (np.arange(side)[:, None] + fine for side in size)
    covered = (x.ravel()[None] - middle[0]) * across[0] + (y.ravel()[:, None] - middle[1]) * across[1] < 0
    area = covered.reshape(height, 64, width, 64).mean((1, 3))
    return torch.from_numpy(clip)[None], torch.tensor([[0, 1, 2]]), torch.from_numpy(area)


@pytest.mark.parametrize("angle", [0.0, 0.1, -0.15, np.pi, np.pi / 2, np.pi / 2 + 0.12, -np.pi / 2 - 0.05])
@pytest.mark.parametrize("offset", [0.0, 0.31, -0.77])
def test_nearly_the_covered_area_at_a_steep_edge(angle, offset):
    clip, faces, area = half_plane(angle, offset, (9, 11))
    seen = rasterize(clip, faces, (9, 11))
    picture = antialias(seen.mask[..., None].double(), seen)[0, ..., 0]
    # At the picture's border an edge may reach into a pixel from a neighbour that is not there.
    assert ((picture - area)[1:-1, 1:-1].abs() < 1 / 16).all()
    assert ((seen.mask[0].double() - area)[1:-1, 1:-1].abs() > 0.15).any()


@settings(deadline=None, max_examples=30)
@given(st.floats(0, 6.3), st.floats(-2, 2))
def test_never_far_from_the_covered_area_at_any_edge(angle, offset):
    clip, faces, area = half_plane(angle, offset, (7, 8))
    seen = rasterize(clip, faces, (7, 8))
    picture = antialias(seen.mask[..., None].double(), seen)[0, ..., 0]
    assert ((picture - area)[1:-1, 1:-1].abs() < 0.14).all()


@pytest.mark.parametrize("offset", [0.0, 0.1, 0.3, 0.5])
def test_nearly_the_covered_area_at_an_exact_diagonal(offset):
    corners = [[offset - 4, -4, 0, 1], [offset + 4, 4, 0, 1], [offset - 4, 12, 0, 1]]
    clip = torch.tensor([corners], dtype=torch.float64)
    seen, fine = (rasterize(clip, [[0, 1, 2]], (side, side)).mask[..., None] for side in (8, 256))
    area = fine[0, ..., 0].double().reshape(8, 32, 8, 32).mean((1, 3))
    picture = antialias(seen.double(), rasterize(clip, [[0, 1, 2]], (8, 8)))[0, ..., 0]
    assert ((picture - area)[1:-1, 1:-1].abs() < 0.14).all()


def test_the_inside_of_surfaces_is_left_alone():
    clip, faces = balls((0.05, 0.02, 0.2))
    seen, image, _ = drawn(clip, faces)
    changed = (antialias(image, seen) != image).any(-1)
    found = import_module("avatar.renderers.crossings").find_crossings(seen)
    beside = torch.zeros_like(changed)
    beside[found.first] = beside[found.second] = True
    assert 40 < changed.sum() < 0.4 * changed.numel() and not (changed & ~beside).any()


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.floats(0.02, 2.0))
def test_no_colour_but_mixtures(seed, scale):
    # Triangles of any size, far smaller than a pixel too: each pixel stays between the darkest and brightest around it.
    clip = torch.randn(1, 30, 4, generator=random(seed), dtype=torch.float64)
    centre = torch.rand(1, 10, 1, 2, generator=random(seed + 1), dtype=torch.float64) * 2 - 1
    clip[..., :2] = (centre + scale * clip[..., :2].reshape(1, 10, 3, 2)).flatten(1, 2)
    clip[..., 2], clip[..., 3] = clip[..., 2].clamp(-0.9, 0.9), 1.0
    seen, image, _ = drawn(clip, torch.arange(30).reshape(10, 3), (9, 10), 1)
    around = torch.nn.functional.pad(image[..., 0], (1, 1, 1, 1), value=torch.nan)
    cross = torch.stack(
        [around[:, 1:-1, 1:-1], around[:, :-2, 1:-1], around[:, 2:, 1:-1], around[:, 1:-1, :-2], around[:, 1:-1, 2:]]
    )
    picture = antialias(image, seen)[..., 0]
    assert (picture <= cross.nan_to_num(-1).amax(0) + 1e-12).all() and (
        picture >= cross.nan_to_num(2).amin(0) - 1e-12
    ).all()


def test_a_line_thinner_than_a_pixel():
    # From 0.35 to 0.6 of a column of pixels: a quarter of each.
    corners = [[2 * column / 5 - 1, y, 0, 1] for column, y in ((2.35, -9), (2.6, -9), (2.6, 9), (2.35, 9))]
    seen = rasterize(torch.tensor([corners], dtype=torch.float64), [[0, 1, 2], [0, 2, 3]], (4, 5))
    picture = antialias(seen.mask[..., None].double(), seen)
    torch.testing.assert_close(picture[0, 0, :, 0], torch.tensor([0, 0, 0.25, 0, 0], dtype=torch.float64))


def test_asks_for_no_gradient_where_none_is_wanted():
    clip, faces = triangles()
    seen, image, _ = drawn(clip.requires_grad_(), faces)
    assert antialias(image, seen).requires_grad
    assert not antialias(image, seen.still).requires_grad
    with torch.no_grad():
        assert not antialias(image, seen).requires_grad


@pytest.mark.parametrize("name", DEGENERATE)
def test_triangles_that_cover_nothing_change_nothing(name):
    clip, faces = triangles()
    _, image, incoming = drawn(clip, faces)
    more = torch.cat([clip, torch.tensor([DEGENERATE[name]], dtype=torch.float64)], 1)
    extra = torch.cat([faces, torch.tensor([[6, 7, 8], [6, 6, 7]])])
    plain = both_ways(lambda i, p: antialias(i, rasterize(p, faces, SIZE)), image, clip, incoming)
    ours = both_ways(lambda i, p: antialias(i, rasterize(p, extra, SIZE)), image, more, incoming)
    assert torch.equal(ours[0], plain[0]) and torch.equal(ours[1], plain[1])
    assert torch.equal(ours[2][:, :6], plain[2]) and not ours[2][:, 6:].any()


@pytest.mark.parametrize("seed", range(3))
def test_surfaces_that_reach_behind_the_camera(seed):
    clip, faces = soup(seed)
    clip = torch.from_numpy(clip)[None]
    _, image, incoming = drawn(clip, faces)
    for values in both_ways(lambda i, p: antialias(i, rasterize(p, faces, SIZE)), image, clip, incoming):
        assert torch.isfinite(values).all() and values.any()


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1)])
def test_narrow_pictures(size):
    corners = [[-0.5, -0.6, 0, 1], [0.6, -0.5, 0, 1], [0.5, 0.6, 0, 1], [-0.6, 0.5, 0, 1]]
    clip, faces = torch.tensor([corners], dtype=torch.float64), torch.tensor([[0, 1, 2], [0, 2, 3]])
    seen, image, _ = drawn(clip, faces, size)
    torch.testing.assert_close(antialias(image, seen), slow.antialias(image, clip, faces, seen.triangle_id))
    assert bool((antialias(image, seen) != image).any()) == (max(size) > 1)


@pytest.mark.parametrize(
    ("batch", "vertices", "count", "channels"), [(0, 3, 1, 2), (2, 0, 0, 2), (2, 3, 0, 2), (2, 3, 1, 0)]
)
def test_nothing_has_gradients_too(batch, vertices, count, channels):
    clip = torch.rand(batch, vertices, 4, requires_grad=True)
    seen, image, _ = drawn(clip, torch.tensor([[0, 1, 2]] * count), (3, 4), channels)
    picture = antialias(image.requires_grad_(), seen)
    assert torch.equal(picture, image) or count
    picture.sum().backward()
    assert clip.grad.shape == clip.shape and image.grad.shape == image.shape


def test_kinds_of_input():
    clip, faces = triangles()
    seen, image, _ = drawn(clip.float(), faces.int())
    image = (8 * image).round()
    plain = antialias(image, seen)
    assert plain.dtype == torch.float64
    for values in (image.half(), image.int(), image.float()):
        picture = antialias(values, seen)
        assert picture.dtype == torch.float32
        torch.testing.assert_close(picture, plain.float())
    strided = image.permute(3, 0, 2, 1).contiguous().permute(1, 3, 2, 0)
    assert not strided.is_contiguous() and torch.equal(antialias(strided, seen), plain)
    assert torch.equal(antialias(image.numpy(), seen), plain)


def test_a_batch_of_one_equals_a_slice_of_a_batch():
    clip, faces = two_meshes()
    _, image, incoming = drawn(clip, faces)

    def smooth(meshes):
        return lambda i, p: antialias(i, rasterize(p, meshes, SIZE))

    together = both_ways(smooth(faces), image, clip, incoming)
    for one in (slice(0, 1), slice(1, 2)):
        alone = both_ways(smooth(faces[one]), image[one], clip[one], incoming[one])
        for part, whole in zip(alone, together, strict=True):
            torch.testing.assert_close(part, whole[one], atol=1e-12, rtol=1e-12)


@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_the_same_bits_with_any_number_of_threads(kind, monkeypatch):
    clip, faces = balls((0.08, 0.02, 0.05))
    _, image, incoming = drawn(clip, faces, (64, 70))
    results, before = [], torch.get_num_threads()
    for threads in (1, 2, 5, 5):
        monkeypatch.setattr(import_module("avatar.renderers.crossings"), "thread_count", lambda _, count=threads: count)
        torch.set_num_threads(threads)
        given = (image.to(kind), clip.to(kind), incoming.to(kind))
        results.append(both_ways(lambda i, p: antialias(i, rasterize(p, faces, (64, 70))), *given))
    torch.set_num_threads(before)
    for other in results[1:]:
        assert all(torch.equal(one, same) for one, same in zip(results[0], other, strict=True))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda image: image[:, :-1], ValueError, r"image must be \[1, 18, 22, C\], got \[1, 17, 22, 2\]"),
        (lambda image: image[0], ValueError, r"image must be \[B, H, W, C\], got \[18, 22, 2\]; add the batch axis"),
        (lambda image: image > 0.5, TypeError, "image must hold real numbers, got bool"),
        (lambda image: image / 0, ValueError, "image must be finite, got inf"),
    ],
)
def test_errors_name_the_argument(change, error, message):
    seen, image, _ = drawn(*triangles())
    with pytest.raises(error, match=message):
        antialias(change(image), seen)
