"""Build the corpus shard by shard: speak, align, label, store; finished shards are never made again."""

from __future__ import annotations

import logging
import math
import multiprocessing
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from avatar.articulation.phones import Phone
from avatar.datasets.labels import (
    LARGEST_MEDIAN_DIFFERENCE,
    Agreement,
    agreement,
    end_stops_at_release,
    fuse,
    words_between_silences,
)
from avatar.datasets.manners import MANNERS
from avatar.datasets.plan import Job, jobs, shard_of_jobs
from avatar.datasets.shards import Entry, is_finished, write_manifest, write_shard
from avatar.datasets.synthesis import SAMPLE_RATE, Synthesizer, Voice, shifted

SHARD_SIZE = 24
"""Utterances in a shard; what an interruption can cost."""

SECONDS_A_JOB = 4.0
"""About how long an utterance is."""

_log = logging.getLogger(__name__)


class SecondOpinion(Protocol):
    """What says where given phones lie in a recording; see `avatar.datasets.alignment.Aligner`."""

    def align(self, samples: NDArray[np.float32], words: tuple[tuple[str, ...], ...]) -> tuple[Phone, ...] | None:
        """The phones with silences between them, or None if they do not fit."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the corpus: some voices of one synthesizer, and what they say.

    Args:
        name: goes into the names of its shards.
        voices: that it speaks with.
        make: makes the synthesizer, in the process that uses it; parts with equal makers share it.
        share: of the corpus' hours.
        trust: share of the aligner in the final phone times; see `labels.fuse`.
        sentences: composes what is said, from a seed; None is the English sentences of `plan.jobs`.
        held_out_as: split of everything in a part that training never hears.
    """

    name: str
    voices: list[Voice]
    make: Callable[[], Synthesizer]
    share: float
    trust: float
    sentences: Callable[[int], Sequence[str]] | None = None
    held_out_as: str | None = None

    def jobs(self, seed: int) -> Iterator[Job]:
        """What is said by whom, without end."""
        sentences = None if self.sentences is None else self.sentences(seed)
        return jobs(self.name, self.voices, sentences=sentences, held_out_as=self.held_out_as, seed=seed)


@dataclass(frozen=True, slots=True)
class Shard:
    """One piece of work: the shard's number among its part's."""

    part: Part
    number: int

    @property
    def name(self) -> str:
        """For example "kokoro-0003"."""
        return f"{self.part.name}-{self.number:04d}"


def shards_for(parts: Sequence[Part], hours: float) -> list[Shard]:
    """All shards of a corpus of about so many hours, the parts mixed evenly.

    Args:
        parts: each with its share.
        hours: of all parts whose shares add up to 1.
    """
    placed = []
    for place, part in enumerate(parts):
        # Rounded first: 0.3 of 8 hours are 90 shards, not 90.00000000000001.
        count = math.ceil(round(hours * part.share * 3600 / (SHARD_SIZE * SECONDS_A_JOB), 6))
        placed += [((number + 0.5) / count, place, Shard(part, number)) for number in range(count)]
    return [shard for *_, shard in sorted(placed, key=lambda item: item[:2])]


def build(
    folder: Path,
    parts: Sequence[Part],
    make_aligner: Callable[[], SecondOpinion],
    *,
    hours: float,
    workers: int = 1,
    seed: int = 0,
) -> None:
    """Make what is missing of the corpus.

    Args:
        folder: where the corpus is or will be.
        parts: who speaks what.
        make_aligner: makes the second opinion, in the process that uses it.
        hours: of speech, about, over all parts whose shares add up to 1.
        workers: processes; 1 works in this one.
        seed: of everything that is chosen.

    Raises:
        MissingToolError: if a synthesizer or the aligner is not on this machine.
        ValueError: if hours or workers are not above 0.
    """
    if not hours > 0:
        raise ValueError(f"hours must be above 0, got {hours}")
    if workers < 1:
        raise ValueError(f"workers must be at least 1, got {workers}")
    folder.mkdir(parents=True, exist_ok=True)
    planned = shards_for(parts, hours)
    missing = [shard for shard in planned if not is_finished(folder, shard.name)]
    _log.info("%d of %d shards are missing", len(missing), len(planned))
    began = time.monotonic()
    for count, (shard, seconds, dropped) in enumerate(_made(folder, missing, make_aligner, workers, seed), start=1):
        write_manifest(folder)
        left = (time.monotonic() - began) / count * (len(missing) - count)
        _log.info(
            "%s: %.0f s of speech, %d of %d utterances dropped; %d of %d shards, about %.0f minutes left",
            shard.name, seconds, dropped, SHARD_SIZE, count, len(missing), left / 60,
        )  # fmt: skip
    write_manifest(folder)


