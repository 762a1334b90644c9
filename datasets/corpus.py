"""The synthesised corpus: read it with `Corpus.open`, build or resume it with `python -m avatar.datasets.corpus`."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import tyro
from numpy.typing import NDArray

from avatar.articulation.phones import Phone
from avatar.datasets.alignment import Aligner
from avatar.datasets.build import build
from avatar.datasets.manners import MANNERS
from avatar.datasets.parts import all_parts
from avatar.datasets.report import report, table
from avatar.datasets.shards import Entry, read_manifest, read_samples, write_manifest
from avatar.datasets.synthesis import SAMPLE_RATE, MissingToolError

Split = Literal["train", "held_out_voice", "held_out_sentence", "held_out_synthesizer", "held_out_language"]
"""What an utterance is for: to learn from, or to be judged on because something about it is new."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One spoken sentence and where its phones are.

    Args:
        samples: [N] float32, -1..1, at 16 kHz.
        phones: without gaps from 0 to the end, silences included.
        voice: the speaker's name in the corpus.
        engine: the synthesizer.
        text: what is said.
        split: one of `Split`.
        id: unique in the corpus.
        language: that is spoken, for example "English".
        manner: "plain", "shouted" or "whispered".
    """

    samples: NDArray[np.float32]
    phones: tuple[Phone, ...]
    voice: str
    engine: str
    text: str
    split: str
    id: str
    language: str = "English"
    manner: str = "plain"

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / SAMPLE_RATE


class Corpus(Sequence[Utterance]):
    """The utterances of a corpus on disk; sound is read when an utterance is asked for.

    While a corpus is still being built, it can be opened already: it holds what is finished.
    """

    def __init__(self, folder: Path, entries: Sequence[Entry]) -> None:
        self.folder = folder
        self.entries = tuple(entries)

    @classmethod
    def open(cls, folder: str | Path, *, split: Split | None = None) -> Corpus:
        """Open a corpus.

        Args:
            folder: that was given to `python -m avatar.datasets.corpus`.
            split: only this part; None is everything.

        Raises:
            FileNotFoundError: if the folder holds no corpus.
            ValueError: if the manifest is damaged, or there is no such split.
        """
        corpus = cls(Path(folder), read_manifest(Path(folder)))
        return corpus if split is None else corpus.where(split=split)

    def where(
        self,
        *,
        split: Split | None = None,
        engine: str | None = None,
        voice: str | None = None,
        language: str | None = None,
        manner: str | None = None,
    ) -> Corpus:
        """The part of the corpus of which all that is given is true; None matches all.

        Raises:
            ValueError: if there is no such split or manner; of voices, engines and languages only the corpus knows.
        """
        for value, name, known in ((split, "split", get_args(Split)), (manner, "manner", tuple(MANNERS))):
            if value is not None and value not in known:
                raise ValueError(f"{name} must be one of {', '.join(known)}, got {value!r}")
        asked = {"split": split, "engine": engine, "voice": voice, "language": language, "manner": manner}
        wanted = [
            entry
            for entry in self.entries
            if all(value is None or getattr(entry, name) == value for name, value in asked.items())
        ]
        return Corpus(self.folder, wanted)

    @property
    def hours(self) -> float:
        """Length of everything."""
        return sum(entry.seconds for entry in self.entries) / 3600

    def __len__(self) -> int:
        return len(self.entries)

    def __getitem__(self, index: int) -> Utterance:  # type: ignore[override]  # slices are not offered
        entry = self.entries[index]
        samples = read_samples(self.folder, entry)
        return Utterance(
            samples, entry.phones, entry.voice, entry.engine, entry.text, entry.split, entry.id, entry.language,
            entry.manner,
        )  # fmt: skip

    def __iter__(self) -> Iterator[Utterance]:
        return (self[index] for index in range(len(self)))


@dataclass(frozen=True)
class Options:
    """Build the corpus of synthesised speech, or go on where it was interrupted."""

    folder: tyro.conf.Positional[Path]
    """Where the corpus is or will be."""
    hours: float = 20.0
    """Of speech, about, with all parts."""
    workers: int = 1
    """Processes."""
    parts: tuple[str, ...] = ()
    """Which parts of `avatar.datasets.parts`; each one's share of the hours stays the same. All by default."""
    tools: Path = Path("corpus-tools")
    """Folder of the downloads that Kokoro and Hibari need; it says which if they are missing."""
    report: bool = False
    """Only say what is there."""
    seed: int = 0
    """Of everything that is chosen."""


def main() -> None:
    """The command line."""
    options = tyro.cli(Options)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        _run(options)
    except (MissingToolError, OSError, ValueError) as error:
        raise SystemExit(str(error)) from None
    except KeyboardInterrupt:
        raise SystemExit("interrupted; the same command goes on from here") from None


def _run(options: Options) -> None:
    if options.report:
        if not (options.folder / "shards").is_dir():
            raise ValueError(f"{options.folder} holds no corpus; build it with the same command, without --report")
        write_manifest(options.folder)
        sys.stdout.write(table(report(options.folder)) + "\n")
        return
    known = {part.name: part for part in all_parts(options.tools)}
    unknown = sorted(set(options.parts) - set(known))
    if unknown:
        raise ValueError(f"--parts must be of {', '.join(known)}; got {', '.join(unknown)}")
    build(
        options.folder,
        [known[name] for name in options.parts or known],
        Aligner,
        hours=options.hours,
        workers=options.workers,
        seed=options.seed,
    )
    sys.stdout.write(table(report(options.folder)) + "\n")


if __name__ == "__main__":
    main()
