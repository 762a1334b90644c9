"""Pictures of the built-in head, frame by frame."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from avatar.animation import Animation
from avatar.export.head import identity_vector, shipped_head
from avatar.export.options import ExportOptions
from avatar.renderers import Camera, head_mesh, render, warm_up
from avatar.rigs import BuiltInHead

Picture = NDArray[np.uint8]

CHUNK = 16
"""Frames drawn together: enough to keep all cores busy, few enough to keep memory flat."""


class Portrait:
    """The built-in head in front of a camera.

    Args:
        options: identity, size and supersampling.
    """

    def __init__(self, options: ExportOptions) -> None:
        self.options = options
        self.head = shipped_head()
        self.identity = identity_vector(self.head, options.identity)
        self.camera = _camera(self.head, self.identity)
        self.mesh = head_mesh(self.head, self.head.neutral(self.identity)[0])

    def pictures(self, animation: Animation, frames: Sequence[int] | None = None) -> Iterator[Picture]:
        """Draw frames one after another; memory does not grow with their number.

        Args:
            animation: in the ARKit space.
            frames: which ones, in order; all by default.

        Yields:
            [H, W, 4] uint8 sRGB with alpha.
        """
        warm_up()  # says so in the log where it has to compile
        wanted = range(len(animation)) if frames is None else frames
        for start in range(0, len(wanted), CHUNK):
            weights = animation.weights[list(wanted[start : start + CHUNK])]
            with torch.inference_mode():
                vertices = self.head(torch.from_numpy(weights), self.identity).numpy()
            size = self.options.size
            yield from render(vertices, self.mesh, self.camera, (size, size), supersample=self.options.supersample)


def _camera(head: BuiltInHead, identity: torch.Tensor) -> Camera:
    """Frame the head and some of its neck, with room to turn; the shoulders run out of the picture."""
    turning = head.head_weight > 0.5
    return Camera.portrait(head.neutral(identity)[0, turning].numpy(), margin=0.12)
