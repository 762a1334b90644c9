"""The CUDA kernels run on the GPU where there is one, and in numba's simulator elsewhere."""

import importlib.util
import os
import sys

import numba
import pytest
import torch

from avatar.renderers import backends

ON_GPU = torch.cuda.is_available() and importlib.util.find_spec("numba_cuda") is not None

if not ON_GPU:
    assert "numba.cuda" not in sys.modules, "the simulator must be chosen before numba.cuda is imported"
    os.environ["NUMBA_ENABLE_CUDASIM"] = "1"
    numba.config.ENABLE_CUDASIM = 1


@pytest.fixture
def cuda(monkeypatch):
    """Run a function with the CUDA kernels on copies of its tensors, which may require gradients."""

    def run(function, *tensors):
        with monkeypatch.context() as patch:
            if not ON_GPU:
                # Tensors that have nowhere to go count as being there.
                patch.setattr(backends, "uses_cuda", lambda tensor: True)
            return function(*(there(tensor) for tensor in tensors))

    return run


def there(tensor):
    """A copy where the kernels run, of the same strides."""
    device = "cuda" if ON_GPU else "cpu"
    copy = torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype, device=device)
    return copy.copy_(tensor.detach()).requires_grad_(tensor.requires_grad)
