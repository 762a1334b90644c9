"""Gradients of a picture by everything that moves in it."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from avatar.renderers import backends
from avatar.renderers.crossing_colours import colours_at_edges
from avatar.renderers.crossings import Crossings, find_crossings
from avatar.renderers.edge_gradients import checked_image, pull, through_edges
from avatar.renderers.fragments import Fragments
from avatar.renderers.gaps import Shade, gap_colours
from avatar.renderers.motion import spread_motion
from avatar.threads import spread, thread_count

PIECES = 2
"""Strips of an image whose gradients are summed apart; fixed, so that the bits do not depend on the threads."""


def motion_gradients(image: Any, fragments: Fragments, *, shade: Shade | None = None) -> Tensor:
    """Return the image unchanged; on the way back, give the positions the gradient of all motion in it.

    Make the image from `fragments.still`, so that nothing else moves the surface under the pixels:

        fragments = rasterize(camera.clip(vertices, size), faces, size)
        image = motion_gradients(interpolate(colours, fragments.still), fragments)

    Silhouettes move as in `edge_gradients`. Inside a surface too, neighbouring pixels p and q are taken as the two
    sides of a small edge, which moves with the mean velocity v of the points that they see:

        (dL/dI_p + dL/dI_q) / 2 . (I_p - I_q) v.

    `interpolate` has the derivative by position as well, that of each pixel's own triangle. Where triangles are seen
    edge-on, at lids, lips and all outlines, those slopes have no bound and few pixels sample them; differences between
    pixels are bounded, and with the steps at silhouettes they add up without a gap. On a dense head at 256 pixels that
    is the difference between an error of 2 % and one of 25 % of a translation (`python -m benchmarks.gradients`).

    Args:
        image: [B, H, W, C], colours or anything else made of `fragments.still`; background included.
        fragments: of `rasterize`.
        shade: what the image was made with, such as `lambda seen: interpolate(colours, seen)`, to know the colours in
            gaps that no pixel sees, as in `edge_gradients`.

    Returns:
        [B, H, W, C], the same values. Differentiable in the image and in the `position_clip` that was rasterized.

    Raises:
        TypeError: if the image is not of real numbers.
        ValueError: if its shape, or that of what `shade` makes, does not fit the fragments.
    """
    colours = checked_image(image, fragments)
    if not (fragments.position_clip.requires_grad and torch.is_grad_enabled()):
        return colours
    crossings = find_crossings(fragments)
    in_gaps = gap_colours(colours, crossings, fragments, shade)
    moved: Tensor = _MotionGradients.apply(colours, fragments.position_clip, fragments, crossings)  # type: ignore[no-untyped-call]
    return through_edges(moved, fragments, crossings, in_gaps)


class _MotionGradients(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, image: Tensor, positions: Tensor, fragments: Fragments, crossings: Crossings) -> Tensor:
        ctx.save_for_backward(image, positions)
        ctx.fragments, ctx.crossings = fragments, crossings
        return image.view_as(image)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None, None]:
        image, positions = ctx.saved_tensors
        fragments: Fragments = ctx.fragments
        last = _up_to_edges(image, gradient, ctx.crossings)
        if backends.uses_cuda(positions):
            mesh = fragments.meshes
            seen = (fragments.triangle_id, fragments.barycentric, ctx.crossings.continues)
            moved = backends.cuda_kernels().spread_motion(positions, mesh, *seen, image, gradient, last)
            return gradient, moved.to(positions.dtype), None, None
        colours, incoming, clips = (one.detach().contiguous().numpy() for one in (image, gradient, positions))
        ids, weights = fragments.triangle_id.numpy(), fragments.barycentric.numpy()
        continues, pulls = ctx.crossings.continues.numpy(), last.numpy()
        faces = fragments.meshes.numpy()
        batch, height = ids.shape[:2]
        sums = np.zeros((batch, PIECES, positions.shape[1], 4))

        def one_piece(index: int) -> None:
            b, piece = divmod(index, PIECES)
            top, bottom = height * piece // PIECES, height * (piece + 1) // PIECES
            mesh, total = faces[b % len(faces)], sums[b, piece]
            seen = (clips[b], mesh, ids[b], weights[b], continues[b])
            spread_motion(*seen, colours[b], incoming[b], pulls[b], top, bottom, total)

        spread(one_piece, batch * PIECES, thread_count(None))
        return gradient, torch.from_numpy(sums.sum(1)).to(positions.dtype), None, None


def _up_to_edges(image: Tensor, gradient: Tensor, crossings: Crossings) -> Tensor:
    """What the loss gains when the last bit of a surface before an edge moves a pixel to the right, and down.

    From a pixel's centre to the edge the colour still changes (see `colours_at_edges`), and that part of the way moves
    with the surface.

    Returns:
        [B, H, W, 2] float64.
    """
    near, far = colours_at_edges(image, crossings, None)
    worth = pull(gradient, crossings)
    to_first, to_second = image[crossings.first] - near, far - image[crossings.second]
    # Of the two edges at a gap, the first ends the first pixel's surface, and the second begins the second's.
    to_first[crossings.gaps + 1] = to_second[crossings.gaps] = 0.0
    result = torch.zeros(*image.shape[:3], 2, dtype=torch.float64, device=image.device)
    way = crossings.vertical.long()
    for pixel, step in ((crossings.first, to_first), (crossings.second, to_second)):
        # In float64, whose sums torch takes in a fixed order on the CPU.
        result.index_put_((*pixel, way), (step * worth).sum(-1), accumulate=True)
    return result
