"""Where the picture is taken from, and through which lens."""

from dataclasses import dataclass, replace
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import torch

from avatar.renderers.arrays import image_size, to_numpy

Matrix = npt.NDArray[np.float64]

MOST_SKEW = 1e-3
"""How far a view may be from rigid: what single precision and calibration files leave."""


@dataclass(frozen=True, eq=False)
class Camera:
    """A perspective or orthographic camera in OpenGL's convention: it looks along its own -z, +x right and +y up.

    The lens is kept free of the picture's size: lengths are in picture heights.

    Attributes:
        view: [4, 4], world to camera, a rotation and a translation in metres.
        focal: across and down: focal lengths in picture heights, or, of an orthographic camera, how many picture
            heights a metre measures.
        centre: where the optical axis meets the picture, right and down from its middle, in picture heights.
        near: distance of the near plane in metres; what is closer is cut away. An orthographic camera may have it
            behind itself (below 0).
        far: distance of the far plane in metres.
        orthographic: whether rays are parallel, so that things keep their size however far away they are; what fitters
            call weak perspective is such a camera, see `camera_from_weak_perspective`.
    """

    view: Matrix
    focal: tuple[float, float]
    centre: tuple[float, float] = (0.0, 0.0)
    near: float = 0.01
    far: float = 100.0
    orthographic: bool = False

    def __post_init__(self) -> None:
        view = np.array(to_numpy(self.view), np.float64)
        if view.shape != (4, 4) or not np.isfinite(view).all():
            raise ValueError(f"view must be a finite [4, 4] matrix, got shape {list(view.shape)}; see Camera.look_at")
        if not _is_rigid(view):
            raise ValueError(
                f"view must be a rotation and a translation, world to camera, got {view.tolist()}; "
                "put a scale into focal, and transpose matrices that are meant for row vectors"
            )
        if not min(self.focal) > 0.0:
            raise ValueError(f"focal must be two lengths above 0 in picture heights, got {self.focal}")
        if not np.isfinite((*self.focal, *self.centre)).all():
            raise ValueError(f"focal and centre must be finite, got {self.focal} and {self.centre}")
        if self.orthographic:
            if not -np.inf < self.near < self.far < np.inf:
                raise ValueError(f"near and far must be near < far in metres, got {self.near} and {self.far}")
        elif not 0.0 < self.near < self.far < np.inf:
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
        height: float | None = None,
        near: float = 0.01,
        far: float = 100.0,
    ) -> "Camera":
        """Return the camera at `position` that looks at `target`.

        Args:
            position: [3] metres.
            target: [3] metres.
            up: [3], the direction that is up in the picture; any length.
            field_of_view: vertical opening angle in radians, between 0 and pi.
            height: makes the camera orthographic, with pictures that are this many metres high.
            near: distance of the near plane in metres.
            far: distance of the far plane in metres.

        Raises:
            ValueError: if position and target coincide, or `up` runs along the line of sight.
        """
        if not 0.0 < field_of_view < np.pi:
            raise ValueError(f"field_of_view must be radians between 0 and pi, got {field_of_view}")
        if height is not None and not height > 0.0:
            raise ValueError(f"height must be above 0 metres, got {height}; leave it out for a perspective camera")
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
        focal = float(0.5 / np.tan(0.5 * field_of_view)) if height is None else 1.0 / height
        return cls(view, (focal, focal), near=near, far=far, orthographic=height is not None)

    @classmethod
    def from_intrinsics(
        cls, matrix: Any, size: tuple[int, int], view: Any, *, near: float = 0.01, far: float = 100.0
    ) -> "Camera":
        """Return the camera with the [3, 3] pixel matrix (fx, 0, cx; 0, fy, cy; 0, 0, 1) for pictures of `size`.

        Args:
            matrix: [3, 3] in pixels; the middle of the top left pixel is at (0.5, 0.5).
            size: (height, width) of the picture that the matrix was measured on.
            view: [4, 4], world to camera in OpenGL's convention (for OpenCV's see `camera_from_opencv`).
            near: distance of the near plane in metres.
            far: distance of the far plane in metres.
        """
        height, width = image_size(size)
        pixels = np.array(to_numpy(matrix), np.float64)
        if pixels.shape != (3, 3):
            raise ValueError(f"matrix must be [3, 3] pixel intrinsics, got shape {list(pixels.shape)}")
        zeros = pixels[[0, 1, 2, 2], [1, 0, 0, 1]]
        if np.abs(zeros).max() > 1e-6 * np.abs(pixels).max() or not np.isclose(pixels[2, 2], 1.0):
            raise ValueError(
                f"matrix must be (fx, 0, cx; 0, fy, cy; 0, 0, 1) in pixels, got {pixels.tolist()}; "
                "skewed pixels are not supported, warp the picture first"
            )
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
        aspect: float = 1.0,
    ) -> "Camera":
        """Return the camera that frames a head from the front so that it fills the picture.

        Args:
            vertices: [V, 3] or [B, V, 3] metres; the head looks along +z. All frames are kept in the picture.
            focus: indices of the vertices to frame, such as those of the skin without the shoulders; all by default.
            field_of_view: vertical opening angle in radians; a longer lens (smaller angle) flattens the face, and 0
                gives an orthographic camera.
            turn: how far the camera goes round towards +x (the subject's left), radians.
            margin: free space on each side, as a share of the picture.
            aspect: width of the pictures over their height; the whole head is in narrow ones too.
        """
        points = np.array(to_numpy(vertices), np.float64)
        if focus is not None:
            points = points[..., to_numpy(focus), :]
        points = points.reshape(-1, 3)
        if not len(points) or not np.isfinite(points).all():
            raise ValueError(f"vertices must be one or more finite points to frame, got {list(points.shape)}")
        if not aspect > 0.0:
            raise ValueError(f"aspect must be above 0, width over height, got {aspect}")
        lowest, highest = points.min(axis=0), points.max(axis=0)
        middle = 0.5 * (lowest + highest)
        forward = np.array([np.sin(turn), 0.0, np.cos(turn)])
        right = np.array([np.cos(turn), 0.0, -np.sin(turn)])
        away = (points - middle) @ forward
        reach = np.maximum(np.abs((points - middle) @ right) / aspect, np.abs(points[:, 1] - middle[1]))
        diagonal = float(np.linalg.norm(highest - lowest))
        nearest = float(away.max())
        if field_of_view == 0.0:
            height = max(2.0 * float(reach.max()) / (1.0 - 2.0 * margin), 1e-6)
            place = middle + (nearest + diagonal + 0.02) * forward
            return cls.look_at(place, middle, height=height, far=nearest + 11.0 * diagonal + 1.0)
        slope = np.tan(0.5 * field_of_view) * (1.0 - 2.0 * margin)
        distance = max(float((reach / slope + away).max()), nearest + 0.02)
        return cls.look_at(
            middle + distance * forward,
            middle,
            field_of_view=field_of_view,
            near=max(0.5 * (distance - nearest), 1e-3),
            far=distance + 10.0 * diagonal + 1.0,
        )

    @property
    def position(self) -> Matrix:
        """The camera's place in the world, [3] metres."""
        return np.asarray(-self.view[:3, :3].T @ self.view[:3, 3])

    def distance(self, points: npt.ArrayLike) -> Matrix:
        """Return how far points [..., 3] are from the camera along its axis, [...] metres; below 0 behind it."""
        return np.asarray(-(to_numpy(points) @ self.view[2, :3] + self.view[2, 3]))

    def towards(self, points: npt.ArrayLike) -> Matrix:
        """Return vectors of any length from points [..., 3] to the viewer, [..., 3]."""
        if self.orthographic:
            return np.broadcast_to(self.view[2, :3], np.shape(points))
        return np.asarray(self.position - to_numpy(points))

    def turned(self, angle: float, about: Any = (0.0, 0.0, 0.0), *, axis: Any = (0.0, 1.0, 0.0)) -> "Camera":
        """Return this camera gone round a line, as on a turntable; what lies on the line keeps its place.

        Args:
            angle: radians, counter-clockwise seen against the axis: from the front towards +x (the subject's left).
            about: [3] metres, a point on the line.
            axis: [3], the line's direction; any length.
        """
        pivot, line = (np.array(to_numpy(values), np.float64) for values in (about, axis))
        if line.shape != (3,) or pivot.shape != (3,) or not np.linalg.norm(line) > 0.0:
            raise ValueError(f"about and axis must be [3], and axis not 0, got {pivot.tolist()} and {line.tolist()}")
        x, y, z = line / np.linalg.norm(line)
        cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
        # Rodrigues' formula, backwards: the world turns against the camera.
        back = np.eye(3) - np.sin(angle) * cross + (1.0 - np.cos(angle)) * cross @ cross
        move = np.eye(4)
        move[:3, :3] = back
        move[:3, 3] = pivot - back @ pivot
        return replace(self, view=self.view @ move)

    def crop(self, size: tuple[int, int], top: float, left: float, height: int, width: int) -> "Camera":
        """Return the camera of a part of this camera's pictures, which may reach beyond their borders.

        Args:
            size: (height, width) of the whole picture in pixels.
            top: the part's first row.
            left: its first column.
            height: its height in pixels; pictures of size (height, width) show the same pixels as the whole one.
            width: its width in pixels.
        """
        whole_height, whole_width = image_size(size)
        part_height, part_width = image_size((height, width))
        scale = whole_height / part_height
        across = 0.5 * whole_width - left - 0.5 * part_width
        down = 0.5 * whole_height - top - 0.5 * part_height
        return replace(
            self,
            focal=(self.focal[0] * scale, self.focal[1] * scale),
            centre=(self.centre[0] * scale + across / part_height, self.centre[1] * scale + down / part_height),
        )

    def intrinsics(self, size: tuple[int, int]) -> Matrix:
        """Return the [3, 3] pixel matrix for pictures of `size` = (height, width); the inverse of from_intrinsics.

        Raises:
            ValueError: of an orthographic camera, which has none.
        """
        if self.orthographic:
            raise ValueError("an orthographic camera has no pixel intrinsics; use camera.projection(size)")
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
        matrix = np.zeros((4, 4))
        matrix[0, 0] = 2.0 * self.focal[0] / aspect
        matrix[1, 1] = 2.0 * self.focal[1]
        shift = 2.0 * self.centre[0] / aspect, -2.0 * self.centre[1]
        if self.orthographic:
            matrix[:2, 3] = shift
            matrix[2, 2:] = -2.0 / depth, -(self.far + self.near) / depth
            matrix[3, 3] = 1.0
        else:
            matrix[:2, 2] = -shift[0], -shift[1]
            matrix[2, 2:] = -(self.far + self.near) / depth, -2.0 * self.far * self.near / depth
            matrix[3, 2] = -1.0
        return matrix

    @overload
    def clip(self, vertices: torch.Tensor, size: tuple[int, int]) -> torch.Tensor: ...

    @overload
    def clip(self, vertices: npt.ArrayLike, size: tuple[int, int]) -> Matrix: ...

    def clip(self, vertices: Any, size: tuple[int, int]) -> Any:
        """Return the clip positions [..., 4] of points [..., 3].

        Args:
            vertices: [..., 3] metres; a tensor gives a tensor of its type on its device (float32 of integers), which
                is differentiable in it; anything else gives a float64 array.
            size: (height, width) of the picture in pixels.
        """
        matrix = self.projection(size) @ self.view
        if isinstance(vertices, torch.Tensor):
            points = vertices if vertices.is_floating_point() else vertices.float()
            _check_points(points.shape)
            columns = torch.tensor(matrix, dtype=points.dtype, device=points.device)
            return points @ columns[:, :3].T + columns[:, 3]
        array = np.asarray(vertices, np.float64)
        _check_points(array.shape)
        return np.asarray(array @ matrix[:, :3].T + matrix[:, 3])

    @overload
    def project(self, vertices: torch.Tensor, size: tuple[int, int]) -> torch.Tensor: ...

    @overload
    def project(self, vertices: npt.ArrayLike, size: tuple[int, int]) -> Matrix: ...

    def project(self, vertices: Any, size: tuple[int, int]) -> Any:
        """Return where points [..., 3] appear, [..., 2] pixels from the top left corner (x right, y down).

        Args:
            vertices: [..., 3] metres, as for `clip`.
            size: (height, width) of the picture in pixels.
        """
        height, width = image_size(size)
        clip = self.clip(vertices, size)
        seen = clip[..., :2] / clip[..., 3:]
        x, y = (seen[..., 0] + 1.0) * 0.5 * width, (1.0 - seen[..., 1]) * 0.5 * height
        return torch.stack([x, y], dim=-1) if isinstance(clip, torch.Tensor) else np.stack([x, y], axis=-1)


def _is_rigid(view: Matrix) -> bool:
    turn = view[:3, :3]
    return bool(
        np.abs(turn @ turn.T - np.eye(3)).max() <= MOST_SKEW
        and np.linalg.det(turn) > 0.0
        and np.abs(view[3] - [0.0, 0.0, 0.0, 1.0]).max() <= MOST_SKEW
    )


def _check_points(shape: tuple[int, ...]) -> None:
    if not shape or shape[-1] != 3:
        raise ValueError(f"vertices must be [..., 3] metres, got {list(shape)}")
