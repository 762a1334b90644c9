"""Perspective-correct interpolation, one pixel after the other, differentiated by autograd."""

import torch


def interpolate(attributes, position_clip, faces, triangle_id):
    """[B, H, W, C] from attributes [1 or B, V, C] or [1 or B, F, 3, C], faces [F, 3] or [B, F, 3], and seen faces."""
    batch, height, width = triangle_id.shape
    images = []
    for b in range(batch):
        mesh = faces if faces.ndim == 2 else faces[b]
        source = attributes[b % len(attributes)]
        image = []
        for row in range(height):
            for column in range(width):
                face = int(triangle_id[b, row, column])
                if face < 0:
                    image.append(torch.zeros(attributes.shape[-1], dtype=attributes.dtype))
                    continue
                values = source[mesh[face]] if source.ndim == 2 else source[face]
                weights = barycentric(position_clip[b, mesh[face]], row, column, height, width)
                image.append(weights.to(values) @ values)
        images.append(torch.stack(image).reshape(height, width, -1))
    return torch.stack(images)


def barycentric(corners, row, column, height, width):
    """Shares [3] of the corners [3, 4] of what lies on the ray through a pixel, clamped to the triangle."""
    place = torch.tensor([2 * (column + 0.5) / width - 1, 1 - 2 * (row + 0.5) / height, 1.0], dtype=torch.float64)
    shares = torch.linalg.solve(corners[:, [0, 1, 3]].double().T, place).clamp(min=0)
    return shares / shares.sum()
