import logging
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from avatar.audio import SHORTEST, Sound, as_sound, load_audio, read_audio


def level_at(samples, hertz, rate):
    """Amplitude of one frequency."""
    phase = 2 * np.pi * hertz * np.arange(len(samples)) / rate
    return 2 * abs(np.mean(samples * np.exp(-1j * phase)))


@pytest.mark.parametrize("extension", ["wav", "flac", "mp3", "ogg", "opus", "m4a", "mp4"])
def test_reads_every_format(write_sound, tone, extension):
    rate = 48000 if extension == "opus" else 44100
    path = write_sound(f"tone.{extension}", np.stack([tone(2.0, rate)] * 2), rate)
    sound = load_audio(path)
    assert sound.sample_rate == 16000 and sound.samples.dtype == np.float32 and sound.path == path
    assert sound.duration == pytest.approx(2.0, abs=0.06)  # lossy formats pad
    middle = sound.samples[8000:24000]
    assert level_at(middle, 440, 16000) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000, 96000])
def test_resamples_every_rate(write_sound, tone, rate):
    sound = load_audio(write_sound("tone.wav", tone(1.0, rate), rate))
    assert len(sound) == pytest.approx(16000, abs=2)
    assert level_at(sound.samples[2000:14000], 440, 16000) == pytest.approx(0.5, abs=0.01)


def test_keeps_time_when_resampling(write_sound):
    click = np.zeros(44100, np.float32)
    click[22050] = 1.0
    samples = load_audio(write_sound("click.wav", click, 44100)).samples
    assert abs(int(np.argmax(np.abs(samples))) - 8000) <= 1


@pytest.mark.parametrize("channels", [1, 2, 6, 7, 8])
def test_averages_channels(write_sound, tone, channels):
    sine = tone()
    several = np.stack([sine * (c + 1) / channels for c in range(channels)])
    sound = load_audio(write_sound("many.wav", several))
    np.testing.assert_allclose(sound.samples, several.mean(0), atol=2e-4)


def test_reads_eight_separate_channels(write_sound, tone):
    sound = load_audio(write_sound("around.m4a", np.stack([tone(1.0, 48000)] * 8), 48000))
    # The encoder leaves the low-frequency channel without the tone.
    assert level_at(sound.samples[2000:14000], 440, 16000) == pytest.approx(0.5 * 7 / 8, abs=0.02)


def test_reads_float_wav_exactly(write_sound, tone):
    sine = tone()
    np.testing.assert_array_equal(load_audio(write_sound("f.wav", sine, codec="pcm_f32le")).samples, sine)


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_reads_integer_wav_to_full_scale(tmp_path, tone, width):
    sine = tone()
    whole = np.round(sine.astype(np.float64) * (2 ** (8 * width - 1) - 1)).astype(np.int64)
    if width == 1:
        whole += 128  # 8-bit wav is unsigned
    with wave.open(str(tmp_path / "i.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(width)
        file.setframerate(16000)
        file.writeframes(b"".join(int(v).to_bytes(width, "little", signed=width > 1) for v in whole))
    np.testing.assert_allclose(load_audio(tmp_path / "i.wav").samples, sine, atol=2.0 ** (3 - 8 * min(width, 2)))


def test_reads_the_sound_of_a_video(tmp_path, tone):
    path = tmp_path / "film.mp4"
    sine = tone(1.0, 48000)
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=Fraction(25))
        video.width = video.height = 64
        video.pix_fmt = "yuv420p"
        sound = container.add_stream("aac", rate=48000, layout="mono")
        for t in range(25):
            picture = av.VideoFrame.from_ndarray(np.full((64, 64, 3), t * 10, np.uint8), format="rgb24")
            container.mux(video.encode(picture))
        container.mux(video.encode(None))
        for start in range(0, 48000, 1024):
            frame = av.AudioFrame.from_ndarray(sine[None, start : start + 1024], format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 48000, start
            container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    assert level_at(load_audio(path).samples[2000:14000], 440, 16000) == pytest.approx(0.5, abs=0.03)


def test_a_video_without_sound_says_so(tmp_path):
    path = tmp_path / "mute.mp4"
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=25)
        video.width = video.height = 64
        container.mux(video.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")))
        container.mux(video.encode(None))
    with pytest.raises(ValueError, match=r"mute\.mp4 has no sound: there is no audio track"):
        load_audio(path)


@pytest.mark.parametrize(
    "content", [b"", b"hello\n" * 200, bytes(range(256)) * 40, b"RIFF\x00\x00\x00\x00WAVE"], ids=len
)
def test_what_is_not_audio_says_so(tmp_path, content):
    path = tmp_path / "junk.wav"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"junk\.wav (is not an audio or video file|has no sound|holds no sound)"):
        load_audio(path)


def test_missing_file_and_folder_say_so(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no such audio file: .*gone\.wav"):
        load_audio(tmp_path / "gone.wav")
    with pytest.raises(IsADirectoryError, match="is a folder, not an audio file"):
        load_audio(tmp_path)


def test_a_name_is_never_an_address(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError):
        load_audio("concat:a.wav|b.wav")


def test_wav_without_samples_says_so(tmp_path):
    path = tmp_path / "none.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
    with pytest.raises(ValueError, match=r"none\.wav holds no sound"):
        load_audio(path)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_float_wav_that_is_not_finite_says_where(write_sound, tone, bad):
    sine = tone()
    sine[8000] = bad
    with pytest.raises(ValueError, match=r"bad\.wav: samples must be finite, got (nan|inf) at 0\.500 s"):
        load_audio(write_sound("bad.wav", sine, codec="pcm_f32le"))


def test_truncated_recording_gives_what_is_there(write_sound, tone):
    path = write_sound("cut.mp3", tone(2.0, 44100), 44100)
    path.write_bytes(path.read_bytes()[:12000])
    assert 0.3 < load_audio(path).duration < 1.9


def test_damaged_pieces_are_skipped_with_a_warning(write_sound, tone, caplog):
    path = write_sound("scratched.flac", tone(4.0), 16000)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 64] = b"\xff" * 64
    path.write_bytes(content)
    assert load_audio(path).duration > 2.0


def test_blocks_add_up_to_the_whole(write_sound, tone):
    path = write_sound("long.flac", tone(10.0, 44100), 44100)
    blocks = list(read_audio(path))
    assert len(blocks) > 10
    np.testing.assert_array_equal(np.concatenate(blocks), load_audio(path).samples)


def test_file_and_array_agree(write_sound, tone):
    sine = tone(1.0, 44100)
    from_file = load_audio(write_sound("x.wav", sine, 44100, codec="pcm_f32le")).samples
    from_array = as_sound(sine, sample_rate=44100).samples
    np.testing.assert_allclose(from_file[:15900], from_array[:15900], atol=1e-4)


def test_as_sound_takes_integers_and_channels():
    whole = np.array([[-32768] * 800, [32767] * 800], np.int16)
    np.testing.assert_allclose(as_sound(whole, sample_rate=16000).samples, -0.5 / 32768, atol=1e-6)
    bytes_ = np.full(800, 128, np.uint8)
    assert as_sound(bytes_, sample_rate=16000).peak == 0.0


def test_as_sound_needs_one_rate(tmp_path):
    with pytest.raises(ValueError, match="sample_rate must be given with an array"):
        as_sound(np.zeros(1600))
    with pytest.raises(ValueError, match="sample_rate is only for arrays"):
        as_sound(tmp_path / "a.wav", sample_rate=16000)


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (np.zeros(799, np.float32), r"must last at least 50 ms, got 49\.9 ms"),
        (np.zeros(0, np.float32), r"must last at least 50 ms, got 0\.0 ms"),
        (np.full(1600, np.nan), "samples must be finite"),
        (np.full(1600, 1e300), "samples must be finite"),
        (np.full(1600, 20000.0), "must be within -1..1, got a peak of 20000; divide 16-bit"),
        (np.zeros((1600, 2), np.float32), "transpose it"),
        (np.zeros((2, 2, 1600)), "audio must be real samples"),
        (np.zeros(1600, np.complex64), "audio must be real samples"),
        (np.array(["a"] * 1600), "audio must be real samples"),
    ],
)
def test_unusable_arrays_say_why(samples, message):
    with pytest.raises(ValueError, match=message):
        as_sound(samples, sample_rate=16000)


