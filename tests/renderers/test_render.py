"""Finished pictures."""

import numpy as np
import pytest
import torch

from avatar.renderers import (
    TRANSPARENT,
    Background,
    Camera,
    Light,
    Lights,
    Material,
    Mesh,
    hex_colour,
    render,
    studio,
)
from avatar.renderers.colour import decode, encode
from avatar.renderers.materials import EYE

SIZE = (32, 32)
CHALK = Material(specular=0.0)
WHITE_SKY = Lights((), sky=(0.5, 0.5, 0.5), ground=(0.5, 0.5, 0.5))


def front(distance=0.7):
    return Camera.look_at((0, 0, distance), (0, 0, 0))


def square(half=1.0, z=0.0):
    return np.array([[-half, -half, z], [half, -half, z], [half, half, z], [-half, half, z]])[None]


SQUARE_FACES = [[0, 1, 2], [0, 2, 3]]


def test_flat_light_on_a_flat_colour_gives_its_srgb_byte():
    mesh = Mesh.plain(SQUARE_FACES, hex_colour("#804020"), material=CHALK)
    light = Lights((), sky=(1.0, 1.0, 1.0), ground=(1.0, 1.0, 1.0))
    image = render(square(), mesh, front(), (3, 5), lights=light)
    np.testing.assert_array_equal(image[0], np.broadcast_to([0x80, 0x40, 0x20, 255], (3, 5, 4)))


def test_lambert_by_hand():
    # A light 60 degrees off the normal gives half of its strength: 0.5 * 0.4 = 0.2 linear.
    mesh = Mesh.plain(SQUARE_FACES, (0.4, 0.4, 0.4), material=CHALK)
    light = Lights((Light((np.sqrt(3), 0, 1)),))
    assert render(square(), mesh, front(), (1, 1), lights=light)[0, 0, 0, :3].tolist() == [124, 124, 124]


def test_a_tiny_golden_picture(ball_mesh):
    vertices, faces = ball_mesh
    mesh = Mesh(faces, parts=("skin",), part_colours=[[0.5, 0.3, 0.2]])
    image = render(vertices[None], mesh, Camera.portrait(vertices), (8, 8), background=TRANSPARENT, supersample=2)
    golden = np.array(GOLDEN_RED)
    np.testing.assert_allclose(image[0, :, :, 0].astype(int), golden, atol=2)


def test_mirrored_light_gives_the_mirrored_picture(fine_ball):
    vertices, faces = fine_ball
    mesh = Mesh(faces, parts=("skin",), part_colours=[[0.5, 0.3, 0.2]])
    images = [
        render(vertices[None], mesh, front(), SIZE, lights=Lights((Light((side, 0.3, 0.5)),)))[0].astype(int)
        for side in (-0.8, 0.8)
    ]
    assert np.abs(images[0] - images[1][:, ::-1]).mean() < 0.5
    left, right = images[0][:, :16, 0].mean(), images[0][:, 16:, 0].mean()
    assert left > right + 10


def test_turning_light_and_scene_together_changes_nothing(fine_ball):
    vertices, faces = fine_ball
    angle = 0.7
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    mesh = Mesh(faces, parts=("skin",), part_colours=[[0.5, 0.3, 0.2]])
    bump = vertices * (1 + 0.2 * np.sin(30 * vertices[:, :1]))
    still = render(bump[None], mesh, front(), SIZE, lights=Lights((Light((0.5, 0.3, 0.6)),)))
    camera = Camera.look_at(turn @ [0, 0, 0.7], (0, 0, 0))
    light = Light(tuple(turn @ [0.5, 0.3, 0.6]))
    turned = render((bump @ turn.T)[None], mesh, camera, SIZE, lights=Lights((light,)))
    # Rounding may move a vertex to the next of 256 places in a pixel.
    assert np.abs(still.astype(int) - turned).mean() < 0.3


def test_skin_is_redder_at_the_terminator(fine_ball):
    vertices, faces = fine_ball
    mesh = Mesh(faces, parts=("skin",), part_colours=[[0.5, 0.5, 0.5]])
    image = render(vertices[None], mesh, front(), SIZE, lights=Lights((Light((1.0, 0.0, 0.0)),)))[0].astype(int)
    lit, terminator = image[16, 21], image[16, 15]
    assert terminator[0] - terminator[2] > 2 * abs(lit[0] - lit[2])
    assert terminator[0] - terminator[2] > 10


def test_a_background_row_runs_from_top_to_bottom():
    nothing = np.zeros((1, 3, 3))
    mesh = Mesh.plain(np.zeros((0, 3), int))
    ramp = Background(hex_colour("#ff0000"), hex_colour("#0000ff"))
    image = render(nothing, mesh, front(), (101, 3), background=ramp)[0]
    assert image[0, 0].tolist() == [254, 0, 1, 255]
    assert image[50, 2].tolist() == [128, 0, 128, 255]
    assert (np.diff(image[:, 1, 0].astype(int)) <= 0).all()


