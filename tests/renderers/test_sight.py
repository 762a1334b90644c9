"""What single places show: against the z-buffer at pixel centres."""

import numpy as np
import pytest
import torch

from avatar.renderers import rasterize
from avatar.renderers.sight import seen_at

from .test_edge_gradients import balls
from .test_rasterize import soup


def centres(size):
    rows, columns = (torch.arange(count, dtype=torch.float64) + 0.5 for count in size)
    y, x = torch.meshgrid(1.0 - rows * 2.0 / size[0], columns * 2.0 / size[1] - 1.0, indexing="ij")
    return torch.stack([x, y], -1).reshape(-1, 2)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("behind", [False, True])
def test_shows_at_centres_what_is_rasterized(seed, behind):
    size = (29, 41)
    clip, faces = soup(seed, behind=behind)
    seen = rasterize(clip[None], faces, size)
    ids, weights, depths = seen_at(torch.from_numpy(clip), torch.from_numpy(faces), centres(size))
    wanted = seen.triangle_id.flatten()
    # The z-buffer rounds positions to 1/256 pixel, so a few centres that lie on an edge may differ.
    same = ids == wanted
    assert same.double().mean() > 0.98 and (wanted >= 0).double().mean() > 0.3
    torch.testing.assert_close(weights[same], seen.barycentric.reshape(-1, 3)[same], atol=1e-6, rtol=1e-6)
    hit = same & (wanted >= 0)
    torch.testing.assert_close(depths[hit], seen.depth.flatten()[hit], atol=0.02, rtol=0.0)
    assert (depths[ids < 0] == 1.0).all() and not weights[ids < 0].any()


def test_the_order_of_places_does_not_matter():
    clip, faces = balls((0.05, 0.02, 0.2))
    places = centres((18, 22))
    shuffled = torch.randperm(len(places), generator=torch.Generator().manual_seed(1))
    straight, mixed = (seen_at(clip[0], faces, where) for where in (places, places[shuffled]))
    assert len(straight[0].unique()) > 50
    for one, other in zip(straight, mixed, strict=True):
        assert torch.equal(one[shuffled], other)


def test_of_equal_depths_the_lower_face_is_seen():
    corners = torch.tensor([[-1.0, -1.0, 0.0, 1.0], [3.0, -1.0, 0.0, 1.0], [-1.0, 3.0, 0.0, 1.0]])
    faces = torch.tensor([[0, 1, 1], [1, 2, 0], [0, 1, 2]])
    ids, weights, depths = seen_at(corners, faces, torch.tensor([[0.0, -0.5]]))
    assert ids.tolist() == [1] and depths.tolist() == [0.0]
    np.testing.assert_allclose(weights, [[0.25, 0.125, 0.625]], atol=1e-12)


def test_nothing_to_see():
    corners = torch.tensor([[-1.0, -1.0, 2.0, 1.0], [3.0, -1.0, 2.0, 1.0], [-1.0, 3.0, 2.0, 1.0]])
    places = torch.zeros(2, 2)
    for faces in ([[0, 1, 2]], [[-1, -1, -1]], [[0, 0, 1]]):
        ids, weights, depths = seen_at(corners, torch.tensor(faces), places)
        assert ids.tolist() == [-1, -1] and not weights.any() and depths.tolist() == [1.0, 1.0]
    assert len(seen_at(corners, torch.empty(0, 3, dtype=torch.int64), places)[0]) == 2
    assert len(seen_at(corners, torch.tensor([[0, 1, 2]]), places[:0])[0]) == 0
