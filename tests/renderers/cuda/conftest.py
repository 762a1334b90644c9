"""The CUDA kernels run on the GPU where there is one, and in numba's simulator elsewhere."""

import os
import sys

import numba
import pytest
import torch

from avatar.renderers import backends

if not torch.cuda.is_available():
    assert "numba.cuda" not in sys.modules, "the simulator must be chosen before numba.cuda is imported"
    os.environ["NUMBA_ENABLE_CUDASIM"] = "1"
    numba.config.ENABLE_CUDASIM = 1


@pytest.fixture
def cuda(monkeypatch):
    """Run a function with the CUDA kernels on copies of its tensors, which may require gradients."""

    def run(function, *tensors):
        with monkeypatch.context() as patch:
            if not torch.cuda.is_available():
                # Tensors that have nowhere to go count as being there.
                patch.setattr(backends, "uses_cuda", lambda tensor: True)
            return function(*(there(tensor) for tensor in tensors))

    return run


def there(value):
    """A copy where the kernels run, of the same strides."""
    if not isinstance(value, torch.Tensor):
        return value
    device = "cuda" if torch.cuda.is_available() else "cpu"
    copy = torch.empty_strided(value.shape, value.stride(), dtype=value.dtype, device=device)
    return copy.copy_(value.detach()).requires_grad_(value.requires_grad)
