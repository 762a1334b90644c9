"""Pictures of a head, frame by frame."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import tau
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray

from avatar.animation import Animation
from avatar.export.head import identity_vector
from avatar.export.look import Look
from avatar.renderers import Camera, HeadSurface, Mesh, head_mesh, render, warm_up
from avatar.renderers.views import View
from avatar.rigs import Rig
from avatar.threads import one_thread

Picture = NDArray[np.uint8]

CHUNK = 16
"""Frames drawn together: enough to keep all cores busy, few enough to keep memory flat."""
CHUNK_PIXELS = 2**23
"""Fewer frames are drawn together where they are large."""

_CHIN, _NOSE = 8, 33
"""Two of the 68 landmarks."""


class Portrait:
    """A head in front of a camera.

    Args:
        options: who is seen, from where, in which light.
    """

    def __init__(self, options: Look) -> None:
        self.options = options
        self.head = options.chosen_rig
        self.identity = identity_vector(self.head, options.identity)
        with torch.inference_mode():
            rest = self.head.neutral(self.identity)[0].numpy()
        self._framed = _framed(self.head, rest, options)
        self.camera = _camera(self._framed, options)
        colours = options.chosen_vertex_colours
        if options.texture is not None and not hasattr(self.head, "corner_uv"):
            raise ValueError("texture: this head has no texture coordinates; leave it out, or give vertex_colours")
        # Only a texture needs the coordinates that not every rig has.
        surface = cast(HeadSurface, self.head)
        self.mesh = head_mesh(surface, rest, texture=options.chosen_texture, vertex_colours=colours)
        self.view = _view(options.chosen_view, self.camera, self._framed)

    def pictures(self, animation: Animation, frames: Sequence[int] | None = None) -> Iterator[Picture]:
        """Draw frames one after another; memory does not grow with their number.

        Args:
            animation: in the head's own controls, see `avatar.export.head.worn`.
            frames: which ones, in order; all by default.

        Yields:
            [H, W, 4] uint8 sRGB with alpha.
        """
        for chunk in self.chunks(range(len(animation)) if frames is None else frames):
            vertices = self.vertices(animation, chunk)
            if not self.options.framing.rounds:
                yield from self.draw(vertices)
                continue
            for frame, each in zip(chunk, vertices, strict=True):
                yield from self.draw(each[None], camera=self.camera_at(frame / len(animation)))

    def chunks(self, frames: Sequence[int]) -> Iterator[Sequence[int]]:
        """Frames in the portions in which they are best drawn."""
        height, width = self.options.shape
        count = min(max(CHUNK_PIXELS // (height * width), 1), CHUNK)
        for start in range(0, len(frames), count):
            yield frames[start : start + count]

    def vertices(self, animation: Animation, frames: Sequence[int]) -> NDArray[np.float32]:
        """Where the head's vertices are in some frames: [B, V, 3] metres."""
        with one_thread(), torch.inference_mode():
            vertices: NDArray[np.float32] = self.head(
                torch.from_numpy(animation.weights[list(frames)]), self.identity
            ).numpy()
        return vertices

    def camera_at(self, share: float) -> Camera:
        """The camera when a share of the clip (0..1) has played."""
        angle = tau * self.options.framing.rounds * share
        return self.camera.turned(angle, about=_middle(self._framed)) if angle else self.camera

    def draw(
        self, vertices: NDArray[np.float32], *, camera: Camera | None = None, mesh: Mesh | None = None
    ) -> NDArray[np.uint8]:
        """Pictures [B, H, W, 4] of vertices [B, V, 3]; camera and mesh are those of the portrait by default."""
        warm_up()  # says so in the log where it has to compile
        return render(
            vertices,
            self.mesh if mesh is None else mesh,
            self.camera if camera is None else camera,
            self.options.shape,
            lights=self.options.chosen_lights,
            background=self.options.chosen_background,
            view=self.view,
            supersample=self.options.supersample,
        )


def _framed(head: Rig, rest: NDArray[np.float32], options: Look) -> NDArray[np.float32]:
    """Points [..., 3] that have to be in the picture: the head and some of its neck, or the nose down to the chin."""
    framing = options.framing
    points = rest[(_lower_face if framing.focus == "mouth" else _whole_head)(head, rest)]
    if not framing.rounds:
        return points
    middle = _middle(points)
    turned = []
    for angle in np.arange(8) * tau / 8:
        cosine, sine = np.cos(angle), np.sin(angle)
        turned.append((points - middle) @ np.array([[cosine, 0, -sine], [0, 1, 0], [sine, 0, cosine]]) + middle)
    return np.stack(turned)


def _whole_head(head: Rig, rest: NDArray[np.float32]) -> NDArray[np.int64]:
    """Vertices that are drawn and turn with the head, as far as the rig knows which do."""
    drawn = np.unique(head.faces.numpy())
    turns = getattr(head, "head_weight", None)
    return drawn if turns is None else drawn[turns.numpy()[drawn] > 0.5]


def _lower_face(head: Rig, rest: NDArray[np.float32]) -> NDArray[np.int64]:
    if len(head.landmarks) and "lips" in head.regions:
        return np.concatenate([head.regions["lips"].numpy(), head.landmarks[[_NOSE, _CHIN]].numpy()])
    left, right = rest[list(head.mouth_corners)]
    near = np.linalg.norm(rest - 0.5 * (left + right), axis=1) < 0.85 * np.linalg.norm(left - right)
    return np.flatnonzero(near)


def _middle(points: NDArray[np.floating]) -> NDArray[np.floating]:
    flat = points.reshape(-1, 3)
    return np.asarray(0.5 * (flat.min(axis=0) + flat.max(axis=0)))


def _camera(framed: NDArray[np.floating], options: Look) -> Camera:
    framing = options.framing
    height, width = options.shape
    return Camera.portrait(
        framed,
        field_of_view=framing.field_of_view if options.field_of_view is None else options.field_of_view,
        turn=framing.turn + options.turn,
        margin=framing.margin,
        aspect=width / height,
    )


def _view(view: View, camera: Camera, framed: NDArray[np.floating]) -> View:
    """Let one shade of a depth picture mean one depth in all frames."""
    if view.surface != "depth" or view.depths is not None:
        return view
    distances = -(framed.reshape(-1, 3) @ camera.view[2, :3] + camera.view[2, 3])
    near, far = float(distances.min()), float(distances.max())
    return replace(view, depths=(near - 0.1 * (far - near), far + 0.1 * (far - near)))
