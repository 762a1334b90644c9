import pytest

from avatar.cli.targets import find_recordings, plan


def test_folders_are_made(tmp_path):
    outputs = [str(tmp_path / "a" / "{name}.csv"), str(tmp_path / "b" / "c" / "{name}.npz")]
    recording = tmp_path / "talk.wav"
    assert plan([recording], outputs) == {recording: [output.format(name="talk") for output in outputs]}
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "b", "c"]


def test_a_wrong_name_makes_no_folder(tmp_path):
    with pytest.raises(ValueError, match="its extension must be one of"):
        plan([tmp_path / "talk.wav"], [str(tmp_path / "a" / "a.csv"), str(tmp_path / "b" / "b.fbx")])
    assert not list(tmp_path.iterdir())


def test_what_else_is_read_is_not_written_over(tmp_path):
    with pytest.raises(ValueError, match=r"phones\.csv is an input too"):
        plan([tmp_path / "talk.wav"], [str(tmp_path / "phones.csv")], also_read=[tmp_path / "phones.csv"])


def test_a_folder_named_like_a_file_is_not_filled_with_pictures(tmp_path):
    folder = tmp_path / "talk.csv"
    folder.mkdir()
    with pytest.raises(IsADirectoryError, match=r"talk\.csv: it is a folder; to fill it with pictures, write .*csv/$"):
        plan([tmp_path / "talk.wav"], [str(folder)])
    assert plan([tmp_path / "talk.wav"], [f"{folder}/"])


def test_an_empty_name_is_no_folder():
    with pytest.raises(ValueError, match="a recording must have a name, got an empty one"):
        find_recordings([""])
