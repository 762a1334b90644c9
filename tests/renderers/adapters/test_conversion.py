"""Other libraries' conventions, as their documentation states them, against stand-ins that keep to it."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch

from avatar.renderers import Camera, backends, interpolate, rasterize

SIZE = (6, 9)


def scene():
    """Two images of triangles before the camera, some seen from behind."""
    random = np.random.default_rng(1)
    points = random.uniform(-1.0, 1.0, (2, 60, 3))
    points[..., 2] = random.uniform(-4.0, -1.0, (2, 60))
    clip = torch.from_numpy(Camera(np.eye(4), (0.9, 0.9), near=0.2, far=10.0).clip(points, SIZE))
    return clip, torch.arange(60).reshape(-1, 3)


def nvdiffrast():
    """Images bottom up; (u, v, z / w, id + 1) with 0 for none; faces count through all ranges of one mesh."""

    def draw(_, pos, tri, resolution, ranges=None, grad_db=True):
        assert pos.dtype == torch.float32 and tri.dtype == ranges.dtype == torch.int32 and not grad_db
        result = []
        for first, count in ranges.tolist():
            seen = rasterize(pos[None].double(), tri[first : first + count], tuple(resolution), backend="cpu")
            number = torch.where(seen.mask, seen.triangle_id + 1 + first, 0)
            result.append(torch.cat([seen.barycentric[..., :2], seen.depth[..., None], number[..., None]], -1)[0])
        return torch.stack(result).float().flip(1), None

    module = ModuleType("nvdiffrast.torch")
    module.rasterize, module.RasterizeCudaContext = draw, lambda device: device
    return {"nvdiffrast": ModuleType("nvdiffrast"), "nvdiffrast.torch": module}


def pytorch3d():
    """+x to the left, the shorter side from -1 to 1, depth along the line of sight; faces count through all meshes."""

    def draw(meshes, image_size, blur_radius, faces_per_pixel, perspective_correct):
        assert blur_radius == 0.0 and faces_per_pixel == 1 and perspective_correct
        height, width = image_size
        found, weights, before = [], [], 0
        for vertices, faces in zip(meshes.verts, meshes.faces, strict=True):
            x, y, depth = vertices.double().unbind(-1)
            x, y = -x * min(image_size) / width, y * min(image_size) / height
            # Any depth that grows with the distance will do: 1 - 1 / depth is straight in the picture.
            clip = torch.stack([x * depth, y * depth, depth - 1.0, depth], -1)
            seen = rasterize(clip[None], faces, image_size, backend="cpu")
            found.append(torch.where(seen.mask, seen.triangle_id.long() + before, -1)[0])
            weights.append(torch.where(seen.mask[..., None], seen.barycentric, -1.0).float()[0])
            before += len(faces)
        return torch.stack(found)[..., None], None, torch.stack(weights)[..., None, :], None

    structures, inner = ModuleType("pytorch3d.structures"), ModuleType("pytorch3d.renderer.mesh.rasterize_meshes")
    structures.Meshes = lambda verts, faces: SimpleNamespace(verts=verts, faces=faces)
    inner.rasterize_meshes = draw
    packages = {name: ModuleType(name) for name in ("pytorch3d", "pytorch3d.renderer", "pytorch3d.renderer.mesh")}
    return {**packages, structures.__name__: structures, inner.__name__: inner}


STAND_INS = {"nvdiffrast": nvdiffrast, "pytorch3d": pytorch3d}


@pytest.fixture(params=sorted(STAND_INS))
def backend(request, monkeypatch):
    """A backend's name, with its library stood in for."""
    for name, module in STAND_INS[request.param]().items():
        monkeypatch.setitem(sys.modules, name, module)
    if request.param == "nvdiffrast":
        # Tensors stay on the CPU, where the stand-in draws.
        monkeypatch.setattr(sys.modules[rasterize.__module__], "choose_backend", lambda wanted, _: wanted)
    return request.param


def agree(theirs, ours):
    """Check that fragments agree but for single precision."""
    assert theirs.triangle_id.dtype == torch.int32
    assert theirs.triangle_id.equal(ours.triangle_id)
    torch.testing.assert_close(theirs.barycentric, ours.barycentric, atol=1e-5, rtol=0)
    torch.testing.assert_close(theirs.depth, ours.depth, atol=1e-3, rtol=0)


@pytest.mark.parametrize("cull", [False, True])
def test_their_fragments_are_ours(backend, cull):
    clip, faces = scene()
    ours = rasterize(clip, faces, SIZE, cull_backs=cull, backend="cpu")
    assert len(ours.triangle_id.unique()) > 5
    agree(rasterize(clip, faces, SIZE, cull_backs=cull, backend=backend), ours)


def test_tall_pictures_and_meshes_of_their_own(backend):
    clip, faces = scene()
    meshes = torch.stack([faces, faces.flip(0)])
    meshes[1, 6:] = -1
    agree(rasterize(clip, meshes, (9, 6), backend=backend), rasterize(clip, meshes, (9, 6), backend="cpu"))


def test_other_operations_work_on_them(backend):
    clip, faces = scene()
    clip.requires_grad_()
    values = torch.rand(1, 60, 2, dtype=torch.float64)
    gradients = []
    for name in (backend, "cpu"):
        picture = interpolate(values, rasterize(clip, faces, SIZE, backend=name))
        gradients.append(torch.autograd.grad(picture.square().sum(), clip)[0])
    torch.testing.assert_close(gradients[0], gradients[1], atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(("images", "faces"), [(0, 1), (2, 0)])
def test_empty_things(backend, images, faces):
    clip, mesh = torch.ones(images, 3, 4), torch.zeros(faces, 3, dtype=torch.int64)
    agree(rasterize(clip, mesh, SIZE, backend=backend), rasterize(clip, mesh, SIZE, backend="cpu"))


def test_what_the_near_plane_cuts_pytorch3d_leaves_out(monkeypatch):
    for name, module in pytorch3d().items():
        monkeypatch.setitem(sys.modules, name, module)
    clip = torch.tensor([[[-1.0, -1, 0, 1], [3, -1, 0, 1], [-1, 3, -2, 1], [-1, 3, 0.5, 1]]])
    seen = rasterize(clip, [[0, 1, 2], [0, 1, 3]], SIZE, backend="pytorch3d")
    assert (seen.triangle_id == 1).any() and not (seen.triangle_id == 0).any()


@pytest.mark.parametrize("name", sorted(STAND_INS))
def test_what_to_install(monkeypatch, name):
    monkeypatch.setattr(backends, "uses_cuda", lambda tensor: True)
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=f'backend="{name}" needs .* pip install --no-build-isolation git'):
        rasterize(*scene(), SIZE, backend=name)


@pytest.mark.parametrize("name", sorted(STAND_INS))
def test_the_library_itself(name):
    pytest.importorskip(name)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "nvdiffrast" and device == "cpu":
        pytest.skip("needs a GPU")
    clip, faces = scene()
    ours = rasterize(clip, faces, (96, 128), backend="cpu")
    theirs = rasterize(clip.to(device), faces.to(device), (96, 128), backend=name)
    same = theirs.triangle_id.cpu() == ours.triangle_id
    # They round corners differently, so pixels along edges differ.
    assert same.double().mean() > 0.98
    torch.testing.assert_close(theirs.depth.cpu()[same], ours.depth[same], atol=1e-3, rtol=0)
    torch.testing.assert_close(theirs.barycentric.cpu()[same], ours.barycentric[same], atol=2e-2, rtol=0)
