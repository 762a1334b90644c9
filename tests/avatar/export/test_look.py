import numpy as np
import pytest
from PIL import Image

from avatar.export.head import shipped_head
from avatar.export.look import Look
from avatar.export.presets import PRESETS
from avatar.renderers import STUDIO, TRANSPARENT, hex_colour


def test_sizes():
    assert Look(size=64).shape == (64, 64)
    assert Look(size=(36, 64)).shape == (36, 64)


def test_backgrounds():
    assert Look().chosen_background == STUDIO
    assert Look(background="transparent").chosen_background == TRANSPARENT
    plain, run = (Look(background=colours).chosen_background for colours in ("#203040", "#203040, #000000"))
    assert plain.top == plain.bottom == run.top == hex_colour("#203040")
    assert run.bottom == (0.0, 0.0, 0.0)


def test_vertex_colours_are_srgb_in_bytes_and_linear_in_floats(tmp_path):
    count = len(shipped_head().rest)
    np.save(tmp_path / "bytes.npy", np.full((count, 3), 188, np.uint8))
    np.save(tmp_path / "floats.npy", np.full((count, 3), 0.5, np.float32))
    for name in ("bytes", "floats"):
        colours = Look(vertex_colours=tmp_path / f"{name}.npy").chosen_vertex_colours
        np.testing.assert_allclose(colours, 0.5, atol=0.01)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"size": 511}, "size must be an even number of pixels within 16..4096, got 511"),
        ({"size": 0}, "size must be an even number"),
        ({"size": (64, 8000)}, "size must be an even number of pixels within 16..4096, got 8000"),
        ({"supersample": 0}, "supersample must be within 1..4, got 0"),
        ({"preset": "potrait"}, "preset must be one of " + ", ".join(PRESETS) + ", got 'potrait'"),
        ({"field_of_view": 3.0}, r"and 2.36 radians \(135 degrees\), got 3 radians \(171.9 degrees\)"),
        ({"field_of_view": float("nan")}, "field_of_view must be within 0"),
        ({"turn": float("inf")}, "turn must be a finite angle, got inf"),
        ({"view": "sketch"}, "view must be one of shaded, normals, "),
        ({"lights": "disco"}, "lights must be one of studio, soft, "),
        ({"background": "blue"}, "background must be studio, transparent, a colour such as"),
        ({"background": "#000000,#111111,#222222"}, "background must be studio, transparent, a colour such as"),
    ],
)
def test_impossible(option, message):
    with pytest.raises(ValueError, match=message):
        Look(**option)


def test_files_that_do_not_hold_what_they_should(tmp_path):
    (tmp_path / "a.png").write_text("no picture")
    with pytest.raises(ValueError, match=r"a\.png is not a picture"):
        Look(texture=tmp_path / "a.png")
    with pytest.raises(FileNotFoundError):
        Look(texture=tmp_path / "gone.png")
    with pytest.raises(FileNotFoundError):
        Look(vertex_colours=tmp_path / "gone.npy")
    with pytest.raises(ValueError, match=r"a\.png is not an \.npy file of \[6589, 3\] bytes"):
        Look(vertex_colours=tmp_path / "a.png")
    for values, message in (
        (np.zeros((5, 3)), r"got \[5, 3\]"),
        (np.full((6589, 3), 2.0), r"got float64 2\.0\.\.2\.0"),
    ):
        np.save(tmp_path / "a.npy", values)
        with pytest.raises(ValueError, match=message):
            Look(vertex_colours=tmp_path / "a.npy")
    np.savez(tmp_path / "a.npz", np.zeros(3))
    with pytest.raises(ValueError, match=r"vertex_colours must be \[6589, 3\]"):
        Look(vertex_colours=tmp_path / "a.npz")


def test_a_texture_is_read_from_its_file(tmp_path):
    Image.fromarray(np.full((4, 6, 3), 200, np.uint8)).save(tmp_path / "a.png")
    texture = Look(texture=tmp_path / "a.png").chosen_texture
    assert texture.shape[:2] == (4, 6) and (texture[..., :3] == 200).all()
