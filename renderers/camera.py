"""Where the picture is taken from, and through which lens."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from avatar.renderers.arrays import image_size, to_numpy

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Camera:
    """A perspective camera in OpenGL's convention: it looks along its own -z, +x is right and +y is up.

    The lens is kept free of the picture's size: lengths are in picture heights.

    Attributes:
        view: [4, 4], world to camera, metres.
        focal: focal lengths across and down, in picture heights.
        centre: where the optical axis meets the picture, right and down from its middle, in picture heights.
        near: distance of the near plane in metres; what is closer is cut away.
        far: distance of the far plane in metres.
    """

    view: Matrix
    focal: tuple[float, float]
    centre: tuple[float, float] = (0.0, 0.0)
    near: float = 0.01
    far: float = 100.0

    def __post_init__(self) -> None:
        view = np.array(to_numpy(self.view), np.float64)
        if view.shape != (4, 4) or not np.isfinite(view).all():
            raise ValueError(f"view must be a finite [4, 4] matrix, got shape {list(view.shape)}; see Camera.look_at")
        if not min(self.focal) > 0.0:
            raise ValueError(f"focal must be two lengths above 0 in picture heights, got {self.focal}")
        if not 0.0 < self.near < self.far:
            raise ValueError(f"near and far must be 0 < near < far in metres, got {self.near} and {self.far}")
        view.flags.writeable = False
        object.__setattr__(self, "view", view)

    @classmethod
    def look_at(
        cls,
        position: Any,
        target: Any,
        *,
        up: Any = (0.0, 1.0, 0.0),
        field_of_view: float = 0.35,
        near: float = 0.01,
        far: float = 100.0,
    ) -> "Camera":
        """Return the camera at `position` that looks at `target`.

        Args:
            position: [3] metres.
            target: [3] metres.
            up: [3], the direction that is up in the picture; any length.
            field_of_view: vertical opening angle in radians, between 0 and pi.
            near: distance of the near plane in metres.
            far: distance of the far plane in metres.

        Raises:
            ValueError: if position and target coincide, or `up` runs along the line of sight.
        """
        if not 0.0 < field_of_view < np.pi:
            raise ValueError(f"field_of_view must be radians between 0 and pi, got {field_of_view}")
        eye, aim, above = (np.array(to_numpy(point), np.float64) for point in (position, target, up))
        back = eye - aim
        right = np.cross(above, back)
        if not np.linalg.norm(right) > 1e-9 * np.linalg.norm(above) * np.linalg.norm(back):
            raise ValueError(
                f"position {eye.tolist()} and target {aim.tolist()} must differ, and up {above.tolist()} must not run "
                "along the line between them; move one of the three"
            )
        back /= np.linalg.norm(back)
        right /= np.linalg.norm(right)
        view = np.eye(4)
        view[:3, :3] = right, np.cross(back, right), back
        view[:3, 3] = -view[:3, :3] @ eye
        focal = 0.5 / np.tan(0.5 * field_of_view)
        return cls(view, (focal, focal), near=near, far=far)

    @classmethod
    def from_intrinsics(
        cls, matrix: Any, size: tuple[int, int], view: Any, *, near: float = 0.01, far: float = 100.0
    ) -> "Camera":
        """Return the camera with the [3, 3] pixel matrix (fx, 0, cx; 0, fy, cy; 0, 0, 1) for pictures of `size`.

        Args:
            matrix: [3, 3] in pixels; the middle of the top left pixel is at (0.5, 0.5).
            size: (height, width) of the picture that the matrix was measured on.
            view: [4, 4], world to camera in OpenGL's convention (not OpenCV's, whose y and z are reversed).
            near: distance of the near plane in metres.
            far: distance of the far plane in metres.
        """
        height, width = image_size(size)
        pixels = np.array(to_numpy(matrix), np.float64)
        if pixels.shape != (3, 3):
            raise ValueError(f"matrix must be [3, 3] pixel intrinsics, got shape {list(pixels.shape)}")
        focal = (float(pixels[0, 0] / height), float(pixels[1, 1] / height))
        centre = (float((pixels[0, 2] - 0.5 * width) / height), float((pixels[1, 2] - 0.5 * height) / height))
        return cls(view, focal, centre, near, far)

    @classmethod
    def portrait(
        cls,
        vertices: Any,
        *,
        focus: Any = None,
        field_of_view: float = 0.3,
        turn: float = 0.0,
        margin: float = 0.05,
    ) -> "Camera":
        """Return the camera that frames a head from the front so that it fills a square picture.

        Args:
            vertices: [V, 3] or [B, V, 3] metres; the head looks along +z. All frames are kept in the picture.
            focus: indices of the vertices to frame, such as those of the skin without the shoulders; all by default.
            field_of_view: vertical opening angle in radians; a longer lens (smaller angle) flattens the face.
            turn: how far the camera goes round towards +x (the subject's left), radians.
            margin: free space on each side, as a share of the picture.
        """
        points = np.array(to_numpy(vertices), np.float64)
        if focus is not None:
            points = points[..., to_numpy(focus), :]
        points = points.reshape(-1, 3)
        if not len(points) or not np.isfinite(points).all():
            raise ValueError(f"vertices must be one or more finite points to frame, got {list(points.shape)}")
        lowest, highest = points.min(axis=0), points.max(axis=0)
        middle = 0.5 * (lowest + highest)
        forward = np.array([np.sin(turn), 0.0, np.cos(turn)])
        right = np.array([np.cos(turn), 0.0, -np.sin(turn)])
        away = (points - middle) @ forward
        reach = np.maximum(np.abs((points - middle) @ right), np.abs(points[:, 1] - middle[1]))
        slope = np.tan(0.5 * field_of_view) * (1.0 - 2.0 * margin)
        distance = max(float((reach / slope + away).max()), float(away.max()) + 0.02)
        size = float(np.linalg.norm(highest - lowest))
        return cls.look_at(
            middle + distance * forward,
            middle,
            field_of_view=field_of_view,
            near=max(0.5 * (distance - float(away.max())), 1e-3),
            far=distance + 10.0 * size + 1.0,
        )

    @property
    def position(self) -> Matrix:
        """The camera's place in the world, [3] metres."""
        return np.asarray(-self.view[:3, :3].T @ self.view[:3, 3])

    def intrinsics(self, size: tuple[int, int]) -> Matrix:
        """Return the [3, 3] pixel matrix for pictures of `size` = (height, width); the inverse of from_intrinsics."""
        height, width = image_size(size)
        return np.array(
            [
                [self.focal[0] * height, 0.0, 0.5 * width + self.centre[0] * height],
                [0.0, self.focal[1] * height, 0.5 * height + self.centre[1] * height],
                [0.0, 0.0, 1.0],
            ]
        )

    def projection(self, size: tuple[int, int]) -> Matrix:
        """Return the [4, 4] matrix from camera to OpenGL clip space for pictures of `size` = (height, width)."""
        height, width = image_size(size)
        aspect = width / height
        depth = self.far - self.near
        return np.array(
            [
                [2.0 * self.focal[0] / aspect, 0.0, -2.0 * self.centre[0] / aspect, 0.0],
                [0.0, 2.0 * self.focal[1], 2.0 * self.centre[1], 0.0],
                [0.0, 0.0, -(self.far + self.near) / depth, -2.0 * self.far * self.near / depth],
                [0.0, 0.0, -1.0, 0.0],
            ]
        )

    def clip(self, vertices: Any, size: tuple[int, int]) -> Matrix:
        """Return the clip positions [..., 4] of points [..., 3], float64."""
        points = np.asarray(to_numpy(vertices), np.float64)
        matrix = self.projection(size) @ self.view
        return np.asarray(points @ matrix[:, :3].T + matrix[:, 3])

    def project(self, vertices: Any, size: tuple[int, int]) -> Matrix:
        """Return where points [..., 3] appear, [..., 2] pixels from the top left corner (x right, y down)."""
        height, width = image_size(size)
        clip = self.clip(vertices, size)
        seen = clip[..., :2] / clip[..., 3:]
        return np.stack([(seen[..., 0] + 1.0) * 0.5 * width, (1.0 - seen[..., 1]) * 0.5 * height], axis=-1)
