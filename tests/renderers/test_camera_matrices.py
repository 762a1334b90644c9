"""Cameras against OpenCV's and OpenGL's formulas written out."""

import numpy as np
import pytest

from avatar.renderers import (
    Camera,
    camera_from_opencv,
    camera_from_opengl,
    camera_from_weak_perspective,
    opencv_from_camera,
)

SIZE = (480, 640)
K = np.array([[800.0, 0, 330], [0, 820.0, 200], [0, 0, 1]])
POINTS = np.random.default_rng(0).uniform(-0.2, 0.2, (20, 3))


def rotation(vector):
    """cv2.Rodrigues: the rotation about a vector by its length."""
    angle = np.linalg.norm(vector)
    x, y, z = np.asarray(vector) / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def opencv_pose():
    # Half round x turns a head that looks along +z, y up, towards a camera with y down and z forward.
    return np.concatenate([rotation([0.1, 0.2, -0.1]) @ np.diag([1.0, -1, -1]), [[0.02], [-0.03], [1.5]]], axis=1)


def project_points(points, pose, matrix):
    """cv2.projectPoints without distortion."""
    x, y, z = (points @ pose[:, :3].T + pose[:, 3]).T
    return np.stack([matrix[0, 0] * x / z + matrix[0, 2], matrix[1, 1] * y / z + matrix[1, 2]], axis=1)


def frustum(left, right, bottom, top, near, far):
    """glFrustum."""
    return np.array(
        [
            [2 * near / (right - left), 0, (right + left) / (right - left), 0],
            [0, 2 * near / (top - bottom), (top + bottom) / (top - bottom), 0],
            [0, 0, -(far + near) / (far - near), -2 * far * near / (far - near)],
            [0, 0, -1, 0],
        ]
    )


def ortho(left, right, bottom, top, near, far):
    """glOrtho."""
    return np.array(
        [
            [2 / (right - left), 0, 0, -(right + left) / (right - left)],
            [0, 2 / (top - bottom), 0, -(top + bottom) / (top - bottom)],
            [0, 0, -2 / (far - near), -(far + near) / (far - near)],
            [0, 0, 0, 1],
        ]
    )


def test_opencv_projects_to_the_same_pixels():
    camera = camera_from_opencv(K, opencv_pose(), SIZE)
    # OpenCV's (0, 0) is the middle of the first pixel, ours its corner.
    np.testing.assert_allclose(camera.project(POINTS, SIZE), project_points(POINTS, opencv_pose(), K) + 0.5)
    same = camera_from_opencv(K, opencv_pose(), SIZE, first_pixel=0.5)
    np.testing.assert_allclose(same.project(POINTS, SIZE), project_points(POINTS, opencv_pose(), K))


@pytest.mark.parametrize("first_pixel", [0.0, 0.5])
def test_opencv_and_back(first_pixel):
    camera = camera_from_opencv(K, opencv_pose(), SIZE, first_pixel=first_pixel)
    intrinsics, extrinsics = opencv_from_camera(camera, SIZE, first_pixel=first_pixel)
    np.testing.assert_allclose(intrinsics, K)
    np.testing.assert_allclose(extrinsics, [*opencv_pose(), [0, 0, 0, 1]], atol=1e-15)
    # The camera's place in the world is -R^T t in either convention.
    np.testing.assert_allclose(camera.position, -opencv_pose()[:, :3].T @ opencv_pose()[:, 3])


@pytest.mark.parametrize("matrix", [frustum, ortho])
def test_opengl_and_back(matrix):
    projection = matrix(-0.05, 0.07, -0.04, 0.03, 0.2, 3.0)
    view = Camera.look_at((0.2, 0.1, 1.0), (0, 0, 0)).view
    camera = camera_from_opengl(view, projection, (70, 120))
    np.testing.assert_allclose(camera.projection((70, 120)), projection, atol=1e-12)
    assert (camera.near, camera.far) == pytest.approx((0.2, 3.0))
    assert camera.orthographic == (matrix is ortho)
    clip = np.c_[POINTS, np.ones(20)] @ view.T @ projection.T
    np.testing.assert_allclose(camera.clip(POINTS, (70, 120)), clip, atol=1e-12)


def test_weak_perspective_to_opengl_and_back():
    camera = camera_from_weak_perspective(8.0, (0.01, -0.02), near=-1.0, far=2.0)
    again = camera_from_opengl(camera.view, camera.projection((64, 64)), (64, 64))
    np.testing.assert_allclose(again.project(POINTS, (64, 64)), camera.project(POINTS, (64, 64)))
    assert (again.near, again.far) == pytest.approx((-1.0, 2.0))


def test_opencv_through_opengl():
    camera = camera_from_opencv(K, opencv_pose(), SIZE, near=0.3, far=4.0)
    again = camera_from_opengl(camera.view, camera.projection(SIZE), SIZE)
    intrinsics, extrinsics = opencv_from_camera(again, SIZE)
    np.testing.assert_allclose(intrinsics, K)
    np.testing.assert_allclose(extrinsics[:3], opencv_pose(), atol=1e-12)


PERSPECTIVE = frustum(-1, 1, -1, 1, 1, 9)
INFINITE = np.array([*PERSPECTIVE[:2], [0, 0, -1, -2], PERSPECTIVE[3]])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: camera_from_opencv(np.eye(4), np.eye(4), SIZE), r"matrix must be \[3, 3\]"),
        (lambda: camera_from_opencv(K, np.eye(3), SIZE), r"extrinsics must be \[3, 4\] or \[4, 4\]"),
        (lambda: camera_from_opencv(K, 2 * np.eye(4), SIZE), "view must be a rotation"),
        (lambda: camera_from_opencv(K.T, np.eye(4), SIZE), "matrix must be"),
        (lambda: opencv_from_camera(camera_from_weak_perspective(1.0), SIZE), "no pixel intrinsics"),
        (lambda: camera_from_opengl(np.eye(4), np.eye(3), SIZE), r"projection must be a finite \[4, 4\]"),
        (lambda: camera_from_opengl(np.eye(4), PERSPECTIVE.T, SIZE), "transpose matrices"),
        (lambda: camera_from_opengl(np.eye(4), frustum(-1, 1, -1, 1, 9, 1), SIZE), "reversed depths"),
        (lambda: camera_from_opengl(np.eye(4), INFINITE, SIZE), "infinite"),
    ],
)
def test_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()
