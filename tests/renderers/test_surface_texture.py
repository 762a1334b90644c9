"""Textures on meshes."""

import numpy as np
import pytest
from PIL import Image

from avatar.renderers import Camera, Lights, Material, Mesh, head_mesh, read_texture, render
from avatar.renderers.colour import encode
from avatar.renderers.surface_texture import Pyramid

CHALK = Material(specular=0.0)
FACES = [[0, 1, 2], [0, 2, 3]]
CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
# What a texel's byte is, its pixel's byte is, up to the knee of bright light.
PLAIN_LIGHT = Lights((), sky=(1.0, 1.0, 1.0), ground=(1.0, 1.0, 1.0))
SQUARE = np.array([[-0.5, -0.5, 0], [0.5, -0.5, 0], [0.5, 0.5, 0], [-0.5, 0.5, 0.0]])[None]
CAMERA = Camera.look_at((0, 0, 2), (0, 0, 0), height=1.0)


def draw(texture, size, corner_uv=CORNERS[FACES], camera=CAMERA, vertices=SQUARE, **options):
    mesh = Mesh(FACES, materials=(CHALK,), texture=texture, corner_uv=corner_uv, **options)
    return render(vertices, mesh, camera, size, lights=PLAIN_LIGHT)[0]


def random_texture(height, width, channels=3):
    return np.random.default_rng(0).integers(0, 215, (height, width, channels)).astype(np.uint8)


@pytest.mark.parametrize("size", [(8, 8), (5, 7)])
def test_one_texel_a_pixel_shows_the_texture_upright(size):
    texture = random_texture(*size)
    stretched = Camera(CAMERA.view, (size[1] / size[0], 1.0), orthographic=True)
    np.testing.assert_array_equal(draw(texture, size, camera=stretched)[..., :3], texture)


def test_linear_floats_show_as_their_srgb_bytes():
    texture = np.random.default_rng(1).uniform(0, 0.7, (4, 4, 3))
    np.testing.assert_allclose(draw(texture, (4, 4))[..., :3], 255 * encode(texture), atol=1)


def test_between_texels_light_is_mixed():
    texture = np.array([[[0.0] * 3, [0.6] * 3]])
    row = draw(texture, (8, 8))[4, :, 0]
    # From the middle of one texel (column 2) to that of the other (column 6).
    np.testing.assert_allclose(row[2:6], 255 * encode(0.6 * (np.arange(4) + 0.5) / 4), atol=1)


def test_textures_repeat():
    texture = random_texture(4, 4)
    np.testing.assert_array_equal(
        draw(texture, (4, 4), corner_uv=(CORNERS + np.array([3.0, -2.0]))[FACES]), draw(texture, (4, 4))
    )
    image = draw(texture, (8, 8), corner_uv=2.0 * CORNERS[FACES])[..., :3]
    np.testing.assert_array_equal(image, np.tile(texture, (2, 2, 1)))


def test_perspective_is_correct():
    # A floor that runs away: the texture's middle is at the middle of its depth, not of its picture.
    floor = np.array([[-0.5, -0.3, 1.0], [0.5, -0.3, 1.0], [0.5, -0.3, -1.0], [-0.5, -0.3, -1.0]])[None]
    camera = Camera.look_at((0, 0, 2), (0, 0, 0), field_of_view=0.7)
    texture = np.zeros((2, 1, 3))
    texture[1] = 0.5
    row = camera.project([0.0, -0.3, 0.0], (400, 400))[1]
    mesh = Mesh(FACES, materials=(CHALK,), texture=np.repeat(texture, 64, axis=0), corner_uv=CORNERS[FACES])
    column = render(floor, mesh, camera, (400, 400), lights=PLAIN_LIGHT)[0, :, 200, 0]
    assert column[int(row) + 6] > 180 and column[int(row) - 6] < 10


def test_seen_small_a_texture_is_its_mean():
    board = np.indices((64, 64)).sum(axis=0)[..., None] % 2 * np.full(3, 0.6)
    np.testing.assert_allclose(draw(board, (4, 4))[..., :3], 255 * encode(0.3), atol=1)


