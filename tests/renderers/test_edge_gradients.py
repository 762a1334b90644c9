"""Gradients of moving edges: against one crossing after the other, and against finite differences of pictures."""

from importlib import import_module

import numpy as np
import pytest
import torch

from avatar.renderers import Camera, edge_gradients, rasterize

from . import moving_scenes as scenes
from .conftest import ball
from .test_rasterize import soup
from .twins import edge_gradients as slow

SIZE = (18, 22)


def random(seed):
    return torch.Generator().manual_seed(seed)


def drawn(clip, faces, size=SIZE, channels=2):
    """Fragments, an image and a gradient for it."""
    seen = rasterize(clip, faces, size)
    shape = (*seen.triangle_id.shape, channels)
    image, incoming = torch.rand(2, *shape, generator=random(1), dtype=torch.float64)
    return seen, image, incoming - 0.5


def view(vertices, position=(0.1, 0.2, 0.4)):
    return Camera.look_at(position, (0, 0, 0), field_of_view=0.7).clip(vertices, SIZE)


def closed_ball(rows):
    """A ball with one vertex at each pole, so that every edge has one name."""
    vertices, faces = ball(rows)
    faces = np.where(faces < rows, 0, np.where(faces >= len(vertices) - rows, len(vertices) - 1, faces))
    return vertices, faces[(faces != np.roll(faces, 1, axis=1)).all(1)]


def balls(offset):
    vertices, faces = closed_ball(12)
    points = np.concatenate([vertices, 0.8 * vertices + offset])
    return torch.from_numpy(view(points))[None], torch.from_numpy(np.concatenate([faces, faces + len(vertices)]))


def one_ball():
    vertices, faces = closed_ball(10)
    clips = [view(vertices, position) for position in ((0.1, 0.2, 0.4), (0.42, 0.1, 0.02))]
    return torch.from_numpy(np.stack(clips)), torch.from_numpy(faces)


def two_meshes():
    clip, faces = one_ball()
    return clip, torch.stack([faces, faces.flip(0)])


def triangles():
    """Two that cut each other, with w from 1 to 1.5."""
    places = [
        [-0.9, -0.8, 0.1],
        [0.8, -0.9, 0.3],
        [0.1, 0.9, -0.2],
        [-0.8, 0.5, 0.2],
        [0.9, 0.35, 0.0],
        [0.15, -0.95, 0.1],
    ]
    clip = torch.cat([torch.tensor(places, dtype=torch.float64), torch.ones(6, 1, dtype=torch.float64)], 1)
    return (clip * torch.linspace(1.0, 1.5, 6, dtype=torch.float64)[:, None])[None], torch.arange(6).reshape(2, 3)


SCENES = {
    "a ball": (one_ball, 1e-9),
    "two balls": (lambda: balls((0.05, 0.02, 0.2)), 1e-9),
    "balls that cut": (lambda: balls((0.08, 0.02, 0.05)), 1e-7),
    "own meshes": (two_meshes, 1e-9),
    "triangles that cut": (triangles, 1e-7),
}


def by_position(image, seen, incoming):
    return torch.autograd.grad(edge_gradients(image, seen), seen.position_clip, incoming)[0]


@pytest.mark.parametrize("name", SCENES)
def test_equals_the_slow_twin(name):
    scene, tolerance = SCENES[name]
    clip, faces = scene()
    seen, image, incoming = drawn(clip.requires_grad_(), faces)
    incoming = slow.where_certain(incoming, clip, faces, seen.triangle_id)
    twin = slow.edge_gradients(image, incoming, clip, faces, seen.triangle_id)
    assert twin.count_nonzero() > 15
    largest = float(twin.abs().max())
    torch.testing.assert_close(by_position(image, seen, incoming), twin, atol=tolerance * largest, rtol=tolerance)


def method(colours, background, seen):
    return edge_gradients(scenes.interior(colours, background, seen), seen)


