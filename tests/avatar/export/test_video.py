import av
import numpy as np
import pytest
from av.video.reformatter import Colorspace

from avatar.animation import Animation
from avatar.audio import load_audio
from avatar.controls import ARKIT
from avatar.export import export
from avatar.export.frames import Portrait
from avatar.export.options import ExportOptions

SMALL = {"size": 64, "supersample": 1}
ALL = (".mp4", ".mov", ".webm")
WITH_ALPHA = (".mov", ".webm")


def clip(seconds=1.0, fps=30.0):
    jaw = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(round(seconds * fps)) / fps)
    return Animation.from_curves(ARKIT, {"jawOpen": jaw}, fps)


def pictures_of(path):
    with av.open(str(path)) as container:
        return [(float(f.time), f.to_ndarray(format="rgb24").astype(int)) for f in container.decode(video=0)]


def with_alpha(path):
    """Pictures [T, H, W, 4]; FFmpeg's own VP9 decoder passes over alpha, libvpx's does not."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        decoder = stream.codec_context
        if decoder.name == "vp9":
            decoder = av.CodecContext.create("libvpx-vp9", "r")
        frames = [frame for packet in container.demux(stream) for frame in decoder.decode(packet)]
        rgba = [frame.reformat(format="rgba", src_colorspace=Colorspace.ITU709) for frame in frames]
        return np.stack([frame.to_ndarray() for frame in rgba]).astype(int)


@pytest.mark.parametrize("extension", ALL)
@pytest.mark.parametrize("fps", [24.0, 30.0, 60.0, 30000 / 1001, 12.5])
def test_frame_t_is_shown_at_t_over_fps(tmp_path, fps, extension):
    animation = clip(0.5, fps)
    export(animation, tmp_path / f"a{extension}", **SMALL)
    times = [time for time, _ in pictures_of(tmp_path / f"a{extension}")]
    # WebM counts in milliseconds.
    np.testing.assert_allclose(times, animation.times, atol=6e-4 if extension == ".webm" else 1e-4)


def test_pictures_and_colours_survive_encoding(tmp_path):
    animation = clip(0.2)
    export(animation, tmp_path / "a.mp4", size=128)
    drawn = list(Portrait(ExportOptions(size=128)).pictures(animation))
    decoded = pictures_of(tmp_path / "a.mp4")
    assert len(decoded) == len(drawn) == 6
    for (_, seen), truth in zip(decoded, drawn, strict=True):
        assert abs(seen - truth[..., :3]).mean() < 6
        np.testing.assert_allclose(seen.mean((0, 1)), truth[..., :3].mean((0, 1)), atol=4)


@pytest.fixture
def discs(monkeypatch):
    """Pictures that are not square: a disc on nothing, whose outline is soft, drawn in place of the head."""
    y, x = np.mgrid[:64, :96]
    drawn = []
    for t in range(6):
        alpha = np.clip(22 - np.hypot(y - 32, x - 30 - 6 * t), 0, 4) / 4
        picture = np.zeros((64, 96, 4))
        picture[alpha > 0, :3] = 230, 120, 60
        picture[..., 3] = 255 * alpha
        drawn.append(np.round(picture).astype(np.uint8))
    monkeypatch.setattr(Portrait, "pictures", lambda *_: iter(drawn))
    return np.stack(drawn)


@pytest.mark.parametrize(("extension", "alpha_error", "error"), [(".mov", 1, 1.5), (".webm", 3, 4)])
def test_alpha_survives_encoding(tmp_path, discs, extension, alpha_error, error):
    export(clip(0.2), tmp_path / f"a{extension}")
    seen = with_alpha(tmp_path / f"a{extension}")
    assert seen.shape == discs.shape
    assert abs(seen[..., 3] - discs[..., 3]).mean() < alpha_error
    inside, outline = discs[..., 3] == 255, (discs[..., 3] > 0) & (discs[..., 3] < 255)
    assert (seen[inside][:, 3] >= 250).all() and (seen[discs[..., 3] == 0][:, 3] <= 30).all()
    for where in (inside, outline):  # the outline is as bright as the rest: nothing dark has run into it
        np.testing.assert_allclose(seen[where][:, :3].mean(0), (230, 120, 60), atol=error)


@pytest.mark.parametrize("extension", WITH_ALPHA)
def test_a_head_before_a_background_is_opaque(tmp_path, extension):
    export(clip(0.1), tmp_path / f"a{extension}", size=128)
    drawn = np.stack(list(Portrait(ExportOptions(size=128)).pictures(clip(0.1))))
    seen = with_alpha(tmp_path / f"a{extension}")
    assert seen[..., 3].min() >= 254
    assert abs(seen - drawn)[..., :3].mean() < 6
    np.testing.assert_allclose(seen.mean((1, 2)), drawn.mean((1, 2)), atol=4)


@pytest.mark.parametrize(
    ("extension", "pictures", "sound"),
    [(".mov", ("prores", "yuva444p12le", "4444"), "pcm_s16le"), (".webm", ("vp9", "yuv420p", "Profile 0"), "opus")],
)
def test_is_what_editors_and_browsers_expect(tmp_path, write_sound, tone, extension, pictures, sound):
    export(clip(0.2), tmp_path / f"a{extension}", audio=write_sound("a.wav", tone(0.2)), **SMALL)
    with av.open(str(tmp_path / f"a{extension}")) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        context = video.codec_context
        assert (context.name, context.pix_fmt, context.profile) == pictures
        assert (context.color_primaries, context.color_trc, context.colorspace, context.color_range) == (1, 13, 1, 1)
        assert (audio.codec_context.name, audio.codec_context.sample_rate) == (sound, 48000)
        assert extension != ".webm" or video.metadata["ALPHA_MODE"] == "1"


def test_is_what_players_expect(tmp_path, write_sound, tone):
    sound = write_sound("a.wav", tone(1.0))
    export(clip(), tmp_path / "a.mp4", audio=sound, **SMALL)
    with av.open(str(tmp_path / "a.mp4")) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, video.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (audio.codec_context.name, audio.codec_context.sample_rate) == ("aac", 48000)
    content = (tmp_path / "a.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")  # plays before it is loaded whole


@pytest.mark.parametrize("extension", ALL)
def test_sound_is_in_step(tmp_path, write_sound, extension):
    click = np.zeros(32000, np.float32)
    click[16000:16160] = 0.9
    export(clip(2.0), tmp_path / f"a{extension}", audio=write_sound("a.wav", click), **SMALL)
    heard = np.abs(load_audio(tmp_path / f"a{extension}").samples)
    assert np.argmax(heard > 0.3) / 16000 == pytest.approx(1.0, abs=0.005)
    assert len(heard) / 16000 == pytest.approx(2.0, abs=0.06)


def test_the_animations_own_sound_is_used(tmp_path, write_sound, tone):
    animation = Animation(ARKIT, clip().weights, 30, write_sound("a.wav", tone(1.0)))
    export(animation, tmp_path / "a.mp4", **SMALL)
    assert load_audio(tmp_path / "a.mp4").peak > 0.3


@pytest.mark.parametrize("seconds", [0.2, 3.0])
def test_other_lengths_are_cut_or_end_in_silence_with_a_warning(tmp_path, write_sound, tone, caplog, seconds):
    export(clip(1.0), tmp_path / "a.mp4", audio=write_sound("a.wav", tone(seconds)), **SMALL)
    assert f"lasts {seconds:.2f} s and the animation 1.00 s" in caplog.text
    assert len(pictures_of(tmp_path / "a.mp4")) == 30
    assert load_audio(tmp_path / "a.mp4").duration == pytest.approx(min(seconds, 1.0), abs=0.06)


def test_without_sound_there_is_no_track(tmp_path):
    export(clip(0.2), tmp_path / "a.mp4", **SMALL)
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert not container.streams.audio


def test_missing_sound_leaves_the_old_video(tmp_path):
    (tmp_path / "a.mp4").write_text("old")
    with pytest.raises(FileNotFoundError, match="no such audio file"):
        export(clip(0.2), tmp_path / "a.mp4", audio=tmp_path / "gone.wav", **SMALL)
    assert (tmp_path / "a.mp4").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_ctrl_c_leaves_the_old_video(tmp_path, monkeypatch):
    (tmp_path / "a.mp4").write_text("old")
    real = Portrait.pictures

    def interrupted(self, animation, frames=None):
        for t, picture in enumerate(real(self, animation, frames)):
            if t == 5:
                raise KeyboardInterrupt
            yield picture

    monkeypatch.setattr(Portrait, "pictures", interrupted)
    with pytest.raises(KeyboardInterrupt):
        export(clip(), tmp_path / "a.mp4", **SMALL)
    assert (tmp_path / "a.mp4").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]
