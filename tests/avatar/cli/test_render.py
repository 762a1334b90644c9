import av
import numpy as np
import pytest
from PIL import Image

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


@pytest.mark.parametrize("middle", [".a2f.json", ".livelink.bin", ".unity.json", ".glb", ".rigmapper.csv"])
def test_what_others_wrote_is_read(run, clip, middle):
    between, out = clip.with_name(f"between{middle}"), clip.with_name("back.csv")
    assert run("render", clip.with_suffix(".npz"), "-o", between)[0] == 0
    code, _, err = run("render", between, "-o", out)
    assert code == 0, err
    np.testing.assert_allclose(livelink.read(out)["jawOpen"], np.linspace(0, 1, 60), atol=1e-4)
    assert run("info", between)[0] == 0


def test_video_with_sound(run, clip, write_sound, tone):
    sound = write_sound("talk.wav", tone(2.0))
    code, _, err = run("render", clip.with_suffix(".csv"), "-o", clip.with_suffix(".mp4"), "--audio", sound, *SMALL)
    assert (code, err) == (0, "")
    assert load_audio(clip.with_suffix(".mp4")).peak > 0.3


def test_a_video_whose_sound_is_read_is_not_written_over(run, clip, write_sound, tone):
    sound = write_sound("talk.mp4", tone(2.0))
    before = sound.read_bytes()
    code, _, err = run("render", clip.with_suffix(".npz"), "-o", sound, "--audio", sound, *SMALL)
    assert code == 2 and "is an input too" in err and sound.read_bytes() == before


def test_another_frame_rate(run, clip):
    assert run("render", clip.with_suffix(".csv"), "-o", clip.with_name("new.csv"), "--fps", 60)[0] == 0
    assert livelink.read(clip.with_name("new.csv")).fps == 60


def test_sound_of_another_length_is_warned_of(run, clip, write_sound, tone):
    sound = write_sound("talk.wav", tone(4.0))
    code, _, err = run("render", clip.with_suffix(".npz"), "-o", clip.with_suffix(".mp4"), "--audio", sound, *SMALL)
    assert code == 0 and "lasts 4.00 s and the animation 2.00 s: the video is as long as the animation" in err


def picture(path):
    with Image.open(path) as file:
        return np.asarray(file)


@pytest.mark.parametrize(
    ("words", "shape"),
    [
        (("--preset", "mouth", "--size", "48x32"), (32, 48)),
        (("--sheet", 6), (64, 96)),
        (("--at", 0.5, 1.0, 1.5), (32, 96)),
        (("--people", 1, 2, "age=0.5"), (32, 96)),
        (("--against", "other.npz", "--at", 1), (32, 32)),
        (("--turn", 30, "--field-of-view", 20, "--view", "normals", "--lights", "soft"), (32, 32)),
    ],
)
def test_pictures(run, clip, monkeypatch, words, shape):
    monkeypatch.chdir(clip.parent)
    Animation(ARKIT, np.zeros((60, 61)), 30).save(clip.with_name("other.npz"))
    code, _, err = run("render", "clip.csv", "-o", "a.png", *SMALL, *words)
    assert (code, err) == (0, "")
    assert picture("a.png").shape == (*shape, 4)


def test_clips_side_by_side(run, clip, monkeypatch):
    monkeypatch.chdir(clip.parent)
    code, out, err = run("render", "clip.csv", "clip.npz", "-o", "both.mp4", *SMALL, "--labels", "ours", "theirs")
    assert (code, err) == (0, "") and out == "clip.csv, clip.npz -> both.mp4\n"
    with av.open("both.mp4") as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(frames) == 60 and frames[0].shape == (32, 64, 3)


def test_clips_one_after_another(run, clip, monkeypatch):
    monkeypatch.chdir(clip.parent)
    clip.with_suffix(".npz").rename("other.npz")
    code, out, err = run("render", "clip.csv", "other.npz", "-o", "{name}.png", *SMALL)
    assert (code, err) == (0, "") and len(out.splitlines()) == 2
    np.testing.assert_array_equal(picture("clip.png"), picture("other.png"))