def _made(
    folder: Path, missing: list[Shard], make_aligner: Callable[[], SecondOpinion], workers: int, seed: int
) -> Iterator[tuple[Shard, float, int]]:
    """Make shards; yield each with its seconds and how many utterances were dropped."""
    if workers == 1:
        bench = Bench(make_aligner)
        for shard in missing:
            yield (shard, *make_shard(folder, shard, bench, seed))
        return
    # Spawned, not forked: the synthesizers' thread pools do not survive a fork.
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _start_worker, (make_aligner,)) as pool:
        running: dict[Future[tuple[float, int]], Shard] = {
            pool.submit(_make_in_worker, folder, shard, seed): shard for shard in missing
        }
        try:
            for done in as_completed(running):
                yield (running[done], *done.result())
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


@dataclass
class Bench:
    """The tools of one process, each made when it is first needed: loading a synthesizer takes seconds."""

    make_aligner: Callable[[], SecondOpinion]
    _aligner: SecondOpinion | None = None
    _synthesizers: list[tuple[Callable[[], Synthesizer], Synthesizer]] = field(default_factory=list)

    def aligner(self) -> SecondOpinion:
        """The second opinion."""
        if self._aligner is None:
            self._aligner = self.make_aligner()
        return self._aligner

    def synthesizer(self, make: Callable[[], Synthesizer]) -> Synthesizer:
        """What `make` makes, made once."""
        for maker, made in self._synthesizers:
            if maker == make:
                return made
        made = make()
        self._synthesizers.append((make, made))
        return made


_bench_of_worker: Bench | None = None


def _start_worker(make_aligner: Callable[[], SecondOpinion]) -> None:
    global _bench_of_worker
    _bench_of_worker = Bench(make_aligner)


def _make_in_worker(folder: Path, shard: Shard, seed: int) -> tuple[float, int]:
    assert _bench_of_worker is not None
    return make_shard(folder, shard, _bench_of_worker, seed)


def make_shard(folder: Path, shard: Shard, bench: Bench, seed: int) -> tuple[float, int]:
    """Speak, label and store one shard.

    Returns:
        Seconds of speech, and how many utterances were dropped.
    """
    part = shard.part
    synthesizer, aligner = bench.synthesizer(part.make), bench.aligner()
    entries: list[Entry] = []
    recordings: list[NDArray[np.float32]] = []
    dropped: list[str] = []
    first = 0
    for job in shard_of_jobs(part.jobs(seed), shard.number, size=SHARD_SIZE):
        made = utterance(job, synthesizer, aligner, trust=part.trust)
        if made is None:
            dropped.append(job.id)
            continue
        samples, phones, apart = made
        entries.append(
            Entry(
                job.id, job.text, job.voice.engine, job.voice.name, job.split, job.speed, job.pitch, job.voice.shift,
                job.voice.licence or synthesizer.licence, len(samples) / SAMPLE_RATE, first, shard.name, phones,
                round(apart.difference, 4), round(apart.offset, 4), job.voice.language, job.voice.manner,
            )
        )  # fmt: skip
        recordings.append(samples)
        first += len(samples)
    write_shard(folder, shard.name, entries, recordings, dropped=dropped)
    return first / SAMPLE_RATE, len(dropped)


def utterance(
    job: Job, synthesizer: Synthesizer, aligner: SecondOpinion, *, trust: float
) -> tuple[NDArray[np.float32], tuple[Phone, ...], Agreement] | None:
    """Speak and label one job; None if the two opinions about its phones disagree."""
    manner = MANNERS[job.voice.manner]
    spoken = synthesizer.speak(job.text, job.voice, speed=job.speed * manner.speed, pitch=job.pitch * manner.pitch)
    aligned = aligner.align(spoken.samples, spoken.words or words_between_silences(spoken.phones))
    if aligned is None:
        _log.info("%s dropped: the aligner found no fit for %r", job.id, job.text)
        return None
    apart = agreement(spoken.phones, aligned)
    if apart.difference > LARGEST_MEDIAN_DIFFERENCE:
        _log.info("%s dropped: the opinions differ by %.0f ms", job.id, apart.difference * 1000)
        return None
    seconds = len(spoken.samples) / SAMPLE_RATE
    phones = fuse(spoken.phones, aligned, trust=trust, seconds=seconds)
    phones = end_stops_at_release(phones, spoken.samples)
    # The aligner heard plain speech; what becomes of it now keeps all times.
    samples = manner.process(spoken.samples, np.random.default_rng(zlib.crc32(job.id.encode())))
    final = shifted(type(spoken)(samples, phones), job.voice.shift)
    # Resampling rounds the length to whole samples; the last silence follows it.
    *rest, last = final.phones
    length = len(final.samples) / SAMPLE_RATE
    if last.start < length:
        rest.append(Phone(last.symbol, last.start, length))
    return final.samples, tuple(rest), apart
