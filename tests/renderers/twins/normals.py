"""Normals of a mesh from its angles, corner by corner; slow, and differentiated by autograd."""

import torch


def vertex_normals(vertices, faces):
    """Of one mesh [V, 3], whose faces all have an area."""
    sums = [torch.zeros(3, dtype=vertices.dtype) for _ in vertices]
    for face in faces.tolist():
        for corner in range(3):
            here, after, before = (vertices[face[(corner + step) % 3]] for step in range(3))
            u, v = after - here, before - here
            sums[face[corner]] = sums[face[corner]] + torch.linalg.cross(u, v) / (u.dot(u) * v.dot(v))
    return torch.stack([total / torch.linalg.norm(total) for total in sums])


def face_normals(vertices, faces):
    normals = []
    for i, j, k in faces.tolist():
        normal = torch.linalg.cross(vertices[j] - vertices[i], vertices[k] - vertices[i])
        normals.append(normal / torch.linalg.norm(normal))
    return torch.stack(normals)
