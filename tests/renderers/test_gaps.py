"""Gaps between two edges that are narrower than a pixel."""

import pytest
import torch

from avatar.renderers import edge_gradients, interpolate, motion_gradients, rasterize

SIZE = (8, 8)
QUAD = torch.tensor([[0, 1, 2], [0, 2, 3]])
FACES = torch.cat([QUAD, QUAD + 4, QUAD + 8])
GAP = (4.6, 4.9)


def upright(left, right, depth):
    """A rectangle as high as the picture and more, from column `left` to `right` in pixels."""
    x = torch.tensor([left, right, right, left], dtype=torch.float64) * 2.0 / SIZE[1] - 1.0
    y = torch.tensor([-2.0, -2.0, 2.0, 2.0], dtype=torch.float64)
    return torch.stack([x, y, torch.full_like(x, depth), torch.ones_like(x)], 1)


def two_doors():
    """Two doors with a gap of 0.3 pixels between them, and a wall behind."""
    return torch.cat([upright(-9.0, GAP[0], 0.0), upright(GAP[1], 20.0, 0.0), upright(-9.0, 20.0, 0.5)])[None]


def painted(left, right, wall):
    return torch.tensor([left] * 4 + [right] * 4 + [wall] * 4, dtype=torch.float64)[None, :, None]


MAKERS = {
    "motion": lambda colours, seen, shade: motion_gradients(interpolate(colours, seen.still), seen, shade=shade),
    "edges": lambda colours, seen, shade: edge_gradients(interpolate(colours, seen), seen, shade=shade),
}


def slopes(name, colours, clip=None, *, known=True):
    """What the sum of the picture gains as the left and the right door move by a pixel to the right."""
    clip = (two_doors() if clip is None else clip).requires_grad_()
    seen = rasterize(clip, FACES, SIZE)
    assert seen.triangle_id.max() < 4, "a pixel sees the wall"
    picture = MAKERS[name](colours, seen, (lambda spots: interpolate(colours, spots)) if known else None)
    picture.sum().backward()
    return (clip.grad[..., 0].reshape(-1, 3, 4).sum(2)[:, :2] * 2.0 / SIZE[1]).tolist()


@pytest.mark.parametrize("name", MAKERS)
def test_a_door_that_closes_a_gap_hides_what_shows_in_it(name):
    # Eight rows of the door's colour instead of the wall's.
    (moved,) = slopes(name, painted(0.2, 0.3, 0.9))
    assert moved == pytest.approx([8 * (0.2 - 0.9), 8 * (0.9 - 0.3)])
    (guessed,) = slopes(name, painted(0.2, 0.3, 0.9), known=False)
    assert guessed == pytest.approx([8 * (0.2 - 0.25), 8 * (0.25 - 0.3)])


@pytest.mark.parametrize("name", MAKERS)
def test_each_image_has_its_own_gaps(name):
    # The first has none, and the third a gap of another colour, through which nothing is seen.
    clip = two_doors().repeat(3, 1, 1)
    clip[0, 4:8] = upright(4.1, 20.0, 0.1)
    clip[2, 8:, 2] = 3.0
    first, second, third = slopes(name, painted(0.2, 0.3, 0.9), clip)
    assert first == pytest.approx([8 * (0.2 - 0.3), 0.0])
    assert second == pytest.approx([8 * (0.2 - 0.9), 8 * (0.9 - 0.3)])
    assert third == pytest.approx([8 * 0.2, -8 * 0.3])


def test_what_is_made_of_a_gap_must_fit():
    clip, colours = two_doors().requires_grad_(), painted(0.2, 0.3, 0.9)
    seen = rasterize(clip, FACES, SIZE)
    image = interpolate(colours, seen.still)
    with pytest.raises(ValueError, match=r"shade must make colours \[1, 1, 8, 1\].* got \[1, 8, 8, 1\]"):
        motion_gradients(image, seen, shade=lambda spots: image)


def test_shade_is_asked_only_where_a_gap_is():
    clip, colours = two_doors(), painted(0.2, 0.3, 0.9)
    clip[0, 4:8] = upright(4.1, 20.0, 0.1)
    seen = rasterize(clip.requires_grad_(), FACES, SIZE)
    motion_gradients(interpolate(colours, seen.still), seen, shade=lambda spots: pytest.fail("asked for nothing"))
