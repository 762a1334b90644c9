import pytest

from avatar.animation import Animation
from avatar.animator import animate_phones
from avatar.articulation.phones import Phone
from avatar.emotion import EMOTIONS, EmotionTrack


def test_a_track_that_was_heard_can_be_changed_and_given_back(run, talk, tmp_path):
    heard, track = tmp_path / "heard.npz", tmp_path / "talk.json"
    code, out, _ = run("animate", talk, "-o", heard, "--emotion", "auto", "--save-emotion", track)
    assert code == 0 and "heard: mostly neutral" in out and str(track) in out
    assert not EmotionTrack.read(track).at([0.5]).any()
    track.write_text('[{"time": 0, "happy": 0.8}]', encoding="utf-8")
    assert run("animate", talk, "-o", tmp_path / "changed.npz", "--emotion", track)[0] == 0
    changed, before = (Animation.load(path) for path in (tmp_path / "changed.npz", heard))
    assert (changed["mouthSmileLeft"] > before["mouthSmileLeft"] + 0.1).any()


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
