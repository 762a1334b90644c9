"""What everything that moves does to a picture: one pair of neighbours after the other, differentiated by autograd."""

import torch

from . import crossings as slow
from .edge_gradients import colours, continues, offset, on_way, pixels, worth


def motion_gradients(image, incoming, fragments):
    """The gradient [B, V, 4] that an image [B, H, W, C] with gradient `incoming` sends to clip positions.

    Two pixels with more than one change in between are left out.
    """
    positions = fragments.position_clip.detach().double().requires_grad_()
    faces, ids = fragments.faces, fragments.triangle_id
    batch, height, width = ids.shape
    ways = slow.ways(positions.detach().numpy(), faces.numpy(), ids.numpy())
    goes_on = continues(ways, ids)
    total = 0.0 * positions.sum()
    for way in ways:
        if len(way.changes) == 1:
            (change,) = way.changes
            near, far = colours(image, way, change, goes_on)
            first, second = pixels(way)
            value = worth(incoming, way)
            # From the first centre to the edge, at the edge, and from the edge to the second centre.
            total = total + (near - far) @ value * offset(positions, faces, way, change, (height, width))
            for pixel, step in ((first, image[first] - near), (second, far - image[second])):
                if ids[pixel] >= 0:
                    total = total + step @ value * on_way(seen_point(positions, fragments, pixel), way, (height, width))
    for b in range(batch):
        for row in range(height):
            for column in range(width):
                for vertical in (False, True):
                    if goes_on[b, row, column, int(vertical)]:
                        way = slow.Way(b, row, column, vertical, (0, 0), ())
                        total = total + inside(image, incoming, positions, fragments, way)
    return torch.autograd.grad(total, positions)[0]


def inside(image, incoming, positions, fragments, way):
    """The part of a pair on one surface: its step moves as the mean of both points does."""
    first, second = pixels(way)
    size = fragments.size
    last = size[0 if way.vertical else 1] - 1
    # At the picture's border a pixel has one neighbour, which stands for both.
    value = sum(
        (1.0 if pixel[1 if way.vertical else 2] in (0, last) else 0.5) * incoming[pixel].double()
        for pixel in (first, second)
    )
    points = [on_way(seen_point(positions, fragments, pixel), way, size) for pixel in (first, second)]
    return (image[first] - image[second]).double() @ value * 0.5 * (points[0] + points[1])


def seen_point(positions, fragments, pixel):
    """The clip position of the point that a pixel sees; its shares are held."""
    mesh = fragments.faces if fragments.faces.ndim == 2 else fragments.faces[pixel[0]]
    return fragments.barycentric[pixel].double() @ positions[pixel[0], mesh[int(fragments.triangle_id[pixel])]]
