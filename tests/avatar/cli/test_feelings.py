import shutil
from dataclasses import replace

import numpy as np
import pytest

from avatar.animation import Animation
from avatar.animator import Animator, animate_phones
from avatar.articulation.phones import Phone
from avatar.emotion import EMOTIONS, EmotionTrack, ExpressionStyle
from avatar.emotion.voice import VoiceModel, hear


def test_a_track_that_was_heard_can_be_changed_and_given_back(run, talk, tmp_path):
    heard, track = tmp_path / "heard.npz", tmp_path / "talk.json"
    code, out, _ = run("animate", talk, "-o", heard, "--emotion", "auto", "--save-emotion", track)
    assert code == 0 and "heard: mostly neutral" in out and str(track) in out
    assert not EmotionTrack.read(track).at([0.5]).any()
    track.write_text('[{"time": 0, "happy": 0.8}]', encoding="utf-8")
    assert run("animate", talk, "-o", tmp_path / "changed.npz", "--emotion", track)[0] == 0
    changed, before = (Animation.load(path) for path in (tmp_path / "changed.npz", heard))
    assert (changed["mouthSmileLeft"] > before["mouthSmileLeft"] + 0.1).any()


def test_a_track_is_not_saved_over_a_style(run, talk, tmp_path):
    style = tmp_path / "shy.json"
    ExpressionStyle(mouth=0.5).save(style)
    before = style.read_text(encoding="utf-8")
    code, _, error = run(
        "animate", talk, "-o", tmp_path / "a.npz", "--emotion", "sad", "--style", style, "--save-emotion", style
    )
    assert code != 0 and "--save-emotion would overwrite" in error
    assert style.read_text(encoding="utf-8") == before


def test_tracks_that_are_asked_for_are_saved_too(run, talk, tmp_path):
    assert (
        run("animate", talk, "-o", tmp_path / "a.npz", "--emotion", "sad:0.5", "--save-emotion", tmp_path / "t.json")[0]
        == 0
    )
    assert EmotionTrack.read(tmp_path / "t.json").at([0.0])[0, EMOTIONS.index("sad")] == 0.5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--save-emotion", "t.json"], "--save-emotion needs an emotion"),
        (["--emotion", "auto", "--save-emotion", "t.txt"], "--save-emotion writes .json"),
        (["--emotion", "auto", "--save-emotion", "a.npz"], "--save-emotion writes .json"),
        (["--emotion", "automatic"], "emotion must be one of"),
    ],
)
def test_options_are_checked(run, talk, tmp_path, options, message):
    code, _, error = run("animate", talk, "-o", tmp_path / "a.npz", *options)
    assert code != 0 and message in error and not (tmp_path / "a.npz").exists()


def test_a_track_is_not_written_over_what_is_read(run, talk, tmp_path):
    track = tmp_path / "t.json"
    track.write_text('[{"time": 0, "happy": 0.8}]', encoding="utf-8")
    options = ["--emotion", track, "--save-emotion", track]
    code, _, error = run("animate", talk, "-o", tmp_path / "a.npz", *options)
    assert code != 0 and "--save-emotion would overwrite" in error


def test_a_track_is_not_written_over_phones(run, talk, tmp_path):
    phones, both = tmp_path / "phones.csv", tmp_path / "t.json"
    phones.write_text("start,end,phone\n0,0.5,AA\n", encoding="utf-8")
    options = ["--phones", phones, "--emotion", "happy:0.5", "--save-phones", both, "--save-emotion", both]
    code, _, error = run("animate", talk, "-o", tmp_path / "a.npz", *options)
    assert code != 0 and "--save-emotion would overwrite" in error and not both.exists()


def test_several_recordings_need_several_tracks(run, talk, tmp_path, write_sound, tone):
    other = write_sound("other.wav", tone(1.0))
    options = ["-o", tmp_path / "{name}.npz", "--emotion", "auto"]
    code, _, error = run("animate", talk, other, *options, "--save-emotion", tmp_path / "t.json")
    assert code != 0 and "cannot share one --save-emotion" in error
    assert run("animate", talk, other, *options, "--save-emotion", tmp_path / "{name}.json")[0] == 0
    assert (tmp_path / "talk.json").is_file() and (tmp_path / "other.json").is_file()


