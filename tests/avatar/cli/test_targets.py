import pytest

from avatar.cli.targets import plan


def test_folders_are_made(tmp_path):
    outputs = [str(tmp_path / "a" / "{name}.csv"), str(tmp_path / "b" / "c" / "{name}.npz")]
    recording = tmp_path / "talk.wav"
    assert plan([recording], outputs) == {recording: [output.format(name="talk") for output in outputs]}
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "b", "c"]


def test_a_wrong_name_makes_no_folder(tmp_path):
    with pytest.raises(ValueError, match="its extension must be one of"):
        plan([tmp_path / "talk.wav"], [str(tmp_path / "a" / "a.csv"), str(tmp_path / "b" / "b.fbx")])
    assert not list(tmp_path.iterdir())
