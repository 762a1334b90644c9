import av
import numpy as np
import pytest

from avatar.animation import Animation
from avatar.controls import ARKIT
from avatar.export import export
from avatar.export.frames import CHUNK, Portrait
from avatar.export.options import ExportOptions
from avatar.export.pictures import encode_png

SMALL = {"size": 48, "supersample": 1}


def decode(path):
    with av.open(str(path)) as container:
        (frame,) = container.decode(video=0)
        return frame.to_ndarray(format="rgba")


def test_png_keeps_every_pixel(tmp_path):
    picture = np.random.default_rng(0).integers(0, 256, (6, 10, 4), np.uint8)
    (tmp_path / "a.png").write_bytes(encode_png(picture))
    np.testing.assert_array_equal(decode(tmp_path / "a.png"), picture)


def test_one_picture_shows_the_instant_asked_for(tmp_path, lively):
    export(lively, tmp_path / "a.png", at=5 / 30, **SMALL)
    (drawn,) = Portrait(ExportOptions(**SMALL)).pictures(lively, [5])
    np.testing.assert_array_equal(decode(tmp_path / "a.png"), drawn)
    with pytest.raises(ValueError, match=r"at must be before the animation's end at 0\.400 s, got 0\.4"):
        export(lively, tmp_path / "b.png", at=0.4)


def test_a_sheet_is_one_picture(tmp_path, lively):
    export(lively, tmp_path / "a.png", sheet=4, **SMALL)
    assert decode(tmp_path / "a.png").shape == (96, 96, 4)


def test_the_head_fills_the_picture_and_the_face_changes(lively):
    first, second = Portrait(ExportOptions(size=64, supersample=1)).pictures(lively, [0, 7])
    assert first.shape == (64, 64, 4) and first[..., 3].min() == 255
    assert (first != second).any()
    background = np.abs(first[:, :1].astype(int) - first).sum(-1) < 8
    assert 0.15 < 1 - background.mean() < 0.8


def test_frames_do_not_depend_on_their_neighbours(lively):
    long = Animation.concatenate([lively] * (CHUNK // len(lively) + 2))
    portrait = Portrait(ExportOptions(**SMALL))
    frame = CHUNK + 1
    (alone,) = portrait.pictures(long, [frame])
    np.testing.assert_array_equal(list(portrait.pictures(long))[frame], alone)


def test_another_person_is_another_picture(lively):
    average, other = (
        next(Portrait(ExportOptions(identity=identity, **SMALL)).pictures(lively)) for identity in ({}, {"age": 0.9})
    )
    assert (average != other).any()


@pytest.mark.parametrize(("target", "last"), [("", "00011.png"), ("f%02d.png", "f11.png")])
def test_sequences(tmp_path, lively, target, last):
    folder = tmp_path / "frames"
    folder.mkdir()
    export(lively, f"{folder}/{target}", **SMALL)
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 12 and names[-1] == last
    (drawn,) = Portrait(ExportOptions(**SMALL)).pictures(lively, [11])
    np.testing.assert_array_equal(decode(folder / last), drawn)


def test_a_stopped_sequence_changes_nothing(tmp_path, lively, monkeypatch):
    (tmp_path / "00000.png").write_text("old")

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("avatar.export.pictures.numbered", stop)
    with pytest.raises(KeyboardInterrupt):
        export(lively, tmp_path, **SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["00000.png"]
    assert (tmp_path / "00000.png").read_text() == "old"


def test_pictures_of_an_older_longer_sequence_are_warned_of(tmp_path, caplog):
    for frames in (3, 2):
        export(Animation(ARKIT, np.zeros((frames, 61)), 30), tmp_path, **SMALL)
    assert "holds pictures of a longer, older sequence from 00002.png on" in caplog.text
