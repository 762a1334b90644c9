"""Smooth normals."""

import numpy as np

from avatar.renderers import vertex_normals


def test_exact_on_a_sphere(ball_mesh):
    vertices, faces = ball_mesh
    stretch = np.linalg.norm(vertices, axis=1, keepdims=True)
    # The poles are many vertices in one place here, each with one face; everywhere else Max's weights are exact.
    inner = np.abs(vertices[:, 1]) < 0.099
    np.testing.assert_allclose(vertex_normals(vertices, faces)[inner], (vertices / stretch)[inner], atol=0.08)
    octahedron = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1.0]])
    eight = [[0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5]]
    np.testing.assert_allclose(vertex_normals(octahedron, eight), octahedron, atol=1e-12)


def test_uneven_triangles_on_a_sphere():
    random = np.random.default_rng(0)
    ring = np.sort(random.uniform(0, 2 * np.pi, 7))
    around = np.stack([np.sin(0.4) * np.cos(ring), np.sin(0.4) * np.sin(ring), np.cos(0.4) + 0 * ring], 1)
    vertices = np.concatenate([around, [[0, 0, 1.0]]])
    fan = [[7, k, (k + 1) % 7] for k in range(7)]
    np.testing.assert_allclose(vertex_normals(vertices, fan)[7], [0, 0, 1], atol=1e-12)


def test_a_vertex_without_area_has_none():
    assert not vertex_normals([[0.0, 0, 0], [1, 0, 0], [2, 0, 0], [5, 5, 5]], [[0, 1, 2]]).any()
