"""Differentiate pictures whose derivatives are known."""

import importlib
import math

import pytest
import torch

# Turned, since edges along rows pass all their samples at once: 0.8 by 0.6, a share of 0.12 of the picture.
TURN = torch.tensor([[math.cos(0.3), math.sin(0.3)], [-math.sin(0.3), math.cos(0.3)]], dtype=torch.float64)
SQUARE = torch.tensor([[-0.4, -0.3], [0.4, -0.3], [0.4, 0.3], [-0.4, 0.3]], dtype=torch.float64) @ TURN
FACES = torch.tensor([[0, 1, 2], [0, 2, 3]])


@pytest.fixture(scope="module")
def differences(checkout):
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(checkout)
        yield importlib.import_module("benchmarks.differences")


def drawing(*squares):
    """White squares, each its (corners [4, 2], depth, colour)."""
    clips = [torch.cat([xy, torch.full((4, 1), z), torch.ones(4, 1)], 1) for xy, z, _ in squares]
    colours = [torch.full((4, 1), colour) for _, _, colour in squares]
    return torch.cat(clips).double()[None], torch.cat(colours).double()[None]


def mean(picture, rows, columns):
    return torch.stack([picture.mean(), (picture[..., 0] * columns).mean()])


def zero():
    return torch.zeros((), dtype=torch.float64)


def test_a_square_that_grows(differences):
    # A share of 0.12 (1 + t)^2, centred at half of the picture's width.
    growing = differences.Differences(lambda t: drawing((SQUARE * (1.0 + t), 0.0, 1.0)), FACES, mean, zero())
    found = growing.slope(0.02)
    assert found.value.tolist() == pytest.approx([0.24, 0.12], rel=2e-3)
    assert found.doubt < 0.002
    assert found.bends[0] == pytest.approx(found.bends[1] / 2.0, rel=0.2)
    assert not found.corner(0.001)


def test_what_does_not_move_is_not_drawn(differences):
    faces = torch.cat([FACES, FACES + 4])
    away = SQUARE * 0.1 + torch.tensor([0.9, 0.9])

    def draw(t):
        return drawing((SQUARE + t * torch.tensor([1.0, 0.0]), 0.0, 1.0), (away, 0.0, 5.0))

    wide, high = SQUARE.amax(0).tolist()
    drawings = [draw(torch.tensor(t, dtype=torch.float64)) for t in (0.0, 0.1, -0.1)]
    assert differences.changing_part(drawings, faces) == pytest.approx((-wide - 0.1, wide + 0.1, -high, high))
    found = differences.Differences(draw, faces, mean, zero()).slope(0.02)
    # The mean stays, and the mean of place times colour moves by the square's share of 0.12 times half of the way.
    assert found.value.tolist() == pytest.approx([0.0, 0.06], abs=1e-4)


def test_a_parameter_that_moves_nothing_has_no_slope(differences):
    still = differences.Differences(lambda t: drawing((SQUARE, 0.0, 1.0)), FACES, mean, zero())
    assert still.slope(0.1).value.tolist() == [0.0, 0.0]


def test_a_corner_stays(differences):
    # Seen to the right of t = 0 alone: slopes of 0.24 and 0 to both sides of it.
    hinged = differences.Differences(
        lambda t: drawing((SQUARE * (1.0 + t.clamp(min=0.0)), 0.0, 1.0)), FACES, mean, zero()
    )
    found = hinged.slope(0.01)
    assert found.bends[0] == pytest.approx(math.hypot(0.24, 0.12), rel=0.03)
    assert found.corner(0.2)


def test_steps_shrink_until_they_agree(differences):
    # The slope is 0.24 within a hundredth around t = 0, and 0 beyond.
    hinged = differences.Differences(
        lambda t: drawing((SQUARE * (1.0 + t.clamp(-0.01, 0.01)), 0.0, 1.0)), FACES, mean, zero()
    )
    start = hinged.slope(0.04)
    assert start.doubt > 0.05
    found = hinged.refined(start, 0.005, ((0.25, 2), (0.25, 3), (0.25, 5)))
    assert found.step < 0.01
    assert found.value.tolist() == pytest.approx([0.24, 0.12], rel=0.01)


def test_steps_that_agree_on_the_mean_of_two_slopes_are_doubtful(differences):
    # The slope is 0.24 at t = 0, but 0 before t = -0.001: differences of all wider steps find about 0.12.
    hinged = differences.Differences(
        lambda t: drawing((SQUARE * (1.0 + t.clamp(min=-0.001)), 0.0, 1.0)), FACES, mean, zero()
    )
    wide, close = hinged.slope(0.16), hinged.slope(0.08)
    assert math.dist(wide.value, close.value) < 0.02
    assert wide.value[0] < 0.15 and wide.doubt > 0.05
    assert wide.doubt == pytest.approx(0.5 * math.hypot(0.24, 0.12), rel=0.2)


def test_a_wide_part_is_drawn_as_finely_as_pictures_can_be(differences):
    growing = differences.Differences(lambda t: drawing((SQUARE * 0.001 + t, 0.0, 1.0)), FACES, mean, zero())
    fine = differences.Fineness(samples=100, least=30_000, most=30_000)
    strip = (-1.0, 1.0, -0.0005, 0.0005)
    assert torch.isfinite(differences.losses(growing.draw(zero()), FACES, mean, strip, fine)).all()
