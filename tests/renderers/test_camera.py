"""The camera against projections computed by hand."""

import numpy as np
import pytest
import torch

from avatar.renderers import Camera, camera_from_weak_perspective, rasterize

CAMERAS = {
    "perspective": Camera.look_at((0.3, 0.2, 1.5), (0, 0.1, 0), field_of_view=0.4),
    "off axis": Camera(Camera.look_at((0.3, 0.2, 1.5), (0, 0, 0)).view, (2.0, 1.7), (0.1, -0.05)),
    "orthographic": Camera.look_at((0.3, 0.2, 1.5), (0, 0.1, 0), height=0.8),
    "weak perspective": camera_from_weak_perspective(2.2, (0.05, -0.1)),
}
every_camera = pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS)


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


def test_orthographic_by_hand():
    camera = Camera.look_at((0, 0, 2), (0, 0, 0), height=4.0, near=1.0, far=5.0)
    # 4 metres are 100 pixels, at whatever distance.
    pixels = camera.project([[0, 0, 0], [1, 1, 0], [1, 1, -2]], (100, 200))
    np.testing.assert_allclose(pixels, [[100, 50], [125, 25], [125, 25]], atol=1e-9)
    clip = camera.clip([[0, 0, 1], [0, 0, -3]], (100, 200))
    np.testing.assert_allclose(clip[:, 2:], [[-1, 1], [1, 1]], atol=1e-12)


def test_weak_perspective_by_hand():
    scale, shift = 8.0, np.array([0.01, -0.03])
    points = np.random.default_rng(2).uniform(-0.1, 0.1, (9, 3))
    # DECA: shift, scale, turn y down, and spread -1..1 over the picture.
    plane = scale * (points[:, :2] + shift) * [1, -1]
    pixels = camera_from_weak_perspective(scale, shift).project(points, (224, 224))
    np.testing.assert_allclose(pixels, (plane + 1) * 112, rtol=1e-12)
    # The nose is in front of the ears.
    clip = camera_from_weak_perspective(scale).clip([[0, 0, 0.1], [0, 0, -0.1]], (224, 224))
    assert clip[0, 2] < clip[1, 2]


def test_a_long_lens_comes_near_to_an_orthographic_one(ball_mesh):
    vertices = ball_mesh[0]
    flat = Camera.portrait(vertices, field_of_view=0.0, turn=0.4)
    long = Camera.portrait(vertices, field_of_view=0.001, turn=0.4)
    assert flat.orthographic
    np.testing.assert_allclose(flat.project(vertices, (200, 200)), long.project(vertices, (200, 200)), atol=0.2)


@pytest.mark.parametrize("field_of_view", [0.3, 0.0])
@pytest.mark.parametrize("turn", [0.0, 0.6, -1.2])
def test_portrait_frames_all(ball_mesh, turn, field_of_view):
    vertices = ball_mesh[0] * [1.0, 1.4, 1.1] + [0.3, 1.5, -0.2]
    camera = Camera.portrait(vertices, turn=turn, margin=0.05, field_of_view=field_of_view)
    pixels = camera.project(vertices, (200, 200))
    assert pixels.min() >= 9.9 and pixels.max() <= 190.1
    assert pixels.min() < 14
    clip = camera.clip(vertices, (200, 200))
    assert (np.abs(clip[:, 2]) < clip[:, 3]).all()


@pytest.mark.parametrize("field_of_view", [0.3, 0.0])
@pytest.mark.parametrize("size", [(300, 150), (200, 500)])
def test_portrait_fills_narrow_and_wide_pictures(ball_mesh, size, field_of_view):
    vertices = ball_mesh[0]
    camera = Camera.portrait(vertices, margin=0.05, field_of_view=field_of_view, aspect=size[1] / size[0])
    pixels = camera.project(vertices, size) / [size[1], size[0]]
    assert pixels.min() == pytest.approx(0.05, abs=0.01) and pixels.max() == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize("field_of_view", [0.3, 0.0])
def test_turned_is_the_portrait_from_there(field_of_view):
    # A ball is as far away from everywhere, so that both cameras stand equally far off.
    points = np.array([[0.1, 0, 0], [-0.1, 0, 0], [0, 0.1, 0], [0, -0.1, 0], [0, 0, 0.1], [0, 0, -0.1]]) + 0.4
    front = Camera.portrait(points, field_of_view=field_of_view).turned(np.pi / 2, about=(0.4, 0.4, 0.4))
    side = Camera.portrait(points, field_of_view=field_of_view, turn=np.pi / 2)
    np.testing.assert_allclose(front.view, side.view, atol=1e-12)