@pytest.mark.parametrize(
    "scene", [scenes.triangle_over_triangle(), scenes.cutting_triangles()], ids=["over", "through"]
)
def test_finite_differences_of_area_samples(scene):
    # Rotation and translation of one triangle over and through another, seen in perspective.
    reference = scenes.finite_differences(scene, (400, 400))
    coarse = [scenes.error(scene, (side, side), method, reference) for side in (15, 16, 17)]
    fine = [scenes.error(scene, (side, side), method, reference) for side in (127, 128, 129)]
    assert max(fine) < 0.025 and max(coarse) < 0.4
    assert sum(coarse) > 4 * sum(fine)
    assert scenes.error(scene, (128, 128), scenes.interior, reference) > 0.5


def test_the_place_of_an_edge_does_not_matter():
    # A wall's border moves over a ramp of gradients; each row has one crossing, wherever it lies in its pixel.
    incoming = torch.linspace(0, 1, 8, dtype=torch.float64)[None, None, :, None].expand(1, 4, 8, 1)
    for border in (3.51, 4.0, 4.3, 4.49):
        clip = torch.tensor([[[-9.0, -9, 0, 1], [0, -9, 0, 1], [0, 9, 0, 1]]], dtype=torch.float64)
        clip[0, 1:, 0] = border / 4 - 1
        seen = rasterize(clip.requires_grad_(), [[0, 1, 2]], (4, 8))
        moved = by_position(seen.mask[..., None].double(), seen, incoming)
        torch.testing.assert_close(moved[0, 1:, 0].sum(), 4 * 4 * incoming[0, 0, 3:5].mean())


def test_an_edge_that_no_triangle_of_any_pixel_has():
    # Slivers narrower than a pixel end the surface; nobody sees them, and they still move the picture.
    columns = torch.tensor([-0.9, 0.3, 0.3 + 1e-3, 0.3 + 2e-3], dtype=torch.float64)
    points = [[x, y, 0.0, 1.0] for x in columns for y in (-9.0, 9.0)]
    faces = torch.tensor(
        [[2 * k, 2 * k + 2, 2 * k + 1] for k in range(3)] + [[2 * k + 1, 2 * k + 2, 2 * k + 3] for k in range(3)]
    )
    clip = torch.tensor([points], dtype=torch.float64, requires_grad=True)
    seen = rasterize(clip, faces, (6, 9))
    assert set(seen.triangle_id.unique().tolist()) == {-1, 0, 3}
    moved = by_position(seen.mask[..., None].double(), seen, torch.ones(1, 6, 9, 1, dtype=torch.float64))
    torch.testing.assert_close(moved[0, 6:, 0].sum(), torch.tensor(6 * 4.5, dtype=torch.float64))
    assert not moved[0, 2:6].any()


def module():
    return import_module("avatar.renderers.edge_gradients")


@pytest.mark.parametrize("needs", [(True, True), (True, False), (False, True), (False, False)])
def test_any_subset_may_need_gradients(needs, monkeypatch):
    clip, faces = triangles()
    seen, image, incoming = drawn(clip.requires_grad_(needs[1]), faces)
    image.requires_grad_(needs[0])
    if not needs[1]:
        monkeypatch.setattr(module(), "find_crossings", lambda fragments: pytest.fail("sought for nothing"))
    picture = edge_gradients(image, seen)
    assert torch.equal(picture, image) and picture.requires_grad == any(needs)
    if needs[0]:
        assert torch.equal(torch.autograd.grad(picture, image, incoming, retain_graph=True)[0], incoming)
    if needs[1]:
        assert torch.autograd.grad(picture, clip, incoming)[0].any()
    monkeypatch.setattr(module(), "find_crossings", lambda fragments: pytest.fail("sought for nothing"))
    assert not edge_gradients(image.detach(), seen.still).requires_grad
    with torch.no_grad():
        assert torch.equal(edge_gradients(image, seen), image)


def test_gradcheck_by_the_image():
    clip, faces = triangles()
    seen, image, _ = drawn(clip.requires_grad_(), faces, (4, 5))
    assert torch.autograd.gradcheck(lambda values: edge_gradients(values, seen), image.requires_grad_())


