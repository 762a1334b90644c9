"""What shows in gaps between two edges that no pixel centre sees: between lips, lids, hair and brow."""

from collections.abc import Callable

import torch
from torch import Tensor

from avatar.renderers.crossing_motion import spots
from avatar.renderers.crossings import Crossings
from avatar.renderers.fragments import Fragments
from avatar.renderers.sight import seen_at

Shade = Callable[[Fragments], Tensor]
"""Makes colours [B, H, W, C] of fragments, from their triangles and barycentric weights alone."""


@torch.no_grad()
def gap_colours(image: Tensor, crossings: Crossings, fragments: Fragments, shade: Shade | None) -> Tensor | None:
    """The colours in the middle of gaps, or None where there are no gaps or nothing makes colours.

    Args:
        image: [B, H, W, C].
        crossings: of the fragments.
        fragments: of `rasterize`.
        shade: what the image was made with.

    Returns:
        [G, C] float64, one for each pair of crossings that border a gap (`Crossings.gaps`).

    Raises:
        ValueError: if `shade` makes other than [B, 1, N, C] of fragments of N pixels in a row.
    """
    at = crossings.gaps
    if shade is None or not len(at):
        return None
    height, width = fragments.size
    places = spots(crossings, height, width)[:, :2]
    places, of = 0.5 * (places[at] + places[at + 1]), crossings.image[at]
    batch, meshes = len(fragments.triangle_id), fragments.meshes
    counts = torch.bincount(of, minlength=batch)
    most = int(counts.max())
    column = torch.arange(len(at), device=at.device) - (counts.cumsum(0) - counts)[of]
    ids = fragments.triangle_id.new_full((batch, 1, most), -1)
    weights = fragments.barycentric.new_zeros(batch, 1, most, 3)
    depth = fragments.depth.new_ones(batch, 1, most)
    for b in range(batch):
        here = of == b
        face, share, z = seen_at(fragments.position_clip[b], meshes[b % len(meshes)], places[here])
        count = len(face)
        ids[b, 0, :count], weights[b, 0, :count], depth[b, 0, :count] = face.to(ids), share.to(weights), z.to(depth)
    row = Fragments(ids, weights, depth, fragments.position_clip.detach(), fragments.faces)
    colours = shade(row)
    wanted = (batch, 1, most, image.shape[3])
    if colours.shape != wanted:
        raise ValueError(
            f"shade must make colours {list(wanted)} of fragments of 1 by {most} pixels, as of the image's, got "
            f"{list(colours.shape)}; use the fragments that it is given"
        )
    return colours[of, 0, column].double()
