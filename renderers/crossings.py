"""Where surfaces give way to each other between the pixels of a picture."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from avatar.renderers import backends
from avatar.renderers.fragments import Fragments
from avatar.renderers.silhouettes import look
from avatar.renderers.topology import neighbours
from avatar.threads import spread, strips, thread_count


@dataclass(frozen=True, eq=False)
class Crossings:
    """Discontinuities between neighbouring pixels, in the order of the pixels; integers and places without gradients.

    Attributes:
        image: [N] int64, index in the batch.
        row: [N] int64 of the first pixel.
        column: [N] int64 of the first pixel.
        vertical: [N] bool, whether the second pixel is the one below or the one to the right.
        edge: [N, 2] int64, the vertices of the silhouette edge that passes; -1 where two surfaces cut each other.
        faces: [N, 2] int64, the faces that cut each other, that of the first pixel's surface first; -1 at an edge.
        place: [N] float64, how far the crossing is on the way from the first centre to the second, 0 to 1.
        share: [N] float64, how much of the step between the pixels it makes if nothing more is known: 1, or 0.5 each
            where two edges border a gap.
        continues: [B, H, W, 2] bool, whether the surface that a pixel sees goes on to the one to the right, and below.
    """

    image: Tensor
    row: Tensor
    column: Tensor
    vertical: Tensor
    edge: Tensor
    faces: Tensor
    place: Tensor
    share: Tensor
    continues: Tensor

    @property
    def gaps(self) -> Tensor:
        """[G] int64, the first of each two crossings that border a gap; the second comes next."""
        return (self.share < 1.0).nonzero()[::2, 0]

    @property
    def first(self) -> tuple[Tensor, Tensor, Tensor]:
        """Image, row and column of the first pixels, to index pictures with."""
        return self.image, self.row, self.column

    @property
    def second(self) -> tuple[Tensor, Tensor, Tensor]:
        """Image, row and column of the second pixels."""
        return self.image, self.row + self.vertical, self.column + ~self.vertical


def find_crossings(fragments: Fragments) -> Crossings:
    """Find the discontinuities between all neighbouring pixels; see `silhouettes` for how.

    Args:
        fragments: of `rasterize`.

    Returns:
        The crossings, on the fragments' device.
    """
    if backends.uses_cuda(fragments.triangle_id):
        faces = fragments.meshes
        return _crossings(*backends.cuda_kernels().look(fragments.position_clip, faces, fragments.triangle_id))
    clips = fragments.position_clip.detach().numpy()
    meshes = fragments.meshes.numpy()
    tables = [neighbours(mesh) for mesh in meshes]
    ids = fragments.triangle_id.numpy()
    batch, height, width = ids.shape
    continues = torch.zeros((batch, height, width, 2), dtype=torch.bool)
    goes_on = continues.numpy()
    threads = thread_count(None)
    bands = strips(height, threads if batch < threads else 1)
    found: list[np.ndarray] = [np.empty((0, 6), np.int64)] * (batch * len(bands))
    places: list[np.ndarray] = [np.empty((0, 2))] * (batch * len(bands))

    def one_band(index: int) -> None:
        b, band = divmod(index, len(bands))
        top, bottom = bands[band]
        most = 4 * (bottom - top) * width
        notes, where = np.empty((most, 6), np.int64), np.empty((most, 2))
        clip, mesh = np.array(clips[b], np.float64, order="C"), meshes[b % len(meshes)]
        table = tables[b % len(tables)]
        count = look(clip, mesh, table, ids[b], top, bottom, np.empty((3, 3)), notes, where, goes_on[b])
        found[index], places[index] = notes[:count].copy(), where[:count].copy()

    if meshes.shape[1]:
        spread(one_band, len(found), threads)
    counts = [sum(map(len, found[b * len(bands) : (b + 1) * len(bands)])) for b in range(batch)]
    notes = torch.from_numpy(np.concatenate([*found, np.empty((0, 6), np.int64)]))
    where = torch.from_numpy(np.concatenate([*places, np.empty((0, 2))]))
    image = torch.repeat_interleave(torch.arange(batch), torch.tensor(counts, dtype=torch.int64))
    return _crossings(image, notes, where, continues)


def _crossings(image: Tensor, notes: Tensor, where: Tensor, continues: Tensor) -> Crossings:
    """What `look` noted of all images, by its meaning."""
    width = continues.shape[2]
    return Crossings(
        image=image,
        row=notes[:, 0] // width,
        column=notes[:, 0] % width,
        vertical=notes[:, 1] == 1,
        edge=notes[:, 2:4],
        faces=notes[:, 4:],
        place=where[:, 0],
        share=where[:, 1],
        continues=continues,
    )
