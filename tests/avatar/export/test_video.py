import av
import numpy as np
import pytest

from avatar.animation import Animation
from avatar.audio import load_audio
from avatar.controls import ARKIT
from avatar.export import export
from avatar.export.frames import Portrait
from avatar.export.options import ExportOptions

SMALL = {"size": 64, "supersample": 1}


def clip(seconds=1.0, fps=30.0):
    jaw = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(round(seconds * fps)) / fps)
    return Animation.from_curves(ARKIT, {"jawOpen": jaw}, fps)


def pictures_of(path):
    with av.open(str(path)) as container:
        return [(float(f.time), f.to_ndarray(format="rgb24").astype(int)) for f in container.decode(video=0)]


@pytest.mark.parametrize("fps", [24.0, 30.0, 60.0, 30000 / 1001, 12.5])
def test_frame_t_is_shown_at_t_over_fps(tmp_path, fps):
    animation = clip(0.5, fps)
    export(animation, tmp_path / "a.mp4", **SMALL)
    times = [time for time, _ in pictures_of(tmp_path / "a.mp4")]
    np.testing.assert_allclose(times, animation.times, atol=1e-4)


def test_pictures_and_colours_survive_encoding(tmp_path):
    animation = clip(0.2)
    export(animation, tmp_path / "a.mp4", size=128)
    drawn = list(Portrait(ExportOptions(size=128)).pictures(animation))
    decoded = pictures_of(tmp_path / "a.mp4")
    assert len(decoded) == len(drawn) == 6
    for (_, seen), truth in zip(decoded, drawn, strict=True):
        assert abs(seen - truth[..., :3]).mean() < 6
        np.testing.assert_allclose(seen.mean((0, 1)), truth[..., :3].mean((0, 1)), atol=4)


def test_is_what_players_expect(tmp_path, write_sound, tone):
    sound = write_sound("a.wav", tone(1.0))
    export(clip(), tmp_path / "a.mp4", audio=sound, **SMALL)
    with av.open(str(tmp_path / "a.mp4")) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, video.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (audio.codec_context.name, audio.codec_context.sample_rate) == ("aac", 48000)
    content = (tmp_path / "a.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")  # plays before it is loaded whole


def test_sound_is_in_step(tmp_path, write_sound):
    click = np.zeros(32000, np.float32)
    click[16000:16160] = 0.9
    export(clip(2.0), tmp_path / "a.mp4", audio=write_sound("a.wav", click), **SMALL)
    heard = np.abs(load_audio(tmp_path / "a.mp4").samples)
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
