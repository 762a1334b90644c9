import importlib
import re
from importlib.util import find_spec

import numpy as np
import pytest

from avatar.animation import Animation
from avatar.controls import ARKIT, Control, ControlSpace
from avatar.export import FORMATS, check_target, export
from avatar.export.pattern import is_folder, numbered, sequence_pattern
from avatar.spaces import FLAME

REST = Animation(ARKIT, np.zeros((3, 61)), 60)
INSTALLED = sorted(name for name, form in FORMATS.items() if form.needs is None or find_spec(form.needs[0]))
FLAME_REST = Animation(FLAME, np.zeros((3, len(FLAME))), 60)


def test_every_format_has_its_writer():
    for extension in INSTALLED:
        assert callable(importlib.import_module(FORMATS[extension].module).write)


@pytest.mark.parametrize("name", ["a.csv", "a.npz", "A.CSV"])
def test_extension_picks_the_format(tmp_path, name):
    export(REST, tmp_path / name)
    assert (tmp_path / name).stat().st_size > 0


def test_npz_comes_back(tmp_path):
    export(REST, tmp_path / "a.npz")
    np.testing.assert_array_equal(Animation.load(tmp_path / "a.npz").weights, REST.weights)


@pytest.mark.parametrize("name", ["a.fbx", "a", "a.mp3", "a.py", ".csv", "mp4"])
def test_unknown_extension(tmp_path, name):
    with pytest.raises(ValueError, match="its extension must be one of " + re.escape(", ".join(FORMATS))):
        export(REST, tmp_path / name)


@pytest.mark.parametrize("extension", INSTALLED)
def test_no_frames(tmp_path, extension):
    with pytest.raises(ValueError, match="the animation has no frames"):
        export(Animation(ARKIT, np.zeros((0, 61)), 60), tmp_path / f"a{extension}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("extension", sorted(set(INSTALLED) - {".npz"}))
def test_other_controls(tmp_path, extension):
    other = Animation(ControlSpace("mine", (Control("smile"),)), np.zeros((2, 1)), 60)
    with pytest.raises(ValueError, match=r"it takes the \w+ controls, got mine"):
        export(other, tmp_path / f"a{extension}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("extension", INSTALLED)
def test_unwritable_target(tmp_path, extension):
    with pytest.raises(FileNotFoundError, match="does not exist; make it first"):
        export(REST, tmp_path / "no" / f"a{extension}")


@pytest.mark.parametrize("extension", INSTALLED)
def test_a_failure_leaves_the_old_file(tmp_path, extension, monkeypatch):
    target = tmp_path / f"a{extension}"
    target.write_text("old")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match="No space left"):
        export(FLAME_REST if extension == ".flame.npz" else REST, target, size=16, supersample=1)
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


@pytest.mark.parametrize(("name", "message"), [("sized", "did you mean size?"), ("zzz", "it has identity, size, ")])
def test_unknown_options(tmp_path, name, message):
    with pytest.raises(TypeError, match=re.escape(f"export has no option {name!r}; {message}")):
        export(REST, tmp_path / "a.png", **{name: 1})
    assert list(tmp_path.iterdir()) == []


def test_what_a_format_cannot_show_is_refused(tmp_path):
    with pytest.raises(ValueError, match="a sheet of 2 moments is a single picture"):
        export(REST, tmp_path / "a.mp4", sheet=2)
    assert list(tmp_path.iterdir()) == []


def test_patterns(tmp_path):
    assert sequence_pattern("a.png") is None
    assert sequence_pattern("x/%04d.png") == "%04d.png"
    assert sequence_pattern("frames/") == "%05d.png"
    assert sequence_pattern(tmp_path) == "%05d.png"
    assert numbered("f%04d.png", 7) == "f0007.png"
    assert numbered("f%d.png", 7) == "f7.png"
    assert numbered("%04d.png", 123456) == "123456.png"
    assert is_folder("frames/") and is_folder(tmp_path) and not is_folder("frames")


@pytest.mark.parametrize("name", ["%d.csv", "%d-%d.png"])
def test_impossible_patterns(tmp_path, name):
    with pytest.raises(ValueError, match=r"only a \.png may be numbered, by one %d or %04d"):
        check_target(tmp_path / name)


def test_a_folder_is_a_sequence(tmp_path):
    assert check_target(tmp_path) is FORMATS[".png"]
    with pytest.raises(FileNotFoundError):
        check_target(f"{tmp_path}/no/")
