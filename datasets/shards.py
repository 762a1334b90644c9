"""The corpus on disk: shards of some utterances, each one array of samples beside one JSON, and a manifest of all.

A shard's JSON is put in place last and whole, so that a shard is there completely or not at all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.articulation.phones import Phone
from avatar.datasets.synthesis import SAMPLE_RATE
from avatar.files import replacing

MANIFEST = "manifest.jsonl"

FULL_SCALE = 32767
"""The stored integer that means 1."""

_MAKE_AGAIN = "delete the shard and run python -m avatar.datasets.corpus again"


@dataclass(frozen=True, slots=True)
class Entry:
    """One utterance of the corpus without its sound: a line of the manifest.

    Args:
        id: unique, for example "kokoro-00012".
        text: what is said.
        engine: the synthesizer.
        voice: the speaker's name in the corpus.
        split: one of `avatar.datasets.corpus.Split`.
        speed: that was asked of the synthesizer; 1 is the voice's own.
        pitch: that was asked of the synthesizer, a factor.
        shift: factor on all frequencies by resampling.
        licence: of the voice.
        seconds: length.
        first: sample at which it begins in the samples of its shard.
        shard: name of the shard.
        phones: without gaps from 0 to `seconds`.
        difference: median distance of engine and aligner over the phones' starts, in seconds.
        offset: median of aligner minus engine, in seconds.
        language: that is spoken.
        manner: "plain", "shouted" or "whispered".
    """

    id: str
    text: str
    engine: str
    voice: str
    split: str
    speed: float
    pitch: float
    shift: float
    licence: str
    seconds: float
    first: int
    shard: str
    phones: tuple[Phone, ...]
    difference: float
    offset: float
    language: str = "English"
    manner: str = "plain"


def to_json(entry: Entry) -> dict[str, Any]:
    """The entry as JSON can hold it; times to a tenth of a millisecond."""
    plain = {name: getattr(entry, name) for name in Entry.__slots__}
    plain["phones"] = [[phone.symbol, round(phone.start, 4), round(phone.end, 4)] for phone in entry.phones]
    return plain


def from_json(plain: dict[str, Any]) -> Entry:
    """The entry back from `to_json`; what manifests of older corpora lack has its default.

    Raises:
        ValueError: it is no such entry.
    """
    try:
        phones = tuple(Phone(symbol, start, end) for symbol, start, end in plain["phones"])
        return Entry(**{**plain, "phones": phones})
    except KeyError as error:
        raise ValueError(f"it has no {error}") from None
    except TypeError as error:
        raise ValueError(f"it is no utterance of a corpus ({error})") from None


def part_of(name: str) -> str:
    """The part of the corpus that an utterance or shard belongs to, "kokoro" for "kokoro-00012"."""
    return name.rpartition("-")[0]


def shard_path(folder: Path, shard: str) -> Path:
    """Where the JSON of a shard is; its samples have the other extension."""
    return folder / "shards" / f"{shard}.json"


def is_finished(folder: Path, shard: str) -> bool:
    """Whether the shard is there, whole."""
    return shard_path(folder, shard).exists()


def write_shard(
    folder: Path, shard: str, entries: list[Entry], recordings: list[NDArray[np.float32]], *, dropped: list[str]
) -> None:
    """Put a shard in place.

    Args:
        folder: of the corpus.
        shard: its name.
        entries: its utterances.
        recordings: [N] float32 at `SAMPLE_RATE` for each entry.
        dropped: ids that were made and thrown away.
    """
    path = shard_path(folder, shard)
    path.parent.mkdir(parents=True, exist_ok=True)
    sound = np.concatenate([np.zeros(0, np.float32), *recordings])
    with replacing(path.with_suffix(".npy")) as unfinished:
        np.save(unfinished, np.round(np.clip(sound, -1, 1) * FULL_SCALE).astype(np.int16))
    with replacing(path) as unfinished:
        content = {"dropped": dropped, "utterances": [to_json(entry) for entry in entries]}
        unfinished.write_text(json.dumps(content), "utf-8")


def read_samples(folder: Path, entry: Entry) -> NDArray[np.float32]:
    """The sound of one utterance, [N] float32; only its own samples are read from the disk.

    Raises:
        OSError: the sound of its shard is missing.
        ValueError: it is damaged, or ends too early.
    """
    path = shard_path(folder, entry.shard).with_suffix(".npy")
    try:
        sound = np.load(path, mmap_mode="r")
    except ValueError as error:
        raise ValueError(f"{path} is damaged ({error}); {_MAKE_AGAIN}") from None
    last = entry.first + round(entry.seconds * SAMPLE_RATE)
    if last > len(sound):
        raise ValueError(f"{path} must hold {last} samples for {entry.id}, got {len(sound)}; {_MAKE_AGAIN}")
    return np.asarray(sound[entry.first : last] / FULL_SCALE, np.float32)


def read_shards(folder: Path) -> tuple[list[Entry], list[str]]:
    """All entries of the finished shards, and the ids of dropped utterances.

    Raises:
        ValueError: a shard is damaged.
    """
    entries: list[Entry] = []
    dropped: list[str] = []
    for path in sorted((folder / "shards").glob("*.json")):
        try:
            content = json.loads(path.read_text("utf-8"))
            entries += [from_json(plain) for plain in content["utterances"]]
            dropped += content["dropped"]
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path} is damaged ({error}); {_MAKE_AGAIN}") from None
    return entries, dropped


def write_manifest(folder: Path) -> None:
    """Write the manifest of the shards that are finished, one JSON object a line, in the order of `interleaved`."""
    entries, _ = read_shards(folder)
    with replacing(folder / MANIFEST) as unfinished:
        unfinished.write_text("".join(json.dumps(to_json(entry)) + "\n" for entry in interleaved(entries)), "utf-8")


def interleaved(entries: list[Entry]) -> list[Entry]:
    """Mix the parts of the corpus evenly, each in its own order."""
    parts: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.id):
        parts.setdefault(part_of(entry.id), []).append(entry)
    placed = [
        ((place + 0.5) / len(mine), part, entry) for part, mine in parts.items() for place, entry in enumerate(mine)
    ]
    return [entry for *_, entry in sorted(placed, key=lambda item: item[:2])]


def read_manifest(folder: Path) -> list[Entry]:
    """The manifest's entries.

    Raises:
        FileNotFoundError: if there is none.
        ValueError: if a line of it cannot be read.
    """
    path = folder / MANIFEST
    if not path.exists():
        raise FileNotFoundError(
            f"folder must hold a corpus with {MANIFEST}, got {folder}; "
            "build it with: python -m avatar.datasets.corpus FOLDER"
        )
    entries: list[Entry] = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            entries += [from_json(json.loads(line))] if line.strip() else []
        except ValueError as error:  # JSON's and Unicode's errors are ValueErrors
            raise ValueError(
                f"{path}, line {number}: {error}; write it again with: python -m avatar.datasets.corpus FOLDER --report"
            ) from None
    return entries
