"""What a corpus holds, as tables: hours, speakers, languages, what was dropped, and which pairs of phones were met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import nan
from pathlib import Path

from avatar.articulation.phones import SILENCE
from avatar.datasets.pairs import SEAMS
from avatar.datasets.shards import Entry, part_of, read_shards


@dataclass(frozen=True, slots=True)
class PartReport:
    """One part of a corpus.

    Args:
        name: for example "kokoro-spanish".
        language: that is spoken.
        split: where its training utterances are none, the split of all of them; else "train".
        hours: of what is kept.
        training_hours: of the split "train" alone.
        voices: speakers.
        dropped: share of the utterances that were made but not kept, 0..1.
        difference: median over utterances of the median distance of the two opinions about phone times, in seconds;
            NaN where all were dropped.
    """

    name: str
    language: str
    split: str
    hours: float
    training_hours: float
    voices: int
    dropped: float
    difference: float


@dataclass(frozen=True, slots=True)
class Report:
    """A whole corpus.

    Args:
        parts: by name.
        speakers: of the training; a manner or language of a speaker is not another one.
        pairs: seams of `avatar.datasets.pairs.SEAMS` that the English of the training holds, 0..1.
        all_pairs: different pairs of phones that training holds, in all languages.
        licences: hours of the training by the licence of the voice.
    """

    parts: tuple[PartReport, ...]
    speakers: int
    pairs: float
    all_pairs: int
    licences: dict[str, float]


def report(folder: Path) -> Report:
    """Measure the finished shards of a corpus.

    Args:
        folder: of the corpus.
    """
    entries, dropped = read_shards(folder)
    lost = Counter(part_of(name) for name in dropped)
    by_part: dict[str, list[Entry]] = {}
    for entry in entries:
        by_part.setdefault(part_of(entry.id), []).append(entry)
    training = [entry for entry in entries if entry.split == "train"]
    english = phone_pairs(entry for entry in training if entry.language == "English")
    licences: Counter[str] = Counter()
    for entry in training:
        licences[entry.licence] += entry.seconds / 3600  # type: ignore[assignment]  # typeshed counts in integers
    return Report(
        parts=tuple(_part(name, by_part.get(name, []), lost[name]) for name in sorted({*by_part, *lost})),
        speakers=len({entry.voice for entry in training}),
        pairs=len(english & SEAMS) / len(SEAMS),
        all_pairs=len(phone_pairs(training)),
        licences=dict(licences),
    )


def phone_pairs(entries: Iterable[Entry]) -> set[tuple[str, str]]:
    """All pairs of phones that follow each other without a pause."""
    return {
        (before.symbol, after.symbol)
        for entry in entries
        for before, after in pairwise(entry.phones)
        if SILENCE not in (before.symbol, after.symbol)
    }


def _part(name: str, entries: Sequence[Entry], lost: int) -> PartReport:
    splits = {entry.split for entry in entries}
    differences = sorted(entry.difference for entry in entries)
    return PartReport(
        name=name,
        language=entries[0].language if entries else "-",
        split="train" if "train" in splits else min(splits, default="-"),
        hours=sum(entry.seconds for entry in entries) / 3600,
        training_hours=sum(entry.seconds for entry in entries if entry.split == "train") / 3600,
        voices=len({entry.voice for entry in entries}),
        dropped=lost / (len(entries) + lost),
        difference=differences[len(differences) // 2] if differences else nan,
    )


def table(found: Report) -> str:
    """The report as Markdown."""
    lines = [
        "| part | language | split | hours | for training | voices | dropped % | opinions differ, ms |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {part.name} | {part.language} | {part.split} | {part.hours:.2f} | {part.training_hours:.2f} "
        f"| {part.voices} | {100 * part.dropped:.1f} | {1000 * part.difference:.0f} |"
        for part in found.parts
    ]
    hours = sum(part.hours for part in found.parts)
    training = sum(part.training_hours for part in found.parts)
    licences = ", ".join(f"{licence} {hours:.2f} h" for licence, hours in sorted(found.licences.items()))
    lines += [
        "",
        f"{hours:.2f} hours, {training:.2f} of them for training, from {found.speakers} training speakers.",
        f"Pairs of phones: {100 * found.pairs:.1f} % of the {len(SEAMS)} that English words can make where they meet; "
        f"{found.all_pairs} different ones in all languages.",
        f"Licences of the training's voices: {licences or 'none'}.",
    ]
    return "\n".join(lines)