@pytest.mark.parametrize("rate", [0, -1, float("nan"), 0.5])
def test_unusable_rates_say_so(rate):
    with pytest.raises(ValueError, match="sample_rate must be a whole number of Hz above 0"):
        as_sound(np.zeros(1600), sample_rate=rate)


def test_exactly_fifty_milliseconds_is_enough():
    assert as_sound(np.full(800, 0.1), sample_rate=16000).duration == SHORTEST


def test_silence_and_clipping_are_warned_of(caplog, tone):
    with caplog.at_level(logging.WARNING, "avatar"):
        assert as_sound(np.zeros(1600), sample_rate=16000).silent
        assert "silent: the mouth does not speak" in caplog.text
        caplog.clear()
        loud = as_sound(np.clip(tone(level=3.0), -1, 1), sample_rate=16000)
        assert "is clipped in" in caplog.text and not loud.silent
        caplog.clear()
        as_sound(tone(), sample_rate=16000)
        assert caplog.text == ""


def test_sound_is_read_only(tone):
    sound = Sound(tone(), 16000)
    with pytest.raises(ValueError, match="read-only"):
        sound.samples[0] = 1.0


@settings(max_examples=25, deadline=None)
@given(
    sine=hnp.arrays(np.float32, st.integers(800, 3000), elements=st.floats(-1, 1, width=32)),
    rate=st.sampled_from([8000, 16000, 22050, 48000]),
)
def test_resampling_keeps_length_and_finiteness(sine, rate):
    sound = as_sound(sine, sample_rate=rate) if len(sine) / rate >= SHORTEST else Sound(sine, rate).resample(16000)
    assert len(sound) == pytest.approx(len(sine) * 16000 / rate, abs=1)
    assert np.isfinite(sound.samples).all()


@settings(max_examples=10, deadline=None)
@given(hertz=st.floats(80, 3000), rate=st.sampled_from([22050, 44100, 48000]))
def test_resampling_there_and_back_is_the_same_sound(hertz, rate):
    sine = (0.5 * np.sin(2 * np.pi * hertz * np.arange(16000) / 16000)).astype(np.float32)
    back = Sound(sine, 16000).resample(rate).resample(16000)
    np.testing.assert_allclose(back.samples[1000:15000], sine[1000:15000], atol=1e-3)


def test_an_hour_is_read_in_blocks(tmp_path):
    path = tmp_path / "hour.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 1, 8000, 0, "NONE", ""))
        file.writeframes(b"\x80" * 8000 * 3600)
    total = longest = 0
    for block in read_audio(path, 8000):
        total += len(block)
        longest = max(longest, len(block))
    assert total == 3600 * 8000
    assert longest < 8000 * 10


def test_real_recordings_load(shared):
    folder: Path = shared / "data" / "speech"
    for path in [*sorted((folder / "emotional").iterdir()), *sorted((folder / "digits").glob("0_*"))]:
        sound = as_sound(path)
        assert not sound.silent and sound.duration > 0.2
