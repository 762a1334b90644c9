"""Cameras from and to the numbers that others write them down in: OpenCV, OpenGL, and fitters of faces."""

from typing import Any

import numpy as np

from avatar.renderers.arrays import image_size, to_numpy
from avatar.renderers.camera import Camera, Matrix

# OpenCV's camera has y down and z forward, OpenGL's y up and z backward; each is the other turned half round x.
_FLIP = np.diag([1.0, -1.0, -1.0, 1.0])


def camera_from_opencv(
    intrinsics: Any,
    extrinsics: Any,
    size: tuple[int, int],
    *,
    first_pixel: float = 0.0,
    near: float = 0.01,
    far: float = 100.0,
) -> Camera:
    """Return the camera of OpenCV's matrices: a world point X appears at intrinsics @ (R X + t), divided by its z.

    Lens distortion is not part of it: undistort the picture first.

    Args:
        intrinsics: [3, 3] in pixels (fx, 0, cx; 0, fy, cy; 0, 0, 1).
        extrinsics: [3, 4] or [4, 4] (R | t), world to camera in metres, with x right, y down and z forward.
        size: (height, width) of the picture that the matrices are for.
        first_pixel: the coordinate of the middle of the top left pixel: 0 as OpenCV counts; 0.5 as COLMAP and this
            library do, and where the principal point was written down as half of the width and height.
        near: distance of the near plane in metres.
        far: distance of the far plane in metres.

    Raises:
        ValueError: if a shape is wrong, pixels are skewed, or R is no rotation.

    Example:
        >>> camera = camera_from_opencv([[9, 0, 3.5], [0, 9, 3.5], [0, 0, 1]], np.eye(4), (8, 8))
        >>> camera.project([[0.0, 0.0, 1.0]], (8, 8)).tolist()
        [[4.0, 4.0]]
    """
    motion = np.array(to_numpy(extrinsics), np.float64)
    if motion.shape == (3, 4):
        motion = np.concatenate([motion, [[0.0, 0.0, 0.0, 1.0]]])
    if motion.shape != (4, 4):
        raise ValueError(f"extrinsics must be [3, 4] or [4, 4] (R | t), got shape {list(motion.shape)}")
    pixels = np.array(to_numpy(intrinsics), np.float64)
    if pixels.shape == (3, 3):
        pixels[:2, 2] += 0.5 - first_pixel
    return Camera.from_intrinsics(pixels, size, _FLIP @ motion, near=near, far=far)


def opencv_from_camera(camera: Camera, size: tuple[int, int], *, first_pixel: float = 0.0) -> tuple[Matrix, Matrix]:
    """Return the [3, 3] intrinsics and [4, 4] extrinsics of OpenCV: the inverse of `camera_from_opencv`.

    Args:
        camera: a perspective camera.
        size: (height, width) in pixels.
        first_pixel: the coordinate of the middle of the top left pixel.

    Raises:
        ValueError: if the camera is orthographic.
    """
    intrinsics = camera.intrinsics(size)
    intrinsics[:2, 2] -= 0.5 - first_pixel
    return intrinsics, _FLIP @ camera.view


def camera_from_opengl(view: Any, projection: Any, size: tuple[int, int]) -> Camera:
    """Return the camera of OpenGL's matrices for column vectors; back are `camera.view` and `camera.projection(size)`.

    Args:
        view: [4, 4], world to camera.
        projection: [4, 4], camera to clip space with depths from -1 (near) to 1 (far), perspective or orthographic.
        size: (height, width) of the picture in pixels.

    Raises:
        ValueError: if the projection is neither, has skewed pixels, or no finite far plane.
    """
    height, width = image_size(size)
    aspect = width / height
    matrix = np.array(to_numpy(projection), np.float64)
    if matrix.shape != (4, 4) or not np.isfinite(matrix).all():
        raise ValueError(f"projection must be a finite [4, 4] matrix, got shape {list(matrix.shape)}")
    orthographic = bool(np.allclose(matrix[3], [0.0, 0.0, 0.0, 1.0]))
    expected = np.zeros((4, 4), np.bool_)
    expected[[0, 1, 2, 2], [0, 1, 2, 3]] = True
    expected[3, 3 if orthographic else 2] = True
    expected[:2, 3 if orthographic else 2] = True
    whole = orthographic or np.allclose(matrix[3], [0.0, 0.0, -1.0, 0.0])
    if not whole or np.abs(matrix[~expected]).max() > 1e-6 * np.abs(matrix).max():
        raise ValueError(
            "projection must be a perspective matrix (last row 0, 0, -1, 0) or an orthographic one (0, 0, 0, 1) for "
            f"column vectors without skew, got {matrix.tolist()}; transpose matrices that are meant for row vectors"
        )
    scale, offset = matrix[2, 2], matrix[2, 3]
    with np.errstate(divide="ignore", invalid="ignore"):
        if orthographic:
            ends = np.array([offset + 1.0, offset - 1.0]) / scale
        else:
            ends = offset / np.array([scale - 1.0, scale + 1.0])
    if not np.isfinite(ends).all() or not ends[0] < ends[1]:
        raise ValueError(
            "projection must put depths from -1 at the near plane to 1 at a finite far plane, got the third row "
            f"{matrix[2].tolist()}; infinite and reversed depths are not supported"
        )
    shift = matrix[:2, 3] if orthographic else -matrix[:2, 2]
    return Camera(
        view,
        (float(0.5 * aspect * matrix[0, 0]), float(0.5 * matrix[1, 1])),
        (float(0.5 * aspect * shift[0]), float(-0.5 * shift[1])),
        float(ends[0]),
        float(ends[1]),
        orthographic,
    )


def camera_from_weak_perspective(
    scale: float, translation: Any = (0.0, 0.0), *, near: float = -10.0, far: float = 10.0
) -> Camera:
    """Return the camera of a scale and a shift in the picture plane, as fitters of FLAME such as DECA give it.

    A point (x, y, z) appears at scale * (x + translation[0]), scale * (y + translation[1]), where the picture's
    middle is (0, 0), its right side x = 1 and its top y = 1. Those are the three camera numbers of DECA's code (Feng
    et al. 2021, "Learning an Animatable Detailed 3D Face Model from In-The-Wild Images"), whose paper shifts after
    scaling. Whoever looks along +z is seen from the front.

    Args:
        scale: half picture heights a metre; for pictures that are not square too.
        translation: [2] metres, right and up.
        near: metres from the origin towards -z; what is nearer is cut away.
        far: metres from the origin towards -z; what is further is cut away.
    """
    shift = np.array(to_numpy(translation), np.float64)
    if shift.shape != (2,):
        raise ValueError(f"translation must be [2] metres, right and up, got shape {list(shift.shape)}")
    if not scale > 0.0:
        raise ValueError(f"scale must be above 0, got {scale}")
    focal = 0.5 * float(scale)
    centre = (focal * float(shift[0]), -focal * float(shift[1]))
    return Camera(np.eye(4), (focal, focal), centre, near, far, orthographic=True)
