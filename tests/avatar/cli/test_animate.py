import os
import sys

import numpy as np
import pytest
from PIL import Image

from avatar.animation import Animation
from avatar.animator import Animator
from avatar.export import livelink

SMALL = ("--size", 32, "--supersample", 1)


def test_one_recording_to_every_format(run, talk, tmp_path):
    names = ["a.csv", "a.npz", "a.glb", "a.mp4", "a.png", "frames/%03d.png"]
    code, out, err = run("animate", talk, "-o", *(tmp_path / name for name in names), *SMALL, "--fps", 10)
    assert code == 0, err
    assert len(out.splitlines()) == 6 and "talk.wav -> " in out and "(1.0 s)" in out
    for name in names[:-1]:
        assert (tmp_path / name).stat().st_size > 0
    assert len(list((tmp_path / "frames").iterdir())) == 10


def test_outputs_may_be_given_one_by_one(run, talk, tmp_path):
    names = ["a.csv", "b.npz", "c.glb"]
    code, _, err = run(
        "animate", talk, "-o", tmp_path / names[0], f"--output={tmp_path / names[1]}", *SMALL, "-o", tmp_path / names[2]
    )
    assert code == 0, err
    assert all((tmp_path / name).stat().st_size > 0 for name in names)


@pytest.mark.parametrize("before", [(), ("talk.wav",)])
def test_names_may_begin_with_a_dash(run, talk, tmp_path, monkeypatch, before):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-dash.wav").write_bytes(talk.read_bytes())
    code, _, err = run("animate", *before, "-o", "{name}.csv", "--", "-dash.wav")
    assert code == 0, err
    assert {path.name for path in tmp_path.glob("*.csv")} == {"-dash.csv", *(["talk.csv"] if before else [])}


def test_csv_is_60_fps_by_default(run, talk, tmp_path):
    assert run("animate", talk, "-o", tmp_path / "a.csv")[0] == 0
    animation = livelink.read(tmp_path / "a.csv")
    assert (len(animation), animation.fps) == (60, 60)
    assert animation["jawOpen"].max() > 0.9


def test_options_reach_the_animation(run, write_sound, tone, tmp_path):
    long = write_sound("long.wav", tone(8.0))
    for name, options in {"blinks": (), "other": ("--seed", 3), "still": ("--no-blinks",)}.items():
        assert run("animate", long, "-o", tmp_path / f"{name}.npz", "--fps", 30, *options)[0] == 0
    blinks, other, still = (Animation.load(tmp_path / f"{name}.npz") for name in ("blinks", "other", "still"))
    assert len(still) == 240 and not still["eyeBlinkLeft"].any()
    assert blinks["eyeBlinkLeft"].max() == 1 and (blinks["eyeBlinkLeft"] != other["eyeBlinkLeft"]).any()


