"""Irradiance as a quadratic polynomial (Ramamoorthi and Hanrahan 2001, equation 13), differentiated by autograd."""

import math

import torch


def spherical_harmonics(normals, coefficients):
    """Of one batch [B, N, 3] and [B, 9, 3]; the constants c1 to c5 are the paper's, c4 without its pi."""
    c1 = math.pi / 4 * math.sqrt(15 / math.pi) / 4
    c2 = 2 * math.pi / 3 * math.sqrt(3 / math.pi) / 4
    c3, c5 = 3 * math.pi / 4 * math.sqrt(5 / math.pi) / 4, math.pi / 4 * math.sqrt(5 / math.pi) / 4
    c4 = 1 / (2 * math.sqrt(math.pi))
    images = []
    for image, light in zip(normals, coefficients, strict=True):
        rows = []
        for x, y, z in image.unbind():
            constant = c4 * light[0] - c5 * light[8] + c3 * light[8] * z**2 + c1 * light[7] * (x**2 - y**2)
            mixed = 2 * c1 * (light[4] * x * y + light[5] * x * z + light[6] * y * z)
            rows.append(constant + mixed + 2 * c2 * (light[1] * x + light[2] * y + light[3] * z))
        images.append(torch.stack(rows))
    return torch.stack(images)
