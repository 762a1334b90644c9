"""Where known points of a face are, in space and in pictures."""

import torch
from torch import Tensor, nn

from avatar.losses.checks import check_points
from avatar.losses.lengths import MILLIMETRES, soft_length, weighted_mean
from avatar.renderers import Camera

PIXEL_KNEE = 0.5
"""Pixels under which errors count less and less: detectors are hardly better."""


class LandmarkLoss(nn.Module):
    """Mean distance of landmarks from where they should be in space, in millimetres.

    Args:
        landmarks: [L] vertex indices, such as `rig.landmarks`, the 68 of iBUG.
    """

    landmarks: Tensor

    def __init__(self, landmarks: Tensor) -> None:
        super().__init__()
        self.register_buffer("landmarks", checked_landmarks(landmarks), persistent=False)

    def forward(self, vertices: Tensor, target: Tensor, confidence: Tensor | None = None) -> Tensor:
        """Compare.

        Args:
            vertices: [..., V, 3] metres.
            target: [..., L, 3] metres.
            confidence: what broadcasts to [..., L], 0 or more; all alike when left out.

        Returns:
            Millimetres, a single number.

        Raises:
            ValueError: a shape does not fit.
        """
        check_points("vertices", vertices)
        points = vertices[..., self.landmarks, :]
        check_target(target, points)
        return weighted_mean(soft_length(MILLIMETRES * (points - target)), confidence)


class ProjectedLandmarkLoss(nn.Module):
    """Mean distance of landmarks from where they should be in a picture, in pixels.

    Args:
        landmarks: [L] vertex indices.
        camera: that took the picture.
        size: (height, width) of the picture in pixels.
    """

    landmarks: Tensor

    def __init__(self, landmarks: Tensor, camera: Camera, size: tuple[int, int]) -> None:
        super().__init__()
        self.register_buffer("landmarks", checked_landmarks(landmarks), persistent=False)
        self.camera, self.size = camera, size

    def forward(self, vertices: Tensor, target: Tensor, confidence: Tensor | None = None) -> Tensor:
        """Compare.

        Args:
            vertices: [..., V, 3] metres.
            target: [..., L, 2] pixels from the top left corner, x right and y down.
            confidence: what broadcasts to [..., L], 0 or more, such as a detector's; 0 for what is hidden.

        Returns:
            Pixels, a single number.

        Raises:
            ValueError: a shape does not fit.
        """
        check_points("vertices", vertices)
        points = self.camera.project(vertices[..., self.landmarks, :], self.size)
        check_target(target, points)
        return weighted_mean(soft_length(points - target, PIXEL_KNEE), confidence)


def checked_landmarks(landmarks: Tensor) -> Tensor:
    """Return vertex indices [L] int64.

    Raises:
        ValueError: there are none, or they are not whole numbers in one row.
    """
    if landmarks.ndim != 1 or not len(landmarks) or landmarks.dtype not in (torch.int32, torch.int64):
        raise ValueError(
            f"landmarks must be [L] vertex indices, got {landmarks.dtype} {list(landmarks.shape)}; "
            "give rig.landmarks of a rig that has some"
        )
    return landmarks.long()


def check_target(target: Tensor, points: Tensor) -> None:
    """Refuse landmarks of another shape.

    Raises:
        ValueError: the shapes differ.
    """
    if target.shape != points.shape:
        raise ValueError(f"target must be {list(points.shape)}, one place for each landmark, got {list(target.shape)}")