def test_phones_have_no_voice(run, tmp_path):
    phones = tmp_path / "phones.csv"
    phones.write_text("start,end,phone\n0,0.5,AA\n", encoding="utf-8")
    code, _, error = run("animate", phones, "-o", tmp_path / "a.npz", "--emotion", "auto")
    assert code != 0 and "has no voice to hear" in error
    with pytest.raises(ValueError, match="emotion auto is heard in a whole recording"):
        animate_phones([Phone("AA", 0.0, 0.5)], emotion="auto")


@pytest.fixture
def voices(write_sound):
    """A voice's plain recording, and a shout."""

    def speech(pitch, seconds, slope, level):
        time = np.arange(round(seconds * 16000)) / 16000
        phase = pitch * time + np.sin(2 * np.pi * time) * pitch / 50
        sound = sum(np.cos(2 * np.pi * number * phase) / number**slope for number in range(1, 20))
        sound *= 0.06 + 0.94 * np.sin(np.pi * 4 * time) ** 2
        return level * sound / np.sqrt(np.mean(sound**2))

    plain = write_sound("plain.wav", speech(120, 2, 1.3, 0.02))
    return plain, write_sound("shout.wav", speech(220, 3, 0.4, 0.08))


def test_voices_are_heard_by_a_model_of_ones_own_beside_a_plain_voice(run, voices, tmp_path):
    plain, shout = voices
    model = replace(VoiceModel.load(), temperature=0.3)
    model.save(tmp_path / "mine.safetensors")
    options = ["--emotion", "auto", "--voice-model", tmp_path / "mine.safetensors", "--neutral-voice", plain]
    heard = tmp_path / "heard.json"
    assert run("animate", shout, "-o", tmp_path / "a.npz", *options, "--save-emotion", heard)[0] == 0
    expected = hear(shout, neutral=plain, model=VoiceModel.load(tmp_path / "mine.safetensors")).track()
    times = np.arange(0, 3, 0.1)
    np.testing.assert_allclose(EmotionTrack.read(heard).at(times), expected.at(times), atol=1e-3)
    assert expected.at(times).any() and not hear(shout).track().at(times).any()


def test_each_recording_may_have_its_own_plain_voice(run, voices, talk, tmp_path):
    plain, shout = voices
    for recording in (shout, talk):
        shutil.copy(plain, tmp_path / f"{recording.stem}_plain.wav")
    options = ["--emotion", "auto", "--neutral-voice", tmp_path / "{name}_plain.wav", "-o", tmp_path / "{name}.npz"]
    assert run("animate", shout, talk, *options)[0] == 0
    (tmp_path / "talk_plain.wav").unlink()
    code, _, error = run("animate", shout, talk, *options)
    assert code == 2 and "no such audio file" in error and "talk_plain.wav" in error


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--voice-model", "m.safetensors"], "--voice-model says how the voice is heard; give --emotion auto as well"),
        (["--emotion", "sad", "--neutral-voice", "talk.wav"], "--neutral-voice says how the voice is heard"),
        (["--emotion", "auto", "--voice-model", "none.safetensors"], "no such model: none.safetensors"),
        (["--emotion", "auto", "--voice-model", "."], "no such model: ."),
        (["--emotion", "auto", "--voice-model", "talk.wav"], "talk.wav is no model of emotions in the voice"),
        (["--emotion", "auto", "--neutral-voice", "none.wav"], "no such audio file: none.wav"),
        (["--emotion", "auto", "--neutral-voice", "."], ". is a folder, not an audio file"),
        (["--emotion", "auto", "--neutral-voice", "text.txt"], "text.txt is not an audio or video file"),
        (["--emotion", "auto", "--neutral-voice", "still.wav"], "still.wav must hold half a second of voiced speech"),
    ],
)
def test_what_is_heard_with_is_checked_before_any_work(run, talk, tmp_path, monkeypatch, write_sound, options, message):
    write_sound("still.wav", np.zeros(16000))
    (tmp_path / "text.txt").write_text("no sound")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Animator, "load", classmethod(lambda cls: pytest.fail("work has begun")))
    code, _, error = run("animate", talk, "-o", "a.npz", *options)
    assert code == 2 and message in error and len(error.splitlines()) <= 2
