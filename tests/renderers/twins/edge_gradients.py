"""What moving edges do to a picture: one crossing after the other, each of them differentiated by autograd."""

import numpy as np
import torch

from . import crossings as slow


def edge_gradients(image, incoming, clip, faces, triangle_id):
    """The gradient [B, V, 4] that an image [B, H, W, C] with gradient `incoming` sends to clip positions.

    Two pixels with more than one change in between are left out.
    """
    positions = clip.detach().double().requires_grad_()
    ways = slow.ways(positions.detach().numpy(), faces.numpy(), triangle_id.numpy())
    goes_on = continues(ways, triangle_id)
    total = 0.0 * positions.sum()
    for way in ways:
        if len(way.changes) == 1:
            (change,) = way.changes
            near, far = colours(image, way, change, goes_on)
            step = (near - far) @ worth(incoming, way)
            total = total + step * offset(positions, faces, way, change, triangle_id.shape[1:])
    return torch.autograd.grad(total, positions)[0]


def continues(ways, triangle_id):
    """Whether what a pixel sees goes on to the right one and the lower one, [B, H, W, 2]."""
    height, width = triangle_id.shape[1:]
    seen = triangle_id >= 0
    result = np.zeros((*triangle_id.shape, 2), bool)
    result[:, :, : width - 1, 0] = seen[:, :, 1:] & seen[:, :, :-1]
    result[:, : height - 1, :, 1] = seen[:, 1:] & seen[:, :-1]
    for way in ways:
        if way.changes:
            result[way.image, way.row, way.column, int(way.vertical)] = False
    return result


def where_certain(incoming, clip, faces, triangle_id):
    """The gradient of an image with 0 for pixels with more than one change on the way to a neighbour.

    And for those that see another face than the twin, which does not round positions to 1/256 pixel.
    """
    result = incoming.clone()
    for way in slow.ways(clip.detach().numpy(), faces.numpy(), triangle_id.numpy()):
        if len(way.changes) > 1 or way.seen != tuple(int(triangle_id[pixel]) for pixel in pixels(way)):
            for pixel in pixels(way):
                result[pixel] = 0.0
    return result


def pixels(way):
    """The indices of the two pixels."""
    return (
        (way.image, way.row, way.column),
        (way.image, way.row + way.vertical, way.column + (not way.vertical)),
    )


def worth(incoming, way):
    """Half of both pixels' gradients [C]."""
    first, second = pixels(way)
    return 0.5 * (incoming[first] + incoming[second]).double()


def colours(image, way, change, goes_on):
    """What meets at a change, [C] each: both sides continued in a straight line, if they have two pixels in a row."""
    first, second = pixels(way)
    down, right = int(way.vertical), int(not way.vertical)
    before = (way.image, way.row - down, way.column - right)
    after = (way.image, second[1] + down, second[2] + right)
    height, width = image.shape[1:3]
    near, far = image[first].double(), image[second].double()
    if min(before[1:]) >= 0 and goes_on[(*before, down)]:
        near = near + change.place * (image[first].double() - image[before].double())
    if after[1] < height and after[2] < width and goes_on[(*second, down)]:
        far = far + (1 - change.place) * (image[second].double() - image[after].double())
    return near, far


def offset(positions, faces, way, change, size):
    """How many pixels a change is further on the way: 0, differentiable in the positions [B, V, 4]."""
    height, width = size
    column = way.column + 0.5 + (0 if way.vertical else change.place)
    row = way.row + 0.5 + (change.place if way.vertical else 0)
    x, y = 2 * column / width - 1, 1 - 2 * row / height
    clip = positions[way.image]
    if change.edge is not None:
        u, v = clip[list(change.edge)]
        # The point of the edge on the row, or the column, of both pixels; it keeps its share of the ends.
        axis, held = (0, x) if way.vertical else (1, y)
        at_u, at_v = ((end[axis] - held * end[3]).item() for end in (u, v))
        return on_way(u + at_u / (at_u - at_v) * (v - u), way, size)
    mesh = faces if faces.ndim == 2 else faces[way.image]
    one, other = (depth_plane(clip[mesh[face]]) for face in change.faces)
    line = one - other
    slope = line.detach()[:2] * torch.tensor([2 / width, -2 / height], dtype=torch.float64)
    value = line @ torch.tensor([x, y, 1.0], dtype=torch.float64)
    # The cut moves along its normal by -value / |slope|; the part of the normal along the way counts.
    return -slope[int(way.vertical)] * (value - value.detach()) / (slope @ slope)


def on_way(point, way, size):
    """How far a point (x, y, z, w) moves along the way, pixels: 0, differentiable."""
    height, width = size
    at = -0.5 * height * point[1] / point[3] if way.vertical else 0.5 * width * point[0] / point[3]
    return at - at.detach()


def depth_plane(corners):
    """g with g . (x, y, 1) = z / w in the picture."""
    return torch.linalg.solve(corners[:, [0, 1, 3]], corners[:, 2])