def test_alpha_lets_the_colour_below_through():
    texture = np.zeros((2, 2, 4))
    texture[0, 0] = 0.2, 0.3, 0.4, 1.0
    texture[1, 1] = 0.2, 0.3, 0.4, 0.5
    image = draw(texture, (2, 2), part_colours=[[0.6, 0.6, 0.6]])[..., :3]
    np.testing.assert_allclose(image[0, 0], 255 * encode([0.2, 0.3, 0.4]), atol=1)
    np.testing.assert_allclose(image[1, 1], 255 * encode([0.4, 0.45, 0.5]), atol=1)
    np.testing.assert_allclose(image[0, 1], 255 * encode([0.6] * 3), atol=1)


def test_only_the_chosen_parts_wear_it():
    white = np.full((1, 1, 3), 150, np.uint8)
    common = {
        "faces": FACES,
        "parts": ("left_skin", "cloth"),
        "face_parts": [0, 1],
        "part_colours": np.zeros((2, 3)),
        "materials": (CHALK, CHALK),
        "texture": white,
        "corner_uv": CORNERS[FACES],
    }
    for chosen, bytes_ in ((None, (150, 0)), (("cloth",), (0, 150)), (("left_skin", "cloth"), (150, 150))):
        mesh = Mesh(**common, textured_parts=chosen)
        image = render(SQUARE, mesh, CAMERA, (10, 10), lights=PLAIN_LIGHT)[0, :, :, 0]
        assert (image[8, 7], image[2, 1]) == bytes_


def test_a_head_wears_a_texture(ball_mesh):
    class Head:
        faces = ball_mesh[1]
        parts = ("skin",)
        face_parts = np.zeros(len(ball_mesh[1]), int)
        vertex_colours = np.full((len(ball_mesh[0]), 3), 0.1)
        corner_uv = np.random.default_rng(0).uniform(0, 1, (len(ball_mesh[1]), 3, 2))

    mesh = head_mesh(Head(), ball_mesh[0], texture=np.full((2, 2, 3), 90, np.uint8), vertex_colours=Head.vertex_colours)
    assert mesh.textured_parts == ("skin",)
    assert mesh.texture is not None and mesh.corner_uv is not None


def test_a_pyramid_ends_with_the_mean_of_all():
    pyramid = Pyramid.of(np.random.default_rng(2).uniform(0, 1, (13, 6, 3)).astype(np.float32))
    assert pyramid.levels.tolist() == [[0, 13, 6], [78, 6, 3], [96, 3, 1], [99, 1, 1]]
    np.testing.assert_allclose(pyramid.texels[-1, :3], pyramid.texels[:78, :3].mean(axis=0), atol=3)
    assert (pyramid.texels[:, 3] == 65535).all()


def test_reading_a_file(tmp_path):
    pixels = random_texture(3, 5)
    Image.fromarray(pixels).save(tmp_path / "skin.png")
    read = read_texture(tmp_path / "skin.png")
    np.testing.assert_array_equal(read[..., :3], pixels)
    assert (read[..., 3] == 255).all()
    np.testing.assert_array_equal(read_texture(tmp_path / "skin.png", upside_down=True), read[::-1])
    (tmp_path / "text.png").write_text("not a picture")
    with pytest.raises(ValueError, match=r"text\.png is not a picture"):
        read_texture(tmp_path / "text.png")
    with pytest.raises(FileNotFoundError):
        read_texture(tmp_path / "none.png")


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"texture": np.zeros((2, 2), np.uint8)}, ValueError, r"texture must be \[H, W, 3\] or"),
        ({"texture": np.zeros((2, 2, 3), np.int64)}, TypeError, "texture must be uint8"),
        ({"texture": np.full((2, 2, 3), 255.0)}, ValueError, "texture must be 0 to 1 .* got 255.0 to 255.0"),
        ({"texture": np.zeros((1, 9000, 3), np.uint8)}, ValueError, "at most 8192 pixels"),
        ({"corner_uv": None}, ValueError, "corner_uv must say where"),
        ({"corner_uv": np.zeros((1, 3, 2))}, ValueError, r"corner_uv must be \[2, 3, 2\]"),
        ({"textured_parts": ("nose",)}, ValueError, "textured_parts must be names from"),
        ({"textured_parts": "surface"}, ValueError, "textured_parts must be names from"),
    ],
)
def test_errors(change, error, message):
    with pytest.raises(error, match=message):
        Mesh(**{"faces": FACES, "texture": random_texture(2, 2), "corner_uv": CORNERS[FACES]} | change)
