"""Slopes of attributes over the picture."""

import pytest
import torch

from avatar.renderers import Camera, interpolate, rasterize, screen_derivatives, texture


def floor(size, dtype=torch.float64):
    """A square that recedes from the camera, seen in perspective, and its texture coordinates."""
    points = torch.tensor([[[-1.0, 0.0, 1.0], [1.0, 0.0, 1.0], [1.0, 0.0, -3.0], [-1.0, 0.0, -3.0]]], dtype=dtype)
    camera = Camera.look_at((0.2, 0.7, 2.0), (0.0, 0.0, -0.5), field_of_view=0.6)
    uv = torch.tensor([[[0.0, 0.0], [1.0, 0.0], [1.0, 2.0], [0.0, 2.0]]], dtype=dtype)
    return rasterize(camera.clip(points, size), [[0, 1, 2], [0, 2, 3]], size), uv


def test_equal_central_differences_of_the_picture():
    seen, uv = floor((96, 128))
    values, slopes = interpolate(uv, seen), screen_derivatives(uv, seen)
    inner = seen.mask[0, 1:-1, 1:-1]
    for shift in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        inner = inner & torch.roll(seen.mask, shift, (1, 2))[0, 1:-1, 1:-1]
    assert inner.sum() > 1000
    across = (values[0, 1:-1, 2:] - values[0, 1:-1, :-2]) / 2
    down = (values[0, 2:, 1:-1] - values[0, :-2, 1:-1]) / 2
    expected = torch.stack([across, down], -1)[inner]
    assert expected.abs().max() > 0.01
    torch.testing.assert_close(slopes[0, 1:-1, 1:-1][inner], expected, rtol=0.02, atol=1e-4)


def test_corners_may_have_values_of_their_own():
    seen, uv = floor((24, 32))
    corners = uv[:, torch.tensor([[0, 1, 2], [0, 2, 3]])]
    torch.testing.assert_close(screen_derivatives(corners, seen), screen_derivatives(uv, seen))


def test_nothing_seen_has_no_slope_and_nothing_a_gradient():
    seen, uv = floor((24, 32))
    slopes = screen_derivatives(uv.requires_grad_(), seen)
    assert slopes.shape == (1, 24, 32, 2, 2) and not slopes.requires_grad
    assert not slopes[~seen.mask].any() and slopes[seen.mask].any(-1).any(-1).all()


def test_a_batch_of_one_equals_a_slice():
    seen, uv = floor((24, 32))
    two = rasterize(torch.cat([seen.position_clip.roll(1, 1), seen.position_clip]), seen.faces, (24, 32))
    torch.testing.assert_close(screen_derivatives(uv, two)[1:], screen_derivatives(uv, seen))


def test_far_chequers_are_grey_with_their_footprint():
    seen, uv = floor((64, 64), torch.float32)
    side = torch.arange(256)
    chequers = ((side[:, None] + side) % 2).float()[None, ..., None]
    places = interpolate(uv, seen)
    blurred = texture(chequers, places, footprint=screen_derivatives(uv, seen), filter="trilinear")
    assert (blurred[seen.mask] - 0.5).abs().max() < 0.2
    assert (texture(chequers, places)[seen.mask] - 0.5).abs().max() > 0.4


def test_wrong_shapes_are_refused():
    seen, uv = floor((8, 8))
    with pytest.raises(ValueError, match=r"attributes must be \[B, 4, C\], got \[1, 3, 2\]"):
        screen_derivatives(uv[:, :3], seen)
