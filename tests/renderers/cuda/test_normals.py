"""Vertex normals where the mesh is against those on the CPU."""

import pytest
import torch

from avatar.renderers import vertex_normals


@pytest.mark.parametrize("own", [False, True])
def test_normals_and_their_gradient(cuda, own):
    random = torch.Generator().manual_seed(0)
    vertices = torch.randn(2, 9, 3, generator=random, dtype=torch.float64).requires_grad_()
    # Some name a vertex twice, and not every vertex has a face.
    faces = torch.randint(0, 8, (2, 12, 3) if own else (12, 3), generator=random)
    incoming = torch.randn(2, 9, 3, generator=random, dtype=torch.float64)

    def normals(vertices, faces, incoming):
        result = vertex_normals(vertices, faces)
        return result.detach().cpu(), torch.autograd.grad(result, vertices, incoming)[0].cpu()

    for ours, theirs in zip(cuda(normals, vertices, faces, incoming), normals(vertices, faces, incoming), strict=True):
        assert theirs.count_nonzero() > 0
        torch.testing.assert_close(ours, theirs)
