"""The renderer's kernels for NVIDIA's GPUs, written in Python and compiled when they are first needed.

The functions here have the shape of their twins on the CPU and the same results: they read and fill torch tensors that
stay where they are, on the current stream. Importing this package needs `pip install "avatar[cuda]"`, or numba's
simulator, which runs the kernels slowly without a GPU (environment variable NUMBA_ENABLE_CUDASIM=1).
"""

from avatar.renderers.cuda.interpolation import spread_gradients, weigh
from avatar.renderers.cuda.motion import spread_motion
from avatar.renderers.cuda.normals import sums
from avatar.renderers.cuda.silhouettes import look
from avatar.renderers.cuda.texture import choose_levels, sample, sample_to_texels, sample_to_uv
from avatar.renderers.cuda.visibility import fill

__all__ = [
    "choose_levels",
    "fill",
    "look",
    "sample",
    "sample_to_texels",
    "sample_to_uv",
    "spread_gradients",
    "spread_motion",
    "sums",
    "weigh",
]