@pytest.mark.parametrize("samples", [1, 2, 4])
def test_alpha_is_the_share_of_samples(samples):
    # Pixels are 0.25 wide; the square ends 3/8 of the way into a pixel on each side.
    camera = Camera(np.diag([1.0, 1, 1, 1]), (1.0, 1.0), near=0.1, far=10)
    half = (2 + 3 / 8) / 8
    vertices = np.array([[-half, -half, -1], [half, -half, -1], [half, half, -1], [-half, half, -1.0]])[None]
    mesh = Mesh.plain(SQUARE_FACES, (0.6, 0.6, 0.6), material=CHALK)
    image = render(vertices, mesh, camera, (8, 8), background=TRANSPARENT, supersample=samples, lights=WHITE_SKY)[0]
    edge = {1: 0.0, 2: 0.5, 4: 0.5}[samples]
    if samples == 4:
        # Sample centres at 1/8, 3/8, ...: the square's edge at 3/8 owns the first, and on one side the second too.
        assert image[4, 1, 3] in (64, 128) and image[4, 6, 3] in (64, 128)
    else:
        assert image[4, 1, 3] == round(edge * 255) and image[4, 6, 3] == round(edge * 255)
    assert image[4, 4, 3] == 255 and image[0, 0].tolist() == [0, 0, 0, 0]
    # Straight alpha: the colour does not darken where the cover is thin.
    seen = image[..., 3] > 0
    assert len(np.unique(image[seen][:, :3])) == 1


def test_transparent_over_a_colour_equals_that_background(fine_ball):
    vertices, faces = fine_ball
    mesh = Mesh.plain(faces, material=CHALK)
    clear = render(vertices[None], mesh, front(), SIZE, background=TRANSPARENT, supersample=2)[0] / 255.0
    grey = render(vertices[None], mesh, front(), SIZE, background=Background.plain((0.1, 0.1, 0.1)), supersample=2)[0]
    alpha = clear[..., 3:]
    composed = encode(decode(clear[..., :3]) * alpha + 0.1 * (1 - alpha)) * 255
    np.testing.assert_allclose(composed, grey[..., :3], atol=1.5)


def test_the_same_bytes_with_any_number_of_threads_and_any_batch(ball_mesh):
    vertices, faces = ball_mesh
    mesh = Mesh(faces, parts=("teeth",))
    batch = np.stack([vertices, vertices * 0.8, vertices * [1, 0.7, 1]])
    one = render(batch, mesh, front(), SIZE, threads=1, supersample=2)
    for threads in (2, 5):
        np.testing.assert_array_equal(render(batch, mesh, front(), SIZE, threads=threads, supersample=2), one)
    np.testing.assert_array_equal(render(batch[1:2], mesh, front(), SIZE, supersample=2), one[1:2])
    np.testing.assert_array_equal(
        render(torch.from_numpy(batch).requires_grad_(), mesh, front(), SIZE, supersample=2), one
    )


def test_backs_show_only_where_the_material_is_double_sided():
    backwards = [face[::-1] for face in SQUARE_FACES]
    for double_sided in (True, False):
        material = Material(double_sided=double_sided)
        image = render(square(), Mesh.plain(backwards, material=material), front(), (4, 4), background=TRANSPARENT)
        assert (image[..., 3] == 255 * double_sided).all()


def test_both_sides_of_a_thin_strip_are_lit_alike():
    mesh = Mesh.plain(SQUARE_FACES, material=CHALK)
    turned = Mesh.plain([face[::-1] for face in SQUARE_FACES], material=CHALK)
    light = Lights((Light((0, 0, 1)),))
    np.testing.assert_array_equal(
        render(square(), mesh, front(), (4, 4), lights=light), render(square(), turned, front(), (4, 4), lights=light)
    )


def test_what_sits_in_an_opening_is_darker_than_what_stands_free():
    # A wall with a hole of 20 mm, and a sheet 10 mm behind it.
    hole, wall = 0.01, 0.1
    ring = [(-hole, -hole), (hole, -hole), (hole, hole), (-hole, hole)]
    outer = [(-wall, -wall), (wall, -wall), (wall, wall), (-wall, wall)]
    points = [(x, y, 0.0) for x, y in ring + outer] + [(x, y, -0.01) for x, y in outer]
    faces = [[k, 4 + k, 4 + (k + 1) % 4] for k in range(4)] + [[k, 4 + (k + 1) % 4, (k + 1) % 4] for k in range(4)]
    faces += [[8, 9, 10], [8, 10, 11]]
    free = Mesh(faces, parts=("wall", "sheet"), face_parts=[0] * 8 + [1] * 2, materials=(CHALK, CHALK))
    inside = Material(specular=0.0, shelter=1.0, shelter_radius=0.012)
    sheltered = Mesh(faces, parts=("wall", "sheet"), face_parts=[0] * 8 + [1] * 2, materials=(CHALK, inside))
    camera = Camera.portrait(np.array(points), focus=[0, 1, 2, 3])
    plain, dark = (render([points], mesh, camera, SIZE)[0].astype(int) for mesh in (free, sheltered))
    assert dark[16, 16, 0] < plain[16, 16, 0]
    assert dark[3, 16, 0] < dark[16, 16, 0]


