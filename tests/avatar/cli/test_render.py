import numpy as np
import pytest

from avatar.animation import Animation
from avatar.audio import load_audio
from avatar.controls import ARKIT
from avatar.export import export, livelink

SMALL = ("--size", 32, "--supersample", 1)


@pytest.fixture
def clip(tmp_path):
    animation = Animation.from_curves(ARKIT, {"jawOpen": np.linspace(0, 1, 60)}, 30)
    export(animation, tmp_path / "clip.csv")
    animation.save(tmp_path / "clip.npz")
    return tmp_path / "clip"


@pytest.mark.parametrize("source", [".csv", ".npz"])
@pytest.mark.parametrize("target", [".csv", ".npz", ".glb", ".png"])
def test_curves_to_anything(run, clip, source, target):
    out = clip.with_name(f"new{target}")
    code, _, err = run("render", clip.with_suffix(source), "-o", out, *SMALL)
    assert code == 0, err
    assert out.stat().st_size > 0


def test_video_with_sound(run, clip, write_sound, tone):
    sound = write_sound("talk.wav", tone(2.0))
    code, _, err = run("render", clip.with_suffix(".csv"), "-o", clip.with_suffix(".mp4"), "--audio", sound, *SMALL)
    assert (code, err) == (0, "")
    assert load_audio(clip.with_suffix(".mp4")).peak > 0.3


def test_another_frame_rate(run, clip):
    assert run("render", clip.with_suffix(".csv"), "-o", clip.with_name("new.csv"), "--fps", 60)[0] == 0
    assert livelink.read(clip.with_name("new.csv")).fps == 60


def test_sound_of_another_length_is_warned_of(run, clip, write_sound, tone):
    sound = write_sound("talk.wav", tone(4.0))
    code, _, err = run("render", clip.with_suffix(".npz"), "-o", clip.with_suffix(".mp4"), "--audio", sound, *SMALL)
    assert code == 0 and "lasts 4.00 s and the animation 2.00 s: the video is as long as the animation" in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("gone.csv", "-o", "a.mp4"), "no such file of curves: gone.csv"),
        (("gone.npz", "-o", "a.mp4"), "no such animation file: gone.npz"),
        (("talk.wav", "-o", "a.mp4"), "cannot read curves from talk.wav: its extension must be one of .csv, .npz"),
        (("junk.csv", "-o", "a.mp4"), "junk.csv is not a Live Link Face CSV"),
        (("junk.npz", "-o", "a.mp4"), "junk.npz is not an animation .npz"),
        (("clip.csv", "-o", "clip.csv"), "clip.csv is an input too"),
        (("clip.csv", "-o", "a.obj"), "its extension must be one of"),
        (("clip.csv", "-o", "a.mp4", "--audio", "gone.wav"), "no such audio file: gone.wav"),
        (("clip.csv", "-o", "a.csv", "--fps", "0"), "--fps must be a number above 0"),
        (("clip.csv", "-o", "a.png", "--at", "9"), "at must be before the animation's end at 2.000 s, got 9.0"),
    ],
)
def test_bad_input(run, clip, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "junk.csv").write_text("a,b\n1,2\n")
    (tmp_path / "junk.npz").write_text("junk")
    before = sorted(path.name for path in tmp_path.iterdir())
    code, out, err = run("render", *words)
    assert (code, out) == (2, "")
    assert message in err and err.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == before
