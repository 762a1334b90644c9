"""Which files belong together."""

from pathlib import Path

import pytest

from avatar.evaluation.pairing import pair, stem


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        *("ours/a.csv", "ours/b.csv", "ours/notes.md", "theirs/a.flame.npz", "theirs/b.npy"),
        *("truth/a.npz", "truth/b.npz", "truth/c.npz", "sound/a.wav", "sound/b.flac", "ours/a.ogg"),
        *("phones/a.TextGrid", "phones/b.csv", "twice/a.csv", "twice/a.npz", "empty/notes.md"),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_folders_are_systems(folder: Path) -> None:
    found = pair(["ours", "theirs"], references=["truth"], audio="sound", phones="phones")
    assert list(found) == ["ours", "theirs"]
    assert [(case.name, case.clip) for case in found["theirs"]] == [
        ("a", Path("theirs/a.flame.npz")),
        ("b", Path("theirs/b.npy")),
    ]
    second = found["ours"][1]
    assert (second.reference, second.audio, second.phones) == (
        Path("truth/b.npz"),
        Path("sound/b.flac"),
        Path("phones/b.csv"),
    )


def test_files_are_systems_beside_one_reference(folder: Path) -> None:
    found = pair(["ours/a.csv", "theirs/b.npy"], references=["truth/c.npz"])
    assert list(found) == ["a.csv", "b.npy"]
    assert {case.reference for cases in found.values() for case in cases} == {Path("truth/c.npz")}


def test_files_are_one_system_among_several_references(folder: Path) -> None:
    found = pair(["ours/a.csv", "ours/b.csv"], references=["truth"])
    assert [case.reference for case in found["clips"]] == [Path("truth/a.npz"), Path("truth/b.npz")]


def test_files_of_one_name_are_told_apart(folder: Path) -> None:
    assert list(pair(["ours/a.csv", "twice/a.csv"])) == ["ours/a.csv", "twice/a.csv"]


def test_sound_is_found_beside_the_clip(folder: Path) -> None:
    first, second = pair(["ours"])["ours"]
    assert first.audio == Path("ours/a.ogg") and second.audio is None and first.reference is None


def test_long_extensions_are_no_part_of_the_name() -> None:
    assert [stem(Path(name)) for name in ("a.b.csv", "a.flame.npz", "a.npy")] == ["a.b", "a", "a"]


@pytest.mark.parametrize(
    ("clips", "references", "message"),
    [
        ([], [], "name at least one clip"),
        (["none.csv"], [], "no such clip: none.csv"),
        (["empty"], [], "the folder empty holds no clip"),
        (["twice"], [], "must have each name once, got a.csv and a.npz"),
        (["ours"], ["truth/a.npz", "truth/c.npz"], r"b.csv has no reference of its name b; there are a, c"),
    ],
)
def test_mistakes_are_named(folder: Path, clips: list[str], references: list[str], message: str) -> None:
    with pytest.raises((ValueError, OSError), match=message):
        pair(clips, references=references)
