from collections import Counter

import pytest

from avatar.emotion.voice.corpora import find_recordings, read_name

NAMES = {
    "Actor_12/03-01-06-02-02-01-12.wav": ("RAVDESS 12", "afraid", 1.0),
    "Actor_01/03-01-01-01-01-01-01.wav": ("RAVDESS 01", "neutral", 0.0),
    "Actor_05/01-01-02-01-01-02-05.mp4": ("RAVDESS 05", "calm", 0.6),
    "AudioWAV/1001_DFA_ANG_HI.wav": ("CREMA-D 1001", "angry", 1.0),
    "AudioWAV/1088_IEO_SAD_LO.wav": ("CREMA-D 1088", "sad", 0.4),
    "AudioWAV/1040_ITH_HAP_X.wav": ("CREMA-D 1040", "happy", 0.8),
    "wav/03a01Fa.wav": ("Emo-DB 03", "happy", 0.8),
    "wav/16b10Wb.wav": ("Emo-DB 16", "angry", 0.8),
    "wav/08a07Ta.wav": ("Emo-DB 08", "sad", 0.8),
    "M003/audio/contempt/level_2/004.m4a": ("MEAD m003", "contempt", 0.7),
    "W009/audio/neutral/level_1/030.m4a": ("MEAD w009", "neutral", 0.0),
    "W009/surprised/level_3/001.wav": ("MEAD w009", "surprised", 1.0),
    "bea_Amused/amused_1-15_0003.wav": ("EmoV-DB bea", "happy", 0.8),
    "jenie/anger_29-56_0030.wav": ("EmoV-DB jenie", "angry", 0.8),
    "EmoV-DB_sorted/sam/Disgusted/disgust_1-28_0001.wav": ("EmoV-DB sam", "disgusted", 0.8),
    "0012/Surprise/0012_001700.wav": ("ESD 0012", "surprised", 0.8),
    "0001/Neutral/train/0001_000031.wav": ("ESD 0001", "neutral", 0.0),
}

OTHERS = [
    "Actor_12/02-01-06-02-02-01-12.mp4",  # has no sound
    "Actor_12/03-02-06-02-02-01-12.wav",  # is sung
    "wav/03a01La.wav",  # boredom
    "josh_Sleepy/sleepiness_1-28_0001.wav",
    "M003/audio/bored/level_2/004.m4a",
    "speech/hello.wav",
    "0012/0012_001700.wav",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_say_who_says_it_how(name):
    found = read_name(name)
    assert (found.speaker, found.emotion, found.intensity) == NAMES[name]


@pytest.mark.parametrize("name", OTHERS)
def test_other_names_are_skipped(name):
    assert read_name(name) is None


def test_folders_are_searched(tmp_path):
    for name in [*NAMES, *OTHERS, "README.txt"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = find_recordings(tmp_path)
    # Videos are found by name only where their folder says so: a folder is searched for sound.
    assert len(found) == len([name for name in NAMES if not name.endswith(".mp4")])
    counts = Counter(recording.corpus for recording in found)
    assert set(counts) == {"RAVDESS", "CREMA-D", "Emo-DB", "MEAD", "EmoV-DB", "ESD"}


def test_a_corpus_folder_itself_is_enough(tmp_path, monkeypatch):
    folder = tmp_path / "0011" / "Angry"
    folder.mkdir(parents=True)
    (folder / "0011_000400.wav").touch()
    monkeypatch.chdir(folder)
    assert find_recordings(".")[0].speaker == "ESD 0011"


def test_folders_without_any_are_refused(tmp_path):
    (tmp_path / "a.wav").touch()
    with pytest.raises(ValueError, match=r"RAVDESS, CREMA-D.*; found 1 other sound files"):
        find_recordings(tmp_path)
    with pytest.raises(FileNotFoundError, match="no such folder"):
        find_recordings(tmp_path / "missing")
