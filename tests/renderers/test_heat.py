"""Colours for numbers."""

import numpy as np
import pytest
import torch

from avatar.renderers import Mesh, heat_colours, heat_key, heat_mesh, hex_colour
from avatar.renderers.colour import encode
from avatar.renderers.heat import STOPS, UNKNOWN, heat_map, oklab


def test_oklab_of_known_colours():
    # White has lightness 1 and no hue; red is Ottosson's own example.
    np.testing.assert_allclose(oklab(np.array([1.0, 1.0, 1.0])), [1, 0, 0], atol=1e-6)
    np.testing.assert_allclose(oklab(np.array([1.0, 0.0, 0.0])), [0.628, 0.225, 0.126], atol=1e-3)


def test_steps_are_even_and_lightness_rises():
    places = oklab(heat_map())
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    assert steps.max() < 1.1 * steps.min()
    assert (np.diff(places[:, 0]) > 0).all()
    assert places[-1, 0] - places[0, 0] > 0.6


def test_ends_and_beyond():
    colours = heat_colours([-5.0, 0.0, 2.0, 9.0, np.nan], 0.0, 2.0)
    np.testing.assert_allclose(colours[[0, 1]], np.tile(hex_colour(STOPS[0]), (2, 1)), atol=1e-4)
    np.testing.assert_allclose(colours[[2, 3]], np.tile(hex_colour(STOPS[-1]), (2, 1)), atol=1e-4)
    np.testing.assert_allclose(colours[4], UNKNOWN)
    assert heat_colours(torch.zeros(4, 2, requires_grad=True), 0, 1).shape == (4, 2, 3)
    with pytest.raises(ValueError, match="low < high, got 1 and 1"):
        heat_colours([0.0], 1, 1)


def test_a_mesh_in_heat_colours_wears_nothing_else():
    mesh = Mesh(
        [[0, 1, 2]],
        parts=("eye",),
        eye_offsets=np.zeros((3, 3)),
        texture=np.zeros((1, 1, 3)),
        corner_uv=np.zeros((1, 3, 2)),
    )
    hot = heat_mesh(mesh, heat_colours([0.0, 0.5, 1.0], 0.0, 1.0))
    assert not hot.materials[0].eye and hot.texture is None
    assert not hot.materials[0].double_sided
    np.testing.assert_allclose(hot.vertex_colours[2], hex_colour(STOPS[-1]), atol=1e-4)


@pytest.mark.parametrize("size", [(32, 8), (200, 24), (1024, 60)])
def test_the_key_shows_the_colours_at_its_ticks(size):
    key = heat_key(size, ticks=5)
    assert key.pixels.shape == (*size, 4)
    assert [share for _, share in key.ticks] == [0.0, 0.25, 0.5, 0.75, 1.0]
    for row, share in key.ticks[1:-1]:
        seen = key.pixels[int(row), size[1] // 3, :3]
        np.testing.assert_allclose(seen, 255 * encode(heat_colours(share, 0, 1)), atol=7)
        assert key.pixels[round(row) - 1 : round(row) + 2, -1, 3].max() == 255
    # High is up, and between the ticks nothing is drawn.
    assert key.ticks[0][0] > key.ticks[-1][0]
    assert (key.pixels[:, -1, 3] > 0).mean() < 0.2


def test_errors():
    with pytest.raises(ValueError, match=r"size must be at least \(32, 8\)"):
        heat_key((10, 10))
    with pytest.raises(ValueError, match="ticks must be at least 2"):
        heat_key((100, 20), ticks=1)
