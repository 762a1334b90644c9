"""Other libraries' rasterizers, as backends of `rasterize`; each has its own licence and is installed on its own."""

import importlib

from torch import Tensor

from avatar.renderers.fragments import Fragments


def rasterize_with(name: str, positions: Tensor, faces: Tensor, size: tuple[int, int], cull_backs: bool) -> Fragments:
    """Return what another library sees, as `Fragments`.

    Args:
        name: "nvdiffrast" or "pytorch3d".
        positions: [B, V, 4] checked clip positions.
        faces: [F, 3] or [B, F, 3] checked int64.
        size: (height, width).
        cull_backs: leave out triangles seen from behind.

    Raises:
        ImportError: if the library is not installed.
    """
    adapter = importlib.import_module(f"avatar.renderers.adapters.{name}_adapter")
    result: Fragments = adapter.rasterize(positions, faces, size, cull_backs)
    return result
