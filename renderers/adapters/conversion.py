"""What the adapters share: the meshes that go out and the fragments that come back."""

import torch
from torch import Tensor

from avatar.renderers.fragments import Fragments


def outgoing(faces: Tensor, batch: int, hidden: Tensor | None) -> Tensor:
    """Return a mesh for each image, [B, F, 3], in which hidden faces [B, F] are points."""
    meshes = (faces if faces.ndim == 3 else faces[None]).expand(batch, -1, 3)
    return meshes if hidden is None else meshes.masked_fill(hidden[..., None], 0)


def corners(positions: Tensor, faces: Tensor) -> Tensor:
    """Return the clip positions of all faces' corners, [B, F, 3, 4], without gradients."""
    meshes = outgoing(faces, len(positions), None)
    image = torch.arange(len(positions), device=positions.device)
    return positions.detach()[image[:, None, None], meshes]


def backs(positions: Tensor, faces: Tensor) -> Tensor:
    """Return whether each face is seen from behind, [B, F]: its corners (x, y, w) run clockwise about the camera."""
    areas: Tensor = torch.linalg.det(corners(positions, faces)[..., [0, 1, 3]].double())
    return areas <= 0.0


def incoming(ids: Tensor, weights: Tensor, positions: Tensor, faces: Tensor) -> Fragments:
    """Return `Fragments` of another library's faces and barycentrics; the depth follows from them.

    Args:
        ids: [B, H, W] int64, each image's own faces; negative where there is none.
        weights: [B, H, W, 3] perspective-correct barycentrics.
        positions: [B, V, 4] what was drawn.
        faces: [F, 3] or [B, F, 3].
    """
    meshes = outgoing(faces, len(positions), None)
    image = torch.arange(len(positions), device=positions.device)[:, None, None]
    seen = ids >= 0
    if meshes.shape[1] == 0:
        points = positions.new_zeros((*ids.shape, 3, 4))
    else:
        points = positions.detach()[image[..., None], meshes[image, ids.clamp(min=0)]]
    shares = weights.to(positions.dtype)
    place = (shares[..., None] * points).sum(-2)
    depth = place[..., 2] / torch.where(seen, place[..., 3], 1.0)
    seen = seen & (depth < 1.0)
    return Fragments(
        triangle_id=torch.where(seen, ids, -1).to(torch.int32),
        barycentric=torch.where(seen[..., None], shares, 0.0),
        depth=torch.where(seen, depth, 1.0),
        position_clip=positions,
        faces=faces,
    )
