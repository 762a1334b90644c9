"""Smoothed silhouettes: one crossing after the other, differentiated by autograd."""

import torch

from . import crossings as slow
from .edge_gradients import depth_plane, pixels


def antialias(image, position_clip, faces, triangle_id):
    """[B, H, W, C]; differentiable in the image and the positions. Knows of single changes between two pixels."""
    size = triangle_id.shape[1:]
    blends = {}
    for way in slow.ways(position_clip.detach().numpy(), faces.numpy(), triangle_id.numpy()):
        if len(way.changes) != 1:
            continue
        mesh = faces if faces.ndim == 2 else faces[way.image]
        line = line_of(position_clip[way.image], mesh, way.changes[0])
        beside, below = (abs(part) * 2 / side for part, side in zip(line.tolist(), (size[1], size[0]), strict=False))
        if below <= beside if way.vertical else beside < below:
            continue
        place = place_on(line, way, size)
        first, second = pixels(way)
        taker, giver = (second, first) if place > 0.5 else (first, second)
        blends.setdefault(taker, []).append(((place - 0.5).abs(), giver))
    result = image.clone()
    for taker, parts in blends.items():
        # Where they claim more than the pixel, they share it.
        whole = sum(amount for amount, _ in parts).clamp(min=1)
        result[taker] = image[taker] + sum(amount / whole * (image[giver] - image[taker]) for amount, giver in parts)
    return result


def line_of(clip, faces, change):
    """l with l . (x, y, 1) = 0 in the picture."""
    if change.edge is not None:
        return torch.linalg.cross(*clip[list(change.edge)][:, [0, 1, 3]])
    one, other = (depth_plane(clip[faces[face]]) for face in change.faces)
    return one - other


def place_on(line, way, size):
    """Where a line crosses the way, from 0 at the first centre to 1 at the second."""
    height, width = size
    x, y = 2 * (way.column + 0.5) / width - 1, 1 - 2 * (way.row + 0.5) / height
    if way.vertical:
        return (1 + (line[0] * x + line[2]) / line[1]) * height / 2 - way.row - 0.5
    return (1 - (line[1] * y + line[2]) / line[0]) * width / 2 - way.column - 0.5
