"""Smooth and flat normals."""

import numpy as np
import pytest
import torch

from avatar.renderers import face_normals, vertex_normals
from avatar.renderers.normals import unit

from .twins import normals as slow

TETRAHEDRON = torch.tensor([[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]])
FUNCTIONS = (vertex_normals, face_normals)


def meshes(count=2):
    corners = torch.tensor([[0.0, 0, 0], [1, 0.2, 0], [0.3, 1, 0.1], [0.2, 0.3, 0.8]], dtype=torch.float64)
    return corners + 0.1 * torch.randn(count, 4, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


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


def test_tensors_and_arrays_give_the_same(ball_mesh):
    vertices, faces = ball_mesh
    batch = torch.from_numpy(np.stack([vertices, vertices * [1, 2, 3]]))
    normals = vertex_normals(batch, faces)
    for mesh, result in zip(batch, normals, strict=True):
        np.testing.assert_allclose(result, vertex_normals(mesh.numpy(), faces), atol=1e-12)
        assert torch.equal(vertex_normals(mesh, torch.from_numpy(faces).int()), result)
        assert torch.equal(vertex_normals(mesh[None], faces)[0], result)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_equals_the_slow_twin(function):
    weight = torch.randn(2, 4, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    twin = getattr(slow, function.__name__)
    results = []
    for normals in (function, lambda batch, faces: torch.stack([twin(mesh, faces) for mesh in batch])):
        vertices = meshes().requires_grad_()
        result = normals(vertices, TETRAHEDRON)
        results.append((result, *torch.autograd.grad((weight * result).sum(), vertices)))
    for fast, right in zip(*results, strict=True):
        torch.testing.assert_close(fast, right, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_gradients_against_finite_differences(function):
    vertices = meshes().requires_grad_()
    # The other mesh has a sliver without area, a face that is one point, and a vertex without a face.
    odd = torch.tensor([[0, 1, 2], [1, 1, 1], [0, 1, 2], [2, 1, 0]])
    each = torch.stack([TETRAHEDRON, odd])
    assert torch.autograd.gradcheck(lambda given: function(given, each), vertices)
    straight = torch.tensor([[0.0, 0, 0], [1, 0, 0], [2, 0, 0], [0, 1, 0]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda given: vertex_normals(given, [[0, 1, 2], [0, 2, 3], [0, 1, 3]]), straight)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_gradient_where_there_is_no_area(function):
    for corners in ([[0.0, 0, 0]] * 3, [[0.0, 0, 0], [1, 0, 0], [2, 0, 0]], [[0.0, 0, 0], [0, 0, 0], [1, 0, 0]]):
        vertices = torch.tensor(corners, requires_grad=True)
        normals = function(vertices, [[0, 1, 2]])
        normals.sum().backward()
        assert not normals.any() and not vertices.grad.any()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_slivers_have_finite_gradients(function):
    vertices = torch.tensor([[0.0, 0, 0], [1e-12, 0, 0], [1, 1e-12, 0], [1e-30, 1e-30, 0]], requires_grad=True)
    function(vertices, [[0, 1, 2], [0, 1, 3]]).square().sum().backward()
    assert vertices.grad.isfinite().all()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_precision_and_strides(function):
    vertices = meshes()
    exact = function(vertices, TETRAHEDRON)
    for dtype, expected in ((torch.float16, torch.float32), (torch.float32, torch.float32)):
        given = vertices.to(dtype).requires_grad_()
        normals = function(given, TETRAHEDRON)
        normals.sum().backward()
        assert normals.dtype == expected and given.grad.dtype == dtype
        torch.testing.assert_close(normals.double(), exact, rtol=0, atol=1e-2 if dtype == torch.float16 else 1e-5)
    strided = vertices.permute(2, 0, 1).contiguous().permute(1, 2, 0).requires_grad_()
    plain = vertices.clone().requires_grad_()
    weight = torch.rand(2, 4, 3, dtype=torch.float64)
    for given, factor in ((plain, weight), (strided, weight.mT.contiguous().mT)):
        (function(given, TETRAHEDRON) * factor).sum().backward()
    assert torch.equal(plain.grad, strided.grad)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_empty_meshes(function):
    assert not function(torch.zeros(2, 4, 3), torch.zeros(0, 3, dtype=torch.int64)).any()
    assert len(function(torch.zeros(0, 4, 3), TETRAHEDRON)) == 0
    assert function(torch.zeros(2, 0, 3), torch.zeros(0, 3, dtype=torch.int64)).shape == (2, 0, 3)


def test_no_gradient_asked_no_work(monkeypatch):
    monkeypatch.setitem(vertex_normals.__globals__, "scatter_sums", None)
    assert not vertex_normals(meshes(), TETRAHEDRON).requires_grad


def test_unit_vectors():
    vectors = torch.tensor([[3.0, 4.0], [0.0, 0.0], [1e-30, 0.0], [1e-10, 0.0]], requires_grad=True)
    lengths = unit(vectors)
    torch.testing.assert_close(lengths.detach(), torch.tensor([[0.6, 0.8], [0.0, 0.0], [0.0, 0.0], [1.0, 0.0]]))
    lengths.sum().backward()
    assert not vectors.grad[1:3].any() and vectors.grad.isfinite().all()
    assert torch.autograd.gradcheck(unit, torch.randn(5, 3, dtype=torch.float64, requires_grad=True))


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    ("vertices", "faces", "error", "message"),
    [
        (torch.zeros(4, 2), TETRAHEDRON, ValueError, r"vertices must be \[V, 3\], got \[4, 2\]"),
        (torch.zeros(2, 4, 2), TETRAHEDRON, ValueError, r"vertices must be \[B, V, 3\], got \[2, 4, 2\]"),
        (torch.full((4, 3), torch.nan), TETRAHEDRON, ValueError, "vertices must be finite, got nan"),
        (torch.zeros(4, 3, dtype=torch.bool), TETRAHEDRON, TypeError, "vertices must hold real numbers, got bool"),
        (torch.zeros(3, 3), TETRAHEDRON, ValueError, r"faces must index the 3 vertices \(0 to 2\), got 0 to 3"),
        (torch.zeros(4, 3), TETRAHEDRON.double(), TypeError, "faces must be integer vertex indices, got float64"),
        (torch.zeros(3, 4, 3), TETRAHEDRON.expand(2, 4, 3), ValueError, r"faces must be \[3, F, 3\], got \[2, 4, 3\]"),
    ],
)
def test_errors_name_the_argument(function, vertices, faces, error, message):
    with pytest.raises(error, match=message):
        function(vertices, faces)


def test_vertices_on_another_device():
    with pytest.raises(ValueError, match="vertices must be on the CPU, got meta"):
        vertex_normals(torch.zeros(1, 4, 3, device="meta"), TETRAHEDRON)
