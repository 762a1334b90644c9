import numpy as np
import pytest
from PIL import Image

from avatar.animation import Animation
from avatar.controls import ARKIT
from avatar.export.frames import Portrait
from avatar.export.options import ExportOptions
from avatar.export.presets import PRESETS

SMALL = {"size": 64, "supersample": 1}
REST = Animation(ARKIT, np.zeros((8, 61)), 30)


def pictures(animation=REST, frames=(0,), **options):
    return [
        picture.astype(int) for picture in Portrait(ExportOptions(**{**SMALL, **options})).pictures(animation, frames)
    ]


def drawn(**options):
    (picture,) = pictures(**options)
    return picture


def seen_at(portrait, landmark):
    """Where one of the 68 landmarks of the head at rest appears, as shares of width and height."""
    vertex = portrait.head.neutral(portrait.identity)[0, portrait.head.landmarks[landmark]].numpy()
    height, width = portrait.options.shape
    return portrait.camera.project(vertex, (height, width)) / (width, height)


@pytest.mark.parametrize("size", [64, (64, 96), (96, 48)])
@pytest.mark.parametrize("preset", PRESETS)
def test_nose_and_chin_are_in_every_picture(preset, size):
    portrait = Portrait(ExportOptions(preset=preset, size=size))
    for landmark in (8, 33):
        assert (seen_at(portrait, landmark) > 0.02).all() and (seen_at(portrait, landmark) < 0.98).all()


def test_presets_stand_where_they_say():
    across = {
        name: seen_at(Portrait(ExportOptions(preset=name)), 30)[0] for name in ("portrait", "three-quarter", "profile")
    }
    assert across["portrait"] == pytest.approx(0.5, abs=0.01)
    # The camera goes to the head's left, so the nose goes to the left of the picture.
    assert across["profile"] < across["three-quarter"] < 0.45
    lips = [
        seen_at(Portrait(ExportOptions(preset=name)), corner)[0]
        for name in ("portrait", "mouth")
        for corner in (48, 54)
    ]
    assert lips[3] - lips[2] > 2.5 * (lips[1] - lips[0])


def test_turn_and_lens_change_the_preset():
    profile = Portrait(ExportOptions(preset="profile"))
    turned = Portrait(ExportOptions(turn=0.5 * np.pi))
    np.testing.assert_allclose(turned.camera.view, profile.camera.view, atol=1e-6)
    assert Portrait(ExportOptions(field_of_view=0.0)).camera.orthographic


def test_the_turntable_goes_round_once():
    turntable = Portrait(ExportOptions(preset="turntable", **SMALL))
    first, quarter, back = (np.asarray(one, int) for one in turntable.pictures(REST, [0, 2, 4]))
    profile = drawn(preset="turntable", turn=0.5 * np.pi)
    assert np.abs(quarter - profile).mean() < 1
    assert np.abs(first - back).mean() > 8
    np.testing.assert_allclose(turntable.camera_at(1.0).view, turntable.camera_at(0.0).view, atol=1e-6)


def test_size_is_height_and_width():
    assert drawn(size=(48, 80)).shape == (48, 80, 4)


def test_backgrounds_show_beside_the_head():
    assert drawn(background="transparent")[0, 0].tolist()[3] == 0
    assert drawn(background="#ff8000")[0, 0].tolist() == [255, 128, 0, 255]
    run = drawn(background="#ffffff,#000000")
    assert run[0, 0, 0] > 240 and run[-1, 0, 3] == 255 and run[40, 0, 0] < 120


@pytest.mark.parametrize("option", [{"view": "normals"}, {"view": "wireframe"}, {"lights": "dramatic"}])
def test_views_and_lights_change_the_head(option):
    assert np.abs(drawn(**option) - drawn()).mean() > 2


def test_one_shade_of_a_depth_picture_means_one_depth_in_all_frames():
    turning = Animation.from_curves(ARKIT, {"headYaw": [0.0, 0.8]}, 30)
    together = pictures(turning, (0, 1), view="depth")
    np.testing.assert_array_equal(together[0], drawn(view="depth"))


def test_texture_and_vertex_colours(tmp_path):
    Image.new("RGB", (8, 8), (0, 200, 0)).save(tmp_path / "green.png")
    np.save(tmp_path / "blue.npy", np.tile(np.array([[0, 0, 220]], np.uint8), (6589, 1)))
    for option, channel in (({"texture": tmp_path / "green.png"}, 1), ({"vertex_colours": tmp_path / "blue.npy"}, 2)):
        cheek = drawn(**option)[36, 26, :3]
        assert cheek.argmax() == channel and cheek[channel] > 2 * np.delete(cheek, channel).max()


def test_large_pictures_are_drawn_in_smaller_portions():
    frames = range(20)
    assert [len(chunk) for chunk in Portrait(ExportOptions(size=64)).chunks(frames)] == [16, 4]
    assert {len(chunk) for chunk in Portrait(ExportOptions(size=4096)).chunks(frames)} == {1}
