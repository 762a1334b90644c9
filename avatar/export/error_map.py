"""How far two animations of one head are apart, worn as colours."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from math import floor, log10

import numpy as np
from numpy.typing import NDArray

from avatar.animation import Animation
from avatar.export.frames import Picture, Portrait
from avatar.export.labels import font_size, lay_over, plate, words, write_text
from avatar.renderers.heat import heat_colours, heat_key, heat_mesh
from avatar.renderers.materials import SKIN, material_for

_HIDDEN = ("mouth_cavity", "left_eye_socket", "right_eye_socket")


class ErrorMap:
    """A portrait whose vertices have the colour of their distance from those of another animation.

    Mean and maximum, which are written into the picture, are those of the visible skin of head and neck.

    Args:
        portrait: who is seen from where; its view and colours are not used.
        reference: what is compared with, frame by frame, in the ARKit space.
        scale: the distance in millimetres that has the last colour; larger ones have it too.
    """

    def __init__(self, portrait: Portrait, reference: Animation, scale: float) -> None:
        self._portrait = portrait
        self._reference = reference
        self._scale = scale
        self._measured = measured(portrait)

    def pictures(self, animation: Animation, frames: Sequence[int] | None = None) -> Iterator[Picture]:
        """Draw frames one after another, see `Portrait.pictures`."""
        portrait = self._portrait
        for chunk in portrait.chunks(range(len(animation)) if frames is None else frames):
            ours, theirs = (portrait.vertices(each, chunk) for each in (animation, self._reference))
            for frame, vertices, error in zip(chunk, ours, distances(ours, theirs), strict=True):
                mesh = heat_mesh(portrait.mesh, heat_colours(error, 0.0, self._scale))
                camera = portrait.camera_at(frame / len(animation))
                (picture,) = portrait.draw(vertices[None], camera=camera, mesh=mesh)
                self._explain(picture, error[self._measured])
                yield picture

    def _explain(self, picture: Picture, errors: NDArray[np.floating]) -> None:
        height, width = picture.shape[:2]
        lay_over(picture, self._key, (height - len(self._key)) // 2, width - self._key.shape[1] - width // 50)
        write_text(picture, f"mean {errors.mean():.2f} mm, maximum {errors.max():.2f} mm", foot=True)

    @cached_property
    def _key(self) -> Picture:
        """The colours' bar with millimetres, on a plate."""
        height, width = self._portrait.options.shape
        size = font_size(height, width)
        bar = heat_key((max(height // 2, 32), max(size, 8)), ticks=3)
        labels = [words(f"{share * self._scale:g} mm", size) for _, share in bar.ticks]
        margin = size
        key = plate(
            len(bar.pixels) + 2 * margin, bar.pixels.shape[1] + max(label.shape[1] for label in labels) + margin
        )
        lay_over(key, bar.pixels, margin, margin // 2)
        for (row, _), label in zip(bar.ticks, labels, strict=True):
            lay_over(key, label, margin + round(row) - len(label) // 2, margin // 2 + bar.pixels.shape[1])
        return key


def distances(ours: NDArray[np.floating], theirs: NDArray[np.floating]) -> NDArray[np.floating]:
    """Distances in millimetres [B, V] of vertices [B, V, 3] in metres."""
    return np.asarray(1000.0 * np.linalg.norm(ours - theirs, axis=-1))


def measured(portrait: Portrait) -> NDArray[np.int64]:
    """The vertices [N] that count: those of the head's and neck's skin that can be seen."""
    head = portrait.head
    parts = [index for index, part in enumerate(head.parts) if material_for(part) is SKIN]
    skin = np.unique(head.faces.numpy()[np.isin(head.face_parts.numpy(), parts or range(len(head.parts)))])
    hidden = [head.regions[name].numpy() for name in _HIDDEN if name in head.regions]
    turns = getattr(head, "head_weight", None)
    if turns is not None:
        skin = skin[turns.numpy()[skin] > 0.5]
    return np.setdiff1d(skin, np.concatenate([np.zeros(0, np.int64), *hidden]))


def largest(portrait: Portrait, animation: Animation, reference: Animation, frames: Sequence[int]) -> float:
    """The largest distance in millimetres of the vertices that count, in any of the frames."""
    rows = measured(portrait)
    return max(
        float(distances(*(portrait.vertices(each, chunk)[:, rows] for each in (animation, reference))).max())
        for chunk in portrait.chunks(frames)
    )


def round_up(value: float) -> float:
    """The first round number that is not below a value, and whose half is round too; 1 for 0."""
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return next(float(f"{step * power:g}") for step in (1, 1.5, 2, 3, 4, 6, 8, 10) if step * power >= value)
