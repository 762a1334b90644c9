"""Views of the shape: normals, depth, parts and lines."""

import numpy as np
import pytest

from avatar.renderers import TRANSPARENT, VIEWS, Background, Camera, Mesh, View, hex_colour, render
from avatar.renderers.colour import decode
from avatar.renderers.topology import neighbours
from avatar.renderers.views import PART_COLOURS
from avatar.renderers.wires import outlines

SQUARE_FACES = [[0, 1, 2], [0, 2, 3]]
GREY = Background.plain(hex_colour("#808080"))


def square(half=1.0, z=0.0):
    return np.array([[-half, -half, z], [half, -half, z], [half, half, z], [-half, half, z]])[None]


def front(**options):
    return Camera.look_at((0, 0, 1.0), (0, 0, 0), **options)


def test_normals_are_in_the_cameras_axes():
    mesh = Mesh.plain(SQUARE_FACES)
    facing = render(square(), mesh, front(), (3, 3), view="normals")
    assert facing[0, 1, 1].tolist() == [128, 128, 255, 255]
    # Seen from the subject's left, the front of the square looks to the picture's left.
    angle = np.radians(60)
    side = front(height=0.1).turned(angle)
    turned = render(square(), mesh, side, (3, 3), view="normals")[0, 1, 1]
    expected = 255 * (0.5 + 0.5 * np.array([-np.sin(angle), 0.0, np.cos(angle)]))
    np.testing.assert_allclose(turned[:3], expected, atol=1)


def test_a_balls_normals_point_outwards(fine_ball):
    vertices, faces = fine_ball
    image = render(vertices[None], Mesh.plain(faces), front(height=0.25), (65, 65), view="normals")[0].astype(float)
    normals = image[..., :3] / 127.5 - 1
    centre = (np.arange(65) + 0.5 - 32.5) * 0.25 / 65 / 0.1
    x, y = np.meshgrid(centre, -centre)
    inside = np.hypot(x, y) < 0.8
    np.testing.assert_allclose(normals[inside][:, 0], x[inside], atol=0.03)
    np.testing.assert_allclose(normals[inside][:, 1], y[inside], atol=0.03)


@pytest.mark.parametrize("camera", [front(), front(height=0.1)])
def test_depth_by_hand(camera):
    mesh = Mesh.plain(SQUARE_FACES)
    view = View("depth", depths=(0.5, 1.5))
    for z, byte in ((0.5, 255), (0.25, 191), (0.0, 128), (-0.5, 0), (-0.7, 0)):
        image = render(square(z=z), mesh, camera, (2, 2), view=view)
        assert image[0, 0, 0].tolist() == [byte] * 3 + [255]


def test_depth_ends_at_the_nearest_and_furthest_of_all_pictures():
    mesh = Mesh.plain(SQUARE_FACES)
    images = render(np.concatenate([square(z=0.2), square(z=-0.3)]), mesh, front(), (1, 1), view="depth")
    assert images[:, 0, 0, 0].tolist() == [255, 0]
    assert render(np.zeros((0, 4, 3)), mesh, front(), (1, 1), view="depth").shape == (0, 1, 1, 4)


def test_parts_have_their_own_flat_colours():
    vertices = np.concatenate([square(0.2) - [0.2, 0, 0], square(0.2) - [-0.2, 0, 0]], axis=1)
    mesh = Mesh(
        SQUARE_FACES + [[4 + k for k in face] for face in SQUARE_FACES],
        parts=("eye", "teeth"),
        face_parts=[0, 0, 1, 1],
        vertex_colours=np.full((8, 3), 0.1),
        eye_offsets=np.zeros((8, 3)),
    )
    image = render(vertices, mesh, front(height=0.2), (2, 2), view="parts")[0]
    for column, colour in enumerate(PART_COLOURS[:2]):
        assert image[0, column].tolist() == [*bytes.fromhex(colour[1:]), 255]