def test_turned_about_any_axis():
    camera = Camera.look_at((0, 0, 2), (0, 0, 0))
    pivot = np.array([0.1, 0.2, 0.3])
    np.testing.assert_allclose(camera.turned(2 * np.pi, pivot, axis=(1, 2, 3)).view, camera.view, atol=1e-12)
    np.testing.assert_allclose(camera.turned(np.pi / 2, axis=(-2, 0, 0)).position, [0, 2, 0], atol=1e-12)
    # The turntable's middle stays where it was in the picture.
    at = camera.project(pivot, (90, 120))
    np.testing.assert_allclose(camera.turned(1.1, pivot).project(pivot, (90, 120)), at)


@every_camera
def test_a_crop_shows_the_same_pixels(camera):
    random = np.random.default_rng(3)
    triangles = random.uniform(-0.3, 0.3, (40, 1, 3)) + random.uniform(-0.1, 0.1, (40, 3, 3))
    points, faces = triangles.reshape(-1, 3), np.arange(120).reshape(40, 3)
    size = (60, 90)
    whole = rasterize(camera.clip(points, size)[None], faces, size)
    part = camera.crop(size, 11, 30, 32, 50)
    piece = rasterize(part.clip(points, (32, 50))[None], faces, (32, 50))
    assert (whole.triangle_id[0, 11:43, 30:80] >= 0).sum() > 100
    np.testing.assert_array_equal(piece.triangle_id[0], whole.triangle_id[0, 11:43, 30:80])
    moved = camera.project(points, size) - [30, 11]
    np.testing.assert_allclose(part.project(points, (32, 50)), moved, atol=1e-9)


def test_a_crop_beyond_the_border():
    camera = CAMERAS["off axis"]
    point = np.array([0.1, 0.0, 0.0])
    moved = np.add(camera.project(point, (40, 40)), [10, 7])
    np.testing.assert_allclose(camera.crop((40, 40), -7, -10, 60, 60).project(point, (60, 60)), moved)


@every_camera
def test_tensors_stay_tensors(camera):
    points = np.random.default_rng(4).uniform(-0.2, 0.2, (2, 5, 3))
    for dtype, tolerance in ((torch.float64, 1e-12), (torch.float32, 1e-3)):
        tensor = torch.tensor(points, dtype=dtype)
        for method in (camera.clip, camera.project):
            got = method(tensor, (70, 90))
            assert got.dtype == dtype
            np.testing.assert_allclose(got, method(points, (70, 90)), atol=tolerance)
    assert camera.clip(torch.zeros(2, 3, dtype=torch.int64), (4, 4)).dtype == torch.float32


@every_camera
def test_gradients_reach_the_vertices(camera):
    points = torch.tensor(np.random.default_rng(5).uniform(-0.2, 0.2, (2, 3, 3)), requires_grad=True)
    assert torch.autograd.gradcheck(lambda vertices: camera.clip(vertices, (7, 9)), points)
    assert torch.autograd.gradcheck(lambda vertices: camera.project(vertices, (7, 9)), points)


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
        (lambda: Camera.portrait(np.zeros((1, 3)), aspect=0.0), "aspect must be above 0"),
        (lambda: Camera.from_intrinsics(np.eye(4), (4, 4), np.eye(4)), r"matrix must be \[3, 3\]"),
        (lambda: Camera.from_intrinsics([[9, 1, 4], [0, 9, 4], [0, 0, 1]], (8, 8), np.eye(4)), "skewed pixels"),
        (lambda: Camera(2.0 * np.eye(4), (1.0, 1.0)), "view must be a rotation and a translation"),
        (lambda: Camera(np.diag([1.0, 1.0, -1.0, 1.0]), (1.0, 1.0)), "view must be a rotation and a translation"),
        (lambda: Camera(np.eye(4), (1.0, 1.0), (np.nan, 0.0)), "centre must be finite"),
        (lambda: Camera(np.eye(4), (1.0, 1.0), near=1.0, far=-1.0, orthographic=True), "near < far"),
        (lambda: Camera.look_at((0, 0, 1), (0, 0, 0), height=0.0), "height must be above 0 metres"),
        (lambda: camera_from_weak_perspective(0.0), "scale must be above 0"),
        (lambda: camera_from_weak_perspective(1.0, (0.0, 0.0, 0.0)), r"translation must be \[2\]"),
        (lambda: CAMERAS["perspective"].turned(1.0, axis=(0, 0, 0)), "axis not 0"),
        (lambda: CAMERAS["perspective"].crop((8, 8), 0, 0, 0, 4), "size must be"),
        (
            lambda: CAMERAS["perspective"].clip([[0.0, 1.0]], (8, 8)),
            r"vertices must be \[..., 3\] metres, got \[1, 2\]",
        ),
        (lambda: CAMERAS["perspective"].clip(torch.zeros(4), (8, 8)), r"vertices must be \[..., 3\]"),
        (lambda: CAMERAS["orthographic"].intrinsics((8, 8)), "orthographic camera has no pixel intrinsics"),
    ],
)
def test_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()