def test_several_recordings_and_folders(run, write_sound, tone, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("b.wav", "a.flac"):
        write_sound(name, tone(0.5)).rename(folder / name)
    (folder / "notes.txt").write_text("not a recording")
    extra = write_sound("c.mp3", tone(0.5, 44100), 44100)
    code, out, err = run("animate", folder, extra, "-o", tmp_path / "out/{name}.csv", tmp_path / "out/{name}.npz")
    assert code == 0, err
    made = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert made == ["a.csv", "a.npz", "b.csv", "b.npz", "c.csv", "c.npz"]
    assert [line.split(" -> ")[0].split("/")[-1] for line in out.splitlines()][::2] == ["a.flac", "b.wav", "c.mp3"]


def test_a_recording_named_twice_is_one(run, talk, tmp_path):
    code, out, _ = run("animate", talk, talk, "-o", tmp_path / "a.csv")
    assert code == 0 and len(out.splitlines()) == 1


def test_one_bad_recording_does_not_stop_the_others(run, write_sound, tone, tmp_path):
    good, later = write_sound("good.wav", tone(0.5)), write_sound("later.wav", tone(0.5))
    (tmp_path / "bad.wav").write_text("no sound in here")
    code, out, err = run("animate", good, tmp_path / "bad.wav", later, "-o", tmp_path / "out/{name}.csv")
    assert code == 1
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["good.csv", "later.csv"]
    assert "avatar: error:" in err and "bad.wav is not an audio or video file" in err
    assert "avatar: 1 of 3 recordings failed" in err and len(out.splitlines()) == 2


class TestBadInput:
    """Each a line on standard error, exit code 2, and nothing written."""

    @pytest.fixture
    def refused(self, run, tmp_path, monkeypatch):
        monkeypatch.setattr(Animator, "load", None)  # all of it is found before the model loads

        def check(*words, message):
            before = sorted(path.name for path in tmp_path.iterdir())
            code, out, err = run("animate", *words)
            assert (code, out) == (2, "")
            assert message in err and err.startswith("avatar: error: ") and err.count("\n") == 1
            assert sorted(path.name for path in tmp_path.iterdir()) == before

        return check

    def test_missing_file(self, refused, tmp_path):
        refused(tmp_path / "gone.wav", "-o", tmp_path / "a.csv", message="no such audio file: ")

    def test_empty_folder(self, refused, tmp_path):
        (tmp_path / "in").mkdir()
        refused(tmp_path / "in", "-o", tmp_path / "{name}.csv", message="holds no recording (.aac, ")

    def test_no_recording(self, refused, tmp_path):
        refused("-o", tmp_path / "a.csv", message="name at least one recording")

    def test_a_look_that_the_format_cannot_show(self, refused, talk, tmp_path):
        words = (talk, "-o", tmp_path / "new" / "a.mp4", "--background", "transparent")
        refused(*words, message=".mp4 has no transparency")

    def test_unknown_extension(self, refused, talk, tmp_path):
        refused(talk, "-o", tmp_path / "a.fbx", message="its extension must be one of ")

    def test_output_is_input(self, refused, talk, tmp_path):
        refused(talk, "-o", tmp_path / "x" / ".." / "talk.wav", message="is an input too; choose another output")

    def test_output_twice(self, refused, talk, tmp_path):
        refused(talk, "-o", tmp_path / "a.csv", tmp_path / "a.csv", message="would be written twice")

    def test_same_names(self, refused, talk, tmp_path):
        (tmp_path / "in").mkdir()
        (tmp_path / "in" / "talk.wav").write_bytes(talk.read_bytes())
        refused(talk, tmp_path / "in", "-o", tmp_path / "{name}.csv", message="would be written twice")

    def test_several_need_a_name(self, refused, talk, write_sound, tone, tmp_path):
        other = write_sound("other.wav", tone())
        refused(talk, other, "-o", tmp_path / "a.csv", message="write {name}: ")
        refused(talk, other, "-o", tmp_path / "a.blend.py", message="{name}.blend.py")

    @pytest.mark.parametrize(
        "name", ["{nam}.csv", "{.csv", "{}.csv", "{name:{x}}.csv", "{name!z}.csv", "{name:>9}.csv"]
    )
    def test_unknown_braces(self, refused, talk, tmp_path, name):
        refused(talk, "-o", tmp_path / name, message="only {name} may stand in braces")

    def test_unwritable_target(self, refused, talk, tmp_path):
        (tmp_path / "file").write_text("in the way")
        message = f"cannot write {tmp_path / 'file' / 'a.csv'}: the folder {tmp_path / 'file'} cannot be made"
        refused(talk, "-o", tmp_path / "file" / "a.csv", message=message)

    def test_empty_output(self, refused, talk, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        refused(talk, "-o", "", message="an output must have a name, got an empty one")

    @pytest.mark.skipif(
        sys.platform == "win32" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
    )
    def test_folder_without_permission(self, refused, talk, tmp_path):
        (tmp_path / "locked").mkdir(mode=0o500)
        refused(talk, "-o", tmp_path / "locked" / "a.csv", message="cannot write")

    @pytest.mark.parametrize(
        ("option", "message"),
        [
            (("--fps", 0), "--fps must be a number above 0"),
            (("--fps", "nan"), "--fps must be a number above 0"),
            (("--fps", "1e9"), "--fps must be a number above 0 and at most 1000, got 1000000000.0"),
            (("--seed", -1), "--seed must be 0 or more"),
            (("--preset", "selfie"), "preset must be one of portrait, "),
            (("--sheet", 0), "sheet must be a number of moments, 1 or more"),
            (("--size", 33), "size must be an even number of pixels"),
            (("--identity", "agee=1"), "has no control named 'agee'; did you mean age"),
            (("--identity", "age=100"), "identity age must be within"),
            (("--identity", "age=old"), "--identity takes a whole number or NAME=VALUE, got 'age=old'"),
            (("--identity", "old"), "--identity takes a whole number or NAME=VALUE, got 'old'"),
        ],
    )
    def test_options(self, refused, talk, tmp_path, option, message):
        refused(talk, "-o", tmp_path / "a.png", *option, message=message)

    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (lambda write, tone: write("x.wav", tone(0.04)), "must last at least 50 ms, got 40.0 ms"),
            (lambda write, tone: write("x.wav", tone() * np.nan, codec="pcm_f32le"), "samples must be finite, got nan"),
        ],
    )
    def test_unusable_sound(self, run, write_sound, tone, tmp_path, make, message):
        code, _, err = run("animate", make(write_sound, tone), "-o", tmp_path / "a.csv")
        assert code == 2 and message in err and not (tmp_path / "a.csv").exists()

    @pytest.mark.parametrize("content", [b"", b"text\n" * 100])
    def test_not_audio(self, run, tmp_path, content):
        (tmp_path / "x.wav").write_bytes(content)
        (tmp_path / "a.csv").write_text("old")
        code, _, err = run("animate", tmp_path / "x.wav", "-o", tmp_path / "a.csv")
        assert code == 2 and "x.wav is not an audio or video file that can be read" in err
        assert (tmp_path / "a.csv").read_text() == "old"


