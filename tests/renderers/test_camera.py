"""The camera against projections computed by hand."""

import numpy as np
import pytest

from avatar.renderers import Camera


def test_look_at_by_hand():
    camera = Camera.look_at((0, 0, 2), (0, 0, 0), field_of_view=np.pi / 2)
    np.testing.assert_allclose(camera.position, [0, 0, 2], atol=1e-12)
    # At 90 degrees the half height equals the distance: (1, 1, 0) is half way out at distance 2.
    pixels = camera.project([[0, 0, 0], [1, 1, 0], [0, 2, 0]], (100, 100))
    np.testing.assert_allclose(pixels, [[50, 50], [75, 25], [50, 0]], atol=1e-9)
    np.testing.assert_allclose(camera.project([[1, 1, 0]], (100, 200)), [[125, 25]])


def test_from_the_side():
    camera = Camera.look_at((3, 0, 0), (0, 0, 0), field_of_view=np.pi / 2)
    # Seen from the subject's left (+x), the face's front (+z) is on the left of the picture.
    pixels = camera.project([[0, 0, 1.5], [0, 1.5, 0]], (100, 100))
    np.testing.assert_allclose(pixels, [[25, 50], [50, 25]], atol=1e-9)


def test_near_and_far_planes_reach_the_ends_of_clip_space():
    camera = Camera.look_at((0, 0, 0), (0, 0, -1), near=0.5, far=8.0)
    clip = camera.clip([[0, 0, -0.5], [0, 0, -8.0]], (10, 10))
    np.testing.assert_allclose(clip[:, 2] / clip[:, 3], [-1, 1], atol=1e-12)
    np.testing.assert_allclose(clip[:, 3], [0.5, 8.0])


def test_intrinsics_and_back():
    matrix = np.array([[800.0, 0, 330], [0, 820.0, 200], [0, 0, 1]])
    view = Camera.look_at((0.1, 0.2, 1), (0, 0, 0)).view
    camera = Camera.from_intrinsics(matrix, (480, 640), view)
    np.testing.assert_allclose(camera.intrinsics((480, 640)), matrix)
    points = np.random.default_rng(0).uniform(-0.2, 0.2, (7, 3))
    seen = points @ view[:3, :3].T + view[:3, 3]
    # The pixel matrix speaks OpenCV: y down, z forward.
    by_hand = (matrix @ (seen * [1, -1, -1]).T).T
    np.testing.assert_allclose(camera.project(points, (480, 640)), by_hand[:, :2] / by_hand[:, 2:], rtol=1e-9)


def test_twice_the_picture_shows_the_same():
    camera = Camera.look_at((0.3, 0.1, 1), (0, 0.1, 0))
    points = np.random.default_rng(1).uniform(-0.2, 0.2, (5, 3))
    np.testing.assert_allclose(2 * camera.project(points, (50, 70)), camera.project(points, (100, 140)))


@pytest.mark.parametrize("turn", [0.0, 0.6, -1.2])
def test_portrait_frames_all(ball_mesh, turn):
    vertices = ball_mesh[0] * [1.0, 1.4, 1.1] + [0.3, 1.5, -0.2]
    pixels = Camera.portrait(vertices, turn=turn, margin=0.05).project(vertices, (200, 200))
    assert pixels.min() >= 9.9 and pixels.max() <= 190.1
    assert pixels.min() < 14
    clip = Camera.portrait(vertices, turn=turn).clip(vertices, (200, 200))
    assert (np.abs(clip[:, 2]) < clip[:, 3]).all()


def test_portrait_of_some_vertices_is_closer():
    points = np.array([[0, 0, 0], [0.1, 0.1, 0], [0, -1.0, 0]])
    whole, part = Camera.portrait(points), Camera.portrait(points, focus=[0, 1])
    assert part.position[2] < whole.position[2]


def test_the_view_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        Camera.look_at((0, 0, 1), (0, 0, 0)).view[0, 0] = 2.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Camera.look_at((0, 0, 0), (0, 0, 0)), "must differ"),
        (lambda: Camera.look_at((0, 1, 0), (0, 0, 0)), "must not run along"),
        (lambda: Camera.look_at((0, 0, 1), (0, 0, 0), field_of_view=0.0), "between 0 and pi, got 0.0"),
        (lambda: Camera(np.eye(3), (1.0, 1.0)), r"view must be a finite \[4, 4\]"),
        (lambda: Camera(np.eye(4), (1.0, 0.0)), "focal must be two lengths above 0"),
        (lambda: Camera(np.eye(4), (1.0, 1.0), near=2.0, far=1.0), "0 < near < far"),
        (lambda: Camera.portrait(np.zeros((0, 3))), "one or more finite points"),
        (lambda: Camera.from_intrinsics(np.eye(4), (4, 4), np.eye(4)), r"matrix must be \[3, 3\]"),
    ],
)
def test_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()