DEGENERATE = {
    "zero area": [[0.0, 0, 0, 1], [0.5, 0.5, 0, 1], [-0.5, -0.5, 0, 1]],
    "one point": [[0.1, 0.1, 0, 1]] * 3,
    "through the eye": [[-0.5, 0.2, -0.1, 1], [0.5, 0.2, 0.4, 1], [0.0, 0.6, 0.9, 3]],
    "behind": [[-0.5, 0.2, -0.1, -1], [0.5, 0.2, 0.4, -1], [0.0, 0.6, 0.9, -1]],
    "in the eye": [[0.0, 0, 0, 0]] * 3,
}


@pytest.mark.parametrize("name", DEGENERATE)
@pytest.mark.parametrize("joined", [False, True])
def test_triangles_that_cover_nothing_get_no_gradient(name, joined):
    clip, faces = triangles()
    clip = torch.cat([clip, torch.tensor([DEGENERATE[name]], dtype=torch.float64)], 1).requires_grad_()
    # By themselves, and as neighbours of the first triangle across an edge.
    more = torch.tensor([[6, 7, 8], [1, 0, 6] if joined else [6, 6, 7]])
    seen, image, incoming = drawn(clip, torch.cat([faces, more]))
    moved = by_position(image, seen, incoming)
    assert torch.isfinite(moved).all() and moved[:, :6].any()
    if not joined:
        plain, *_ = drawn(clip[:, :6].detach().requires_grad_(), faces)
        assert torch.equal(moved[:, :6], by_position(image, plain, incoming)) and not moved[:, 6:].any()


@pytest.mark.parametrize("seed", range(3))
def test_surfaces_that_reach_behind_the_camera(seed):
    clip, faces = soup(seed)
    seen, image, incoming = drawn(torch.from_numpy(clip)[None].requires_grad_(), faces)
    moved = by_position(image, seen, incoming)
    assert torch.isfinite(moved).all() and moved.count_nonzero() > 50


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1)])
def test_narrow_pictures(size):
    corners = [[-0.5, -0.6, 0, 1], [0.6, -0.5, 0, 1], [0.5, 0.6, 0, 1], [-0.6, 0.5, 0, 1]]
    clip = torch.tensor([corners], dtype=torch.float64, requires_grad=True)
    seen, image, incoming = drawn(clip, torch.tensor([[0, 1, 2], [0, 2, 3]]), size)
    moved = by_position(image, seen, incoming)
    torch.testing.assert_close(moved, slow.edge_gradients(image, incoming, clip, seen.faces, seen.triangle_id))
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
    assert edge_gradients(image.half(), seen).dtype == edge_gradients(image.int(), seen).dtype == torch.float32
    assert edge_gradients(image.numpy(), seen).dtype == torch.float64
    strided = image.permute(3, 0, 2, 1).contiguous().permute(1, 3, 2, 0)
    spread = clip.permute(0, 2, 1).contiguous().permute(0, 2, 1).requires_grad_()
    assert not strided.is_contiguous() and not spread.is_contiguous()
    assert torch.equal(by_position(strided, rasterize(spread, faces, SIZE), incoming), plain)
    assert torch.equal(
        by_position(image, seen, incoming[..., :1].expand_as(image)),
        by_position(image, seen, incoming[..., :1].repeat(1, 1, 1, 2)),
    )


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
        monkeypatch.setattr(import_module("avatar.renderers.crossings"), "thread_count", lambda _, count=threads: count)
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
        (lambda image: image.repeat(2, 1, 1, 1), ValueError, r"image must be \[1, 18, 22, C\], got \[2, "),
        (lambda image: image > 0.5, TypeError, "image must hold real numbers, got bool"),
        (lambda image: image / 0, ValueError, "image must be finite, got inf"),
    ],
)
def test_errors_name_the_argument(change, error, message):
    seen, image, _ = drawn(*triangles())
    with pytest.raises(error, match=message):
        edge_gradients(change(image), seen)
