"""Crossings on CUDA against those on the CPU."""

from dataclasses import fields

import numpy as np
import pytest
import torch

from avatar.renderers import Camera, rasterize
from avatar.renderers.crossings import Crossings, find_crossings
from avatar.renderers.cuda import topology
from avatar.renderers.topology import neighbours

SIZE = (8, 9)


def ball(camera):
    """Two views of a coarse ball with a triangle through it."""
    polar, around = np.meshgrid(np.linspace(0, np.pi, 6), np.linspace(0, 2 * np.pi, 8)[:-1], indexing="ij")
    points = np.stack([np.sin(polar) * np.sin(around), np.cos(polar), np.sin(polar) * np.cos(around)], -1).reshape(
        -1, 3
    )
    index = np.arange(42).reshape(6, 7)
    a, b, c, d = index[:-1], np.roll(index, -1, 1)[:-1], index[1:], np.roll(index, -1, 1)[1:]
    faces = np.concatenate([np.stack([a, c, b], -1).reshape(-1, 3), np.stack([b, c, d], -1).reshape(-1, 3)])
    points = np.concatenate([points, [[-2.0, -0.5, 0.2], [2.0, -0.5, 0.9], [0.0, 1.5, 0.9]]])
    faces = np.concatenate([faces, [[42, 43, 44]]])
    turned = points * [1.0, 0.9, 1.1] + [0.1, 0.0, 0.0]
    return torch.from_numpy(np.stack([camera.clip(points, SIZE), camera.clip(turned, SIZE)])), torch.from_numpy(faces)


def crossings(clip, faces):
    found = find_crossings(rasterize(clip, faces, SIZE))
    return {field.name: getattr(found, field.name).cpu() for field in fields(Crossings)}


def same(there, here):
    for name, values in here.items():
        torch.testing.assert_close(there[name], values)


@pytest.mark.parametrize("own", [False, True])
def test_the_same_crossings_in_the_same_order(cuda, own):
    clip, faces = ball(Camera.look_at((0.3, 0.5, 5.0), (0, 0, 0), field_of_view=0.6))
    meshes = torch.stack([faces, faces.flip(0)]) if own else faces
    here = crossings(clip, meshes)
    assert len(here["image"]) > 30 and (here["faces"] >= 0).any() and (here["edge"] >= 0).any()
    same(cuda(crossings, clip, meshes), here)


def test_two_crossings_between_two_pixels(cuda):
    # A gap that no pixel sees, a little right of the middle column.
    left, right = [[-9, -9], [0.09, -9], [0.09, 9]], [[0.13, -9], [9, -9], [0.13, 9]]
    clip = torch.tensor([[[x, y, 0.0, 1.0] for x, y in left + right]], dtype=torch.float64)
    here = crossings(clip, torch.arange(6).reshape(2, 3))
    assert (here["share"] == 0.5).sum() == 2 * SIZE[0]
    same(cuda(crossings, clip, torch.arange(6).reshape(2, 3)), here)


def test_nothing_to_cross(cuda):
    clip, faces = ball(Camera.look_at((0.3, 0.5, 5.0), (0, 0, 0), field_of_view=0.6))
    for given in ((clip, faces[:0]), (clip[:0], faces), (clip * torch.tensor([1, 1, 9, 1.0]), faces)):
        assert cuda(crossings, *given)["place"].shape == (0,)


@pytest.mark.parametrize("seed", range(4))
def test_neighbours_where_the_mesh_is(cuda, seed):
    # On few vertices many edges have three faces or more, and many faces name a vertex twice.
    faces = torch.from_numpy(np.random.default_rng(seed).integers(0, 9, (20, 3)))
    table = cuda(topology.neighbours, faces)
    np.testing.assert_array_equal(table.cpu(), neighbours(faces.numpy()))
    assert (table >= 0).any()
