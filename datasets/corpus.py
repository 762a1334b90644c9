"""The synthesised corpus: read it with `Corpus.open`, build or resume it with `python -m avatar.datasets.corpus`."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import tyro
from numpy.typing import NDArray

from avatar.articulation.phones import Phone
from avatar.datasets.alignment import Aligner
from avatar.datasets.build import Engine, build
from avatar.datasets.festival import Festival
from avatar.datasets.flite import Flite
from avatar.datasets.kokoro import Kokoro
from avatar.datasets.shards import Entry, read_manifest, read_samples
from avatar.datasets.synthesis import SAMPLE_RATE, MissingToolError
from avatar.datasets.voices import festival_voices, flite_voices, kokoro_voices

Split = Literal["train", "held_out_voice", "held_out_sentence"]


@dataclass(frozen=True, slots=True)
class Utterance:
    """One spoken sentence and where its phones are.

    Args:
        samples: [N] float32, -1..1, at 16 kHz.
        phones: without gaps from 0 to the end, silences included.
        voice: the speaker's name in the corpus.
        engine: the synthesizer.
        text: what is said.
        split: "train", "held_out_voice" or "held_out_sentence".
        id: unique in the corpus.
    """

    samples: NDArray[np.float32]
    phones: tuple[Phone, ...]
    voice: str
    engine: str
    text: str
    split: str
    id: str

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
        """
        corpus = cls(Path(folder), read_manifest(Path(folder)))
        return corpus if split is None else corpus.where(split=split)

    def where(self, *, split: Split | None = None, engine: str | None = None, voice: str | None = None) -> Corpus:
        """The part of the corpus with the given split, engine and voice; None matches all."""
        wanted = [
            entry
            for entry in self.entries
            if split in (None, entry.split) and engine in (None, entry.engine) and voice in (None, entry.voice)
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
        return Utterance(samples, entry.phones, entry.voice, entry.engine, entry.text, entry.split, entry.id)

    def __iter__(self) -> Iterator[Utterance]:
        return (self[index] for index in range(len(self)))


@dataclass(frozen=True)
class Options:
    """Build the corpus of synthesised speech, or go on where it was interrupted."""

    folder: tyro.conf.Positional[Path]
    """Where the corpus is or will be."""
    hours: float = 6.0
    """Of speech, about, with all three engines."""
    workers: int = 1
    """Processes."""
    engines: tuple[Literal["kokoro", "flite", "festival"], ...] = ("kokoro", "flite", "festival")
    """Who speaks; each engine's part of the hours stays the same."""
    tools: Path = Path("corpus-tools")
    """Folder of the downloads that Kokoro needs; it says which if they are missing."""
    seed: int = 0
    """Of everything that is chosen."""


def main() -> None:
    """The command line."""
    options = tyro.cli(Options)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    known = {engine.name: engine for engine in all_engines(options.tools)}
    try:
        build(
            options.folder,
            [known[name] for name in options.engines],
            Aligner,
            hours=options.hours,
            workers=options.workers,
            seed=options.seed,
        )
    except MissingToolError as error:
        raise SystemExit(str(error)) from None
    except KeyboardInterrupt:
        raise SystemExit("interrupted; the same command goes on from here") from None


def all_engines(tools: Path) -> list[Engine]:
    """The three synthesizers with their parts.

    Args:
        tools: folder of the downloads that Kokoro needs.
    """
    return [
        # Kokoro counts in 25 ms, so the aligner weighs more; its speech is the most human and the slowest to make.
        Engine("kokoro", kokoro_voices(), partial(Kokoro, tools), share=0.3, trust=0.7),
        Engine("flite", flite_voices(), Flite, share=0.45, trust=0.5),
        Engine("festival", festival_voices(), Festival, share=0.25, trust=0.5),
    ]


if __name__ == "__main__":
    main()
