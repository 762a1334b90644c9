"""Carry attributes from vertices to pixels, with gradients to both attributes and positions."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from avatar.renderers import backends
from avatar.renderers.fragments import Fragments
from avatar.renderers.interpolation import spread_gradients, weigh
from avatar.renderers.tensors import check_shape, float_tensor
from avatar.threads import spread, thread_count

PIECES = 2
"""Strips of an image whose gradients are summed apart; fixed, so that the bits do not depend on the threads."""


def interpolate(attributes: Any, fragments: Fragments) -> Tensor:
    """Interpolate attributes over what each pixel sees, perspective-correct.

    With M the matrix of the seen triangle's corners (x, y, w) as columns, the corners' shares at a place (x, y) of the
    picture are s = M^-1 (x, y, 1), and the value is sum(s_k a_k) / sum(s_k). Its derivative by M follows from
    d(M^-1) = -M^-1 dM M^-1. What moves is the surface under fixed pixels; which triangle a pixel sees is taken as
    given: see `edge_gradients` for the rest.

    Args:
        attributes: values of any kind: [B, V, C] at the vertices, or [B, F, 3, C] at the corners of the faces (for
            texture coordinates with seams). B may be 1 for all images together. float32 or float64.
        fragments: of `rasterize`.

    Returns:
        [B, H, W, C], 0 where nothing is seen; in the precision of `attributes`. Differentiable in `attributes` and in
        the `position_clip` that was rasterized. float64 inputs give float64 gradients.

    Raises:
        TypeError: if the attributes are not real numbers.
        ValueError: if their shape does not fit the fragments.

    Example:
        >>> from avatar.renderers import rasterize
        >>> corners = torch.tensor([[[-1.0, -1.0, 0.0, 1.0], [3.0, -1.0, 0.0, 1.0], [-1.0, 3.0, 0.0, 1.0]]])
        >>> seen = rasterize(corners, [[0, 1, 2]], (2, 2))
        >>> interpolate(torch.tensor([[[0.0], [4.0], [0.0]]]), seen)[0, 0, :, 0]
        tensor([0.5000, 1.5000])
    """
    values, corners = corner_values(attributes, fragments)
    if values.numel() == 0 or fragments.triangle_id.numel() == 0:
        # Of nothing, but with a history: a loop over batches need not know.
        nothing = 0.0 * (values.sum() + fragments.position_clip.sum())
        return values.new_zeros(*fragments.triangle_id.shape, values.shape[-1]) + nothing
    result: Tensor = _Interpolate.apply(values, corners, fragments.position_clip, fragments)  # type: ignore[no-untyped-call]
    return result


def corner_values(attributes: Any, fragments: Fragments) -> tuple[Tensor, Tensor]:
    """Attributes as rows [B or 1, N, C], and the rows [B or 1, F, 3] of the faces' corners, both checked."""
    values = float_tensor("attributes", attributes, ("B",) + ("...",) * (3 if _ndim(attributes) == 4 else 2))
    faces = fragments.meshes
    batch, count = len(fragments.triangle_id), faces.shape[1]
    if len(values) not in (1, batch):
        raise ValueError(f"attributes must be for 1 image or for all {batch}, got {len(values)}")
    here = fragments.triangle_id.device
    if values.device != here:
        raise ValueError(
            f"attributes must be on {here} like the fragments, got {values.device}; use .to({str(here)!r})"
        )
    if values.ndim == 3:
        check_shape("attributes", values, ("B", fragments.position_clip.shape[1], "C"))
        return values, faces
    check_shape("attributes", values, ("B", count, 3, "C"))
    rows = torch.arange(3 * count, device=values.device).reshape(1, count, 3)
    return values.flatten(1, 2), rows


def _ndim(values: Any) -> int:
    return int(values.ndim) if hasattr(values, "ndim") else np.ndim(values)


class _Interpolate(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor, corners: Tensor, positions: Tensor, fragments: Fragments) -> Tensor:
        result = values.new_empty(*fragments.triangle_id.shape, values.shape[-1])
        ctx.save_for_backward(values, corners, positions, result)
        ctx.fragments = fragments
        if backends.uses_cuda(values):
            backends.cuda_kernels().weigh(values, corners, fragments.triangle_id, fragments.barycentric, result)
            return result
        rows, faces = _arrays(values), corners.numpy()
        ids, weights, out = fragments.triangle_id.numpy(), fragments.barycentric.numpy(), result.numpy()

        def one_image(b: int) -> None:
            weigh(rows[b % len(rows)], faces[b % len(faces)], ids[b], weights[b], out[b])

        spread(one_image, len(ids), thread_count(None))
        return result

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        values, corners, positions, result = ctx.saved_tensors
        fragments: Fragments = ctx.fragments
        faces = fragments.meshes
        if backends.uses_cuda(values):
            seen = (fragments.triangle_id, fragments.barycentric, result, gradient)
            to_values, to_positions = backends.cuda_kernels().spread_gradients(positions, faces, values, corners, *seen)
            return to_values.to(values.dtype), None, to_positions.to(positions.dtype), None
        # In float32 the planes of small triangles, which are differences of products, would be mostly rounding.
        rows, clips, incoming, out = (_arrays(one) for one in (values, positions.double(), gradient, result))
        value_corners, position_corners = corners.numpy(), faces.numpy()
        ids, weights = fragments.triangle_id.numpy(), fragments.barycentric.numpy()
        batch, height = ids.shape[:2]
        for_values = np.zeros((batch, PIECES, *values.shape[1:]))
        for_positions = np.zeros((batch, PIECES, positions.shape[1], 4))

        def one_piece(index: int) -> None:
            b, piece = divmod(index, PIECES)
            spread_gradients(
                clips[b],
                position_corners[b % len(position_corners)],
                rows[b % len(rows)],
                value_corners[b % len(value_corners)],
                ids[b],
                weights[b],
                out[b],
                incoming[b],
                height * piece // PIECES,
                height * (piece + 1) // PIECES,
                np.empty((3, 3)),
                for_values[b, piece],
                for_positions[b, piece],
            )

        spread(one_piece, batch * PIECES, thread_count(None))
        value_gradient = torch.from_numpy(for_values.sum(1))
        if len(values) == 1:
            value_gradient = value_gradient.sum(0, keepdim=True)
        position_gradient = torch.from_numpy(for_positions.sum(1))
        return value_gradient.to(values.dtype), None, position_gradient.to(positions.dtype), None


def _arrays(tensor: Tensor) -> Any:
    return tensor.detach().contiguous().numpy()
