"""The z-buffer on CUDA against that on the CPU."""

import numpy as np
import pytest
import torch

from avatar.renderers import Camera, rasterize

SIZE = (6, 8)


def soup(seed, triangles=10, images=2):
    """Random triangles in clip space, many of which the near plane cuts, with some in the same place."""
    random = np.random.default_rng(seed)
    points = random.uniform(-1.5, 1.5, (images, 3 * triangles, 3))
    points[..., 2] = random.uniform(-4.0, 1.0, (images, 3 * triangles))
    clip = torch.from_numpy(Camera(np.eye(4), (0.9, 0.9), near=0.2, far=10.0).clip(points, SIZE))
    faces = torch.arange(3 * triangles).reshape(-1, 3)
    return clip, torch.cat([faces, faces[::3, [1, 2, 0]], faces[:2]])


def same(ours, theirs):
    """Check that two fragments agree: ids and depths exactly, barycentrics to rounding."""
    torch.testing.assert_close(ours.triangle_id.cpu(), theirs.triangle_id, rtol=0, atol=0)
    torch.testing.assert_close(ours.depth.cpu(), theirs.depth, rtol=0, atol=1e-15)
    torch.testing.assert_close(ours.barycentric.cpu(), theirs.barycentric)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("cull", [False, True])
def test_soups_with_cut_and_coincident_triangles(cuda, seed, cull):
    clip, faces = soup(seed)
    seen = rasterize(clip, faces, SIZE, cull_backs=cull)
    assert (seen.triangle_id >= 0).double().mean() > 0.3
    same(cuda(lambda *given: rasterize(*given, SIZE, cull_backs=cull), clip, faces), seen)


def test_meshes_of_their_own_and_filled_up(cuda):
    clip, faces = soup(3)
    faces = torch.stack([faces, faces.flip(0)])
    faces[1, 5:] = -1
    seen = rasterize(clip, faces, SIZE)
    same(cuda(lambda *given: rasterize(*given, SIZE), clip, faces), seen)
    assert seen.triangle_id[1].max() < 5


def test_single_precision_and_strides(cuda):
    clip, faces = soup(4)
    strided = clip.float().repeat_interleave(2, 1)[:, ::2]
    assert not strided.is_contiguous()
    same(cuda(lambda *given: rasterize(*given, SIZE), strided, faces), rasterize(strided, faces, SIZE))


def test_edges_through_pixel_centres_and_degenerate_triangles(cuda):
    corners = [[-1, -1, 0, 1], [1, -1, 0, 1], [1, 1, 0, 1], [-1, 1, 0, 1], [0, 0, 0.5, 1], [1, 0, 0, 0], [9e9, 0, 0, 1]]
    clip = torch.tensor([corners], dtype=torch.float64)
    faces = torch.tensor([[0, 0, 1], [0, 4, 2], [5, 5, 5], [0, 1, 2], [0, 2, 3], [0, 6, 3], [0, 1, 5]])
    seen = rasterize(clip, faces, (8, 8))
    assert set(seen.triangle_id.unique().tolist()) >= {3, 4}
    same(cuda(lambda *given: rasterize(*given, (8, 8)), clip, faces), seen)


def test_depths_of_both_zeros_are_equal(cuda):
    clip = torch.tensor([[[-1.0, -1, 0, 1], [3, -1, 0, 1], [-1, 3, 0, 1], [-1, -1, -0.0, 1], [3, -1, -0.0, 1]]])
    for faces in ([[0, 1, 2], [3, 4, 2]], [[3, 4, 2], [0, 1, 2]]):
        seen = cuda(lambda *given: rasterize(*given, (2, 3)), clip, torch.tensor(faces))
        assert (seen.triangle_id == 0).all()


def test_nothing_at_the_far_plane(cuda):
    clip = torch.tensor([[[-1.0, -1, 1, 1], [3, -1, 1, 1], [-1, 3, 1, 1]]])
    seen = cuda(lambda *given: rasterize(*given, (2, 3)), clip, torch.tensor([[0, 1, 2]]))
    assert (seen.triangle_id == -1).all() and (seen.depth == 1.0).all() and not seen.barycentric.any()


def test_more_samples_than_lanes(cuda):
    clip = torch.tensor([[[-1.0, -1, 0, 1], [3, -1, 0.5, 1], [-1, 3, 0.9, 1]]], dtype=torch.float64)
    faces = torch.tensor([[0, 1, 2]])
    seen = cuda(lambda *given: rasterize(*given, (21, 30), backend="cuda"), clip, faces)
    same(seen, rasterize(clip, faces, (21, 30)))


@pytest.mark.parametrize(("images", "vertices", "faces"), [(0, 3, 1), (2, 0, 0), (2, 3, 0)])
def test_empty_things(cuda, images, vertices, faces):
    clip, mesh = torch.ones(images, vertices, 4), torch.zeros(faces, 3, dtype=torch.int64)
    same(cuda(lambda *given: rasterize(*given, SIZE), clip, mesh), rasterize(clip, mesh, SIZE))
