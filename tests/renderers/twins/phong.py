"""Blinn and Phong's reflection, one pixel and one light after the other, differentiated by autograd."""

import torch


def phong(normals, positions, albedo, lights, camera_position, *, specular, shininess):
    """Of one batch [B, N, 3], with lights for each image and numbers for the highlights."""
    images = []
    for b in range(len(normals)):
        rows = []
        for normal, position, base in zip(normals[b], positions[b], albedo[b], strict=True):
            n = normal / normal.norm()
            v = camera_position[b] - position
            v = v / v.norm()
            share = (n[1] + 1) / 2
            matte = share * lights.sky[b] + (1 - share) * lights.ground[b]
            shine = torch.zeros_like(base)
            for direction, colour in zip(lights.direction[b], lights.colour[b], strict=True):
                light = direction / direction.norm()
                h = light + v
                h = h / h.norm()
                toward = n.dot(light).clamp(min=0)
                matte = matte + colour * toward
                shine = shine + colour * toward * n.dot(h).clamp(min=0) ** shininess
            rows.append(base * matte + specular * shine)
        images.append(torch.stack(rows))
    return torch.stack(images)
