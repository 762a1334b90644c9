"""The choice of a backend, and what it says where it cannot be had."""

import importlib.util

import pytest
import torch

from avatar.renderers import backends, rasterize

CORNERS = torch.tensor([[[-1.0, -1, 0, 1], [3, -1, 0, 1], [-1, 3, 0, 1]]])
FACE = [[0, 1, 2]]


@pytest.fixture
def without(monkeypatch):
    """Pretend that a package is not installed."""

    def hide(name):
        find = importlib.util.find_spec
        monkeypatch.setattr(importlib.util, "find_spec", lambda wanted: None if wanted == name else find(wanted))
        monkeypatch.setattr(backends.numba.config, "ENABLE_CUDASIM", 0)
        backends.cuda_kernels.cache_clear()

    yield hide
    backends.cuda_kernels.cache_clear()


def test_auto_goes_by_the_device():
    seen = [rasterize(CORNERS, FACE, (3, 4), backend=backend) for backend in ("auto", "cpu")]
    assert seen[0].triangle_id.equal(seen[1].triangle_id)
    assert backends.choose_backend("auto", CORNERS) == "cpu"


@pytest.mark.parametrize(
    ("backend", "message"),
    [
        ("opengl", 'backend must be one of "auto", "cpu", "cuda", "nvdiffrast", "pytorch3d", got \'opengl\''),
        ("cuda", r'position_clip must be on a CUDA device for backend="cuda", got cpu; bring it there with .cuda\(\)'),
        ("nvdiffrast", 'position_clip must be on a CUDA device for backend="nvdiffrast", got cpu'),
    ],
)
def test_errors_name_the_choice(backend, message):
    with pytest.raises(ValueError, match=message):
        rasterize(CORNERS, FACE, (3, 4), backend=backend)


def test_tensors_elsewhere_are_refused():
    with pytest.raises(ValueError, match='position_clip must be on the CPU for backend="auto", got meta'):
        backends.choose_backend("auto", CORNERS.to("meta"))


def test_cuda_tensors_without_the_extra(monkeypatch, without):
    without("numba_cuda")
    monkeypatch.setattr(backends, "uses_cuda", lambda tensor: True)
    with pytest.raises(ImportError, match=r'pip install "avatar\[cuda\]"'):
        rasterize(CORNERS, FACE, (3, 4))