def test_a_contact_sheet_of_a_recording(run, talk, tmp_path):
    code, _, err = run("animate", talk, "-o", tmp_path / "a.png", *SMALL, "--sheet", 4, "--preset", "mouth")
    assert code == 0, err
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (64, 64)


@pytest.mark.parametrize("option", ["--phones", "--emotion"])
def test_what_options_name_is_not_written_over(run, talk, tmp_path, option):
    read = tmp_path / "talk.csv"
    read.write_text({"--phones": "start,end,phone\n0,0.5,AA\n", "--emotion": "time,happy\n0,0.5\n"}[option])
    before = read.read_bytes()
    code, _, err = run("animate", talk, "-o", read, option, read)
    assert code == 2 and "is an input too" in err and read.read_bytes() == before


@pytest.mark.parametrize(("level", "word"), [(0.0, "is silent: the mouth does not speak"), (5.0, "is clipped in")])
def test_silent_and_clipped_sound_is_let_through_with_a_warning(run, write_sound, tone, tmp_path, level, word):
    sound = write_sound("x.wav", np.clip(tone(level=level), -1, 1))
    code, _, err = run("animate", sound, "-o", tmp_path / "a.csv")
    assert code == 0 and f"avatar: warning: {sound}" in err and word in err
    assert (tmp_path / "a.csv").exists()


@pytest.mark.parametrize(("channels", "rate"), [(1, 8000), (7, 48000)])
def test_any_rate_and_channel_count(run, write_sound, tone, tmp_path, channels, rate):
    sound = write_sound("x.wav", np.stack([tone(1.0, rate)] * channels), rate)
    assert run("animate", sound, "-o", tmp_path / "a.csv")[0] == 0
    assert len(livelink.read(tmp_path / "a.csv", fps=60)) == 60


def test_a_seed_and_names_make_one_person(run, talk, tmp_path):
    for name, words in {"average": (), "drawn": (7,), "same": (7,), "older": (7, "age=0.9")}.items():
        identity = ("--identity", *words) if words else ()
        assert run("animate", talk, "-o", tmp_path / f"{name}.png", *SMALL, *identity)[0] == 0
    average, drawn, same, older = (
        (tmp_path / f"{name}.png").read_bytes() for name in ("average", "drawn", "same", "older")
    )
    assert drawn == same and len({average, drawn, older}) == 3