def test_the_longest_of_several_clips_is_played(run, clip, monkeypatch):
    monkeypatch.chdir(clip.parent)
    Animation(ARKIT, np.zeros((10, 61)), 10).save(clip.with_name("short.npz"))
    assert run("render", "short.npz", "clip.csv", "-o", "frames/", *SMALL)[0] == 0
    assert len(list(clip.with_name("frames").iterdir())) == 60


def test_python_draws_the_same(run, clip, monkeypatch):
    monkeypatch.chdir(clip.parent)
    words = ("--preset", "profile", "--turn", 10, "--background", "#203040", "--size", "48x32", "--supersample", 1)
    assert run("render", "clip.npz", "-o", "a.png", *words)[0] == 0
    options = {"preset": "profile", "turn": np.radians(10), "background": "#203040", "size": (32, 48), "supersample": 1}
    export(Animation.load("clip.npz"), "b.png", **options)
    np.testing.assert_array_equal(picture("a.png"), picture("b.png"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("gone.csv", "-o", "a.mp4"), "no such file of curves: gone.csv"),
        (("gone.npz", "-o", "a.mp4"), "no such animation file: gone.npz"),
        (("talk.wav", "-o", "a.mp4"), "cannot read curves from talk.wav: its extension must be one of .a2f.json, "),
        (("junk.csv", "-o", "a.mp4"), "junk.csv is not a Live Link Face CSV"),
        (("junk.npz", "-o", "a.mp4"), "junk.npz is not an animation .npz"),
        (("clip.csv", "-o", "clip.csv"), "clip.csv is an input too"),
        (("clip.csv", "-o", "a.obj"), "its extension must be one of"),
        (("clip.csv", "-o", "a.mp4", "--audio", "gone.wav"), "no such audio file: gone.wav"),
        (("clip.csv", "-o", "a.csv", "--fps", "0"), "--fps must be a number above 0"),
        (("-o", "a.mp4"), "name at least one clip"),
        (
            ("clip.csv", "-o", "a.png", "--preset", "selfie"),
            "preset must be one of portrait, three-quarter, profile, mouth",
        ),
        (("clip.csv", "-o", "a.png", "--view", "xray"), "view must be one of shaded, "),
        (("clip.csv", "-o", "a.png", "--lights", "disco"), "lights must be one of studio, "),
        (("clip.csv", "-o", "a.png", "--background", "blue"), "background must be studio, transparent, "),
        (("clip.csv", "-o", "new/a.mp4", "--background", "transparent"), ".mp4 has no transparency"),
        (("clip.csv", "-o", "a.png", "--size", "big"), "--size takes WIDTHxHEIGHT or one number"),
        (("clip.csv", "-o", "a.png", "--size", "64x"), "--size takes WIDTHxHEIGHT or one number"),
        (("clip.csv", "-o", "a.png", "--size", "64x33"), "size must be an even number of pixels"),
        (("clip.csv", "-o", "a.png", "--texture", "gone.png"), "gone.png"),
        (("clip.csv", "-o", "a.png", "--vertex-colours", "gone.npy"), "gone.npy"),
        (("clip.csv", "-o", "a.png", "--people", "Ann"), "--people takes a whole number or NAME=VALUE, got 'Ann'"),
        (("clip.csv", "-o", "new/a.mp4", "--sheet", "9"), "a sheet of 9 moments is a single picture"),
        (("clip.csv", "-o", "a.png", "--sheet", "9", "--at", "1"), "give sheet, "),
        (("clip.csv", "-o", "a.png", "--hold", "9"), "only a video can hold a moment"),
        (("clip.csv", "clip.npz", "-o", "a.csv"), "clips beside one another can only be drawn"),
        (
            ("clip.csv", "clip.npz", "-o", "a.mp4", "--labels", "a", "b", "c"),
            "labels must be one for each of the 2 clips",
        ),
        (("clip.csv", "clip.npz", "-o", "{name}.mp4", "a.mp4"), "cannot all become a.mp4"),
        (("clip.csv", "-o", "a.mp4", "--against", "gone.csv"), "no such file of curves: gone.csv"),
        (("clip.csv", "-o", "a.mp4", "--scale", "3"), "scale is that of the distances to against"),
        (("clip.csv", "-o", "a.png", "--at", "9"), "--at must be before the clips' end at 2.000 s, got 9.0"),
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