def test_lines_are_as_wide_as_asked_for():
    # One vertical edge between two triangles that fill the picture.
    vertices = np.array([[0, -9, 0], [0, 9, 0], [-9, 0, 0], [9, 0, 0.0]])[None]
    mesh = Mesh.plain([[0, 1, 2], [0, 3, 1]])
    white = Background.plain((1.0, 1.0, 1.0))
    for width in (1.0, 2.5):
        for samples in (1, 2, 4):
            view = View("hidden", line_width=width)
            image = render(
                vertices, mesh, front(height=1.0), (20, 20), view=view, background=white, supersample=samples
            )
            ink = 1.0 - decode(image[0, ..., 0] / 255)
            np.testing.assert_allclose(ink.sum(axis=1), width, atol=0.05)


def test_an_outline_is_as_wide_as_an_inner_line():
    mesh = Mesh.plain(SQUARE_FACES)
    view = View("hidden", line_width=2.0, line_colour=(1.0, 1.0, 1.0))
    # The square's left edge is at column 5, the diagonal further right.
    image = render(square(0.5), mesh, front(height=2.0), (20, 20), view=view, background=TRANSPARENT, supersample=4)
    cover = image[0, 7, :9, 3] / 255
    assert cover.sum() == pytest.approx(2.0, abs=0.1)
    assert cover[:5].max() == 0.0
    assert set(np.unique(image[0][image[0, ..., 3] > 0][:, :3])) == {255}


def test_lines_hide_behind_surfaces_that_are_not_drawn(fine_ball):
    near, far = square(0.2, 0.2), fine_ball[0][None] - [0, 0, 0.3]
    faces = np.concatenate([SQUARE_FACES, fine_ball[1] + 4])
    image = render(
        np.concatenate([near, far], axis=1), Mesh.plain(faces), front(), (32, 32), view="wireframe", background=GREY
    )
    alone = render(near, Mesh.plain(SQUARE_FACES), front(), (32, 32), view="wireframe", background=GREY)
    np.testing.assert_array_equal(image, alone)


def test_lines_over_the_shaded_surface_change_little_between_them():
    mesh = Mesh.plain(SQUARE_FACES)
    plain, lined = (
        render(square(0.4), mesh, front(height=1.0), (40, 40), view=view)[0] for view in ("shaded", "shaded+wireframe")
    )
    same = (plain == lined).all(axis=-1)
    assert same[30, 25] and same[0, 0]
    assert not same[20, 20]
    assert lined[20, 20, 0] < plain[20, 20, 0]


def test_a_line_is_shared_by_two_faces_that_are_both_seen():
    faces = np.array([[0, 1, 2], [2, 1, 3], [4, 5, 6]])
    flat = np.array([[0, 0], [1, 0], [0, 1], [1, 1], [0, 0], [1, 0], [0, 1.0]])
    clip = np.c_[flat, np.zeros(7), np.ones(7)]
    # Opposite corner 0 of the first and corner 2 of the second is their common edge.
    assert outlines(clip, faces, neighbours(faces)).tolist() == [[False, True, True], [True, True, False], [True] * 3]
    clip[3, :2] = 0.1, 0.2  # folded over: the second now shows its back
    assert outlines(clip, faces, neighbours(faces)).all()


def test_every_named_view_draws(ball_mesh):
    vertices, faces = ball_mesh
    mesh = Mesh(faces, parts=("skin",))
    pictures = [render(vertices[None], mesh, front(), (24, 24), view=name).tobytes() for name in VIEWS]
    assert len(set(pictures)) == len(VIEWS) == 6


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: render(square(), Mesh.plain(SQUARE_FACES), front(), (2, 2), view="xray"),
            "view must be one of shaded, .*'xray'",
        ),
        (lambda: View("xray"), "surface must be one of shaded, normals, depth, parts, hidden, got 'xray'"),
        (lambda: View(line_width=-1.0), "line_width must be 0 or more"),
        (lambda: View(line_opacity=2.0), "line_opacity must be 0 to 1"),
        (lambda: View(line_colour=(2.0, 0.0, 0.0)), "line_colour must be three linear RGB"),
        (lambda: View("depth", depths=(2.0, 1.0)), "depths must be near < far"),
    ],
)
def test_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()