def test_an_iris_is_painted_round_and_moves_with_the_eye(fine_ball):
    vertices = fine_ball[0] * 0.12
    mesh = Mesh(fine_ball[1], parts=("eye",), part_colours=[[0.8, 0.8, 0.8]], eye_offsets=vertices, materials=(EYE,))
    camera = Camera.portrait(vertices)
    angle = 0.4
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    light = Lights((), sky=(0.8, 0.8, 0.8), ground=(0.8, 0.8, 0.8))
    centres = []
    for points in (vertices, vertices @ turn.T):
        image = render(points[None], mesh, camera, (96, 96), lights=light, background=TRANSPARENT)[0]
        dark = (image[..., 0] < 130) & (image[..., 3] > 0)
        rows, columns = np.nonzero(dark)
        centres.append((rows.mean(), columns.mean()))
    assert centres[0] == pytest.approx((47.5, 47.5), abs=1.0)
    assert centres[1][0] == pytest.approx(47.5, abs=1.0)
    # 12 mm * sin(0.4) = 4.7 mm to the subject's left, of 24 mm in about 86 pixels.
    assert centres[1][1] - centres[0][1] == pytest.approx(16.0, abs=3.0)


def test_parallel_rays_look_as_from_far_away(fine_ball):
    vertices, faces = fine_ball
    vertices = vertices * 0.12
    mesh = Mesh(faces, parts=("eye",), part_colours=[[0.8, 0.8, 0.8]], eye_offsets=vertices)
    wall = np.array([[-0.1, 0.004, 0.014], [0.1, 0.004, 0.014], [0.1, 0.1, 0.014], [-0.1, 0.1, 0.014]])
    sheltered = Mesh(
        np.concatenate([faces, len(vertices) + np.array(SQUARE_FACES)]),
        parts=("eye", "lid"),
        face_parts=np.repeat([0, 1], [len(faces), 2]),
        eye_offsets=np.concatenate([vertices, wall]),
        materials=(mesh.materials[0], CHALK),
    )
    points = np.concatenate([vertices, wall])[None]
    far = Camera.look_at((0, 0, 30.0), (0, 0, 0), field_of_view=0.03 / 30.0)
    parallel = Camera.look_at((0, 0, 1.0), (0, 0, 0), height=0.03)
    images = [render(points, sheltered, camera, (64, 64)).astype(int) for camera in (far, parallel)]
    assert np.abs(images[0] - images[1]).mean() < 0.2
    assert np.abs(images[0] - images[1]).max() < 40


def test_one_pixel_and_no_pixels_of_mesh():
    assert render(square(), Mesh.plain(SQUARE_FACES), front(), (1, 1)).shape == (1, 1, 1, 4)
    assert render(np.zeros((0, 4, 3)), Mesh.plain(SQUARE_FACES), front(), (2, 2)).shape == (0, 2, 2, 4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vertices": square()[0]}, r"vertices must be \[B, V, 3\], got \[4, 3\]; add the batch axis"),
        ({"vertices": square() * np.nan}, "vertices must be finite"),
        ({"vertices": square()[:, :3]}, r"faces must index the 3 vertices"),
        ({"supersample": 5}, "supersample must be a whole number from 1 to 4, got 5"),
        ({"size": (16384, 1), "supersample": 2}, "size times supersample must be at most 16384"),
        ({"threads": -1}, "threads must be at least 1"),
    ],
)
def test_errors(change, message):
    arguments = {"vertices": square(), "mesh": Mesh.plain(SQUARE_FACES), "camera": front(), "size": (2, 2)} | change
    with pytest.raises(ValueError, match=message):
        render(**arguments)


def test_lights_are_checked():
    with pytest.raises(ValueError, match="direction must be three finite numbers"):
        Light((0.0, 0.0, 0.0))
    with pytest.raises(ValueError, match="intensity must be 0 or more"):
        Light((0.0, 0.0, 1.0), intensity=-1.0)
    assert len(studio().direct) == 3


GOLDEN_RED = [
    [0, 0, 207, 211, 214, 219, 0, 0],
    [0, 197, 206, 209, 210, 212, 214, 0],
    [194, 203, 212, 213, 205, 204, 207, 210],
    [192, 203, 214, 214, 203, 198, 194, 200],
    [185, 195, 201, 201, 195, 188, 182, 181],
    [175, 181, 188, 188, 184, 174, 165, 168],
    [0, 156, 168, 170, 165, 152, 149, 0],
    [0, 0, 140, 145, 139, 121, 0, 0],
]
