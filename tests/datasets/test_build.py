import logging
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from avatar.datasets.build import SECONDS_A_JOB, SHARD_SIZE, Bench, Part, SecondOpinion, build, shards_for
from avatar.datasets.corpus import Corpus
from avatar.datasets.shards import read_shards

HOURS_OF_A_SHARD = SHARD_SIZE * SECONDS_A_JOB / 3600

MakeAligner = Callable[[], SecondOpinion]


def test_phones_are_gapless_and_inside_the_sound(folder: Path, part: Part, make_aligner: MakeAligner) -> None:
    build(folder, [part], make_aligner, hours=HOURS_OF_A_SHARD)
    corpus = Corpus.open(folder)
    assert len(corpus) == SHARD_SIZE
    for utterance in corpus:
        assert utterance.samples.dtype == np.float32
        assert utterance.phones[0].start == 0
        assert utterance.phones[-1].end == pytest.approx(utterance.seconds, abs=1e-3)
        for before, after in pairwise(utterance.phones):
            assert before.end == pytest.approx(after.start, abs=2e-4)


def test_shift_scales_times_and_sound_together(folder: Path, part: Part, make_aligner: MakeAligner) -> None:
    build(folder, [part], make_aligner, hours=HOURS_OF_A_SHARD)
    plain = Corpus.open(folder).where(voice="fake-high")[0]
    low = Corpus.open(folder).where(voice="fake-low")[0]
    assert low.seconds == pytest.approx(plain.seconds / 0.9, rel=1e-3)
    for ours, theirs in zip(low.phones, plain.phones, strict=True):
        assert ours.start == pytest.approx(theirs.start / 0.9, abs=2e-3)


def test_finished_shards_are_not_made_again(folder: Path, part: Part, synthesizer, make_aligner: MakeAligner) -> None:
    build(folder, [part], make_aligner, hours=HOURS_OF_A_SHARD)
    first = list(synthesizer.asked)
    build(folder, [part], make_aligner, hours=2 * HOURS_OF_A_SHARD)
    assert len(synthesizer.asked) == 2 * SHARD_SIZE
    assert not set(first) & set(synthesizer.asked[SHARD_SIZE:])
    assert len(Corpus.open(folder)) == 2 * SHARD_SIZE


def test_interrupted_build_goes_on_to_the_same_corpus(
    folder: Path, tmp_path: Path, part: Part, synthesizer, make_aligner: MakeAligner
) -> None:
    speak = synthesizer.speak

    def interrupted(text: str, *args, **options):
        if len(synthesizer.asked) == SHARD_SIZE + 3:
            raise KeyboardInterrupt
        return speak(text, *args, **options)

    synthesizer.speak = interrupted
    with pytest.raises(KeyboardInterrupt):
        build(folder, [part], make_aligner, hours=2 * HOURS_OF_A_SHARD)
    assert len(Corpus.open(folder)) == SHARD_SIZE
    synthesizer.speak = speak
    build(folder, [part], make_aligner, hours=2 * HOURS_OF_A_SHARD)
    build(tmp_path / "at once", [part], make_aligner, hours=2 * HOURS_OF_A_SHARD)
    assert Corpus.open(folder).entries == Corpus.open(tmp_path / "at once").entries


def test_disagreement_drops_the_utterance(
    folder: Path, part: Part, synthesizer, make_aligner: MakeAligner, caplog: pytest.LogCaptureFixture
) -> None:
    synthesizer.lateness = 0.1
    with caplog.at_level(logging.INFO):
        build(folder, [part], make_aligner, hours=HOURS_OF_A_SHARD)
    _, dropped = read_shards(folder)
    assert len(dropped) == SHARD_SIZE
    assert "the opinions differ by 100 ms" in caplog.text
    assert len(Corpus.open(folder)) == 0


def test_any_beginning_holds_all_parts(part: Part) -> None:
    parts = [replace(part, name=name, share=share) for name, share in (("a", 0.7), ("b", 0.3))]
    names = [shard.part.name for shard in shards_for(parts, 100 * HOURS_OF_A_SHARD)]
    assert len(names) == 100
    for length in (10, 30, 50):
        assert names[:length].count("b") == pytest.approx(0.3 * length, abs=1)


@pytest.mark.parametrize(("option", "value"), [("hours", 0.0), ("workers", 0)])
def test_impossible_amounts_are_named(
    folder: Path, part: Part, make_aligner: MakeAligner, option: str, value: float
) -> None:
    with pytest.raises(ValueError, match=f"{option} must be .*, got {value}"):
        build(folder, [part], make_aligner, **{"hours": 1.0, option: value})


def test_manners_change_the_sound_but_no_times(folder: Path, part: Part, make_aligner: MakeAligner) -> None:
    voices = [replace(part.voices[1], manner=manner) for manner in ("plain", "whispered", "shouted")]
    build(folder, [replace(part, voices=voices)], make_aligner, hours=HOURS_OF_A_SHARD)
    corpus = Corpus.open(folder)
    plain, whispered, shouted = (corpus.where(manner=manner)[0] for manner in ("plain", "whispered", "shouted"))
    assert plain.phones == whispered.phones == shouted.phones
    assert np.std(plain.samples - whispered.samples) > 0.5 * np.std(plain.samples)
    assert np.std(plain.samples - shouted.samples) > 0.1 * np.std(plain.samples)


def test_voices_bring_their_language_and_licence(folder: Path, part: Part, make_aligner: MakeAligner) -> None:
    voice = replace(part.voices[0], engine="other", language="Finnish", licence="their own")
    build(folder, [replace(part, voices=[voice], held_out_as="held_out_language")], make_aligner, hours=0.01)
    for entry in Corpus.open(folder).entries:
        assert entry.engine == "other"
        assert entry.language == "Finnish"
        assert entry.licence == "their own"
        assert entry.split == "held_out_language"


def test_parts_share_a_synthesizer(make_aligner: MakeAligner, synthesizer) -> None:
    made = []

    def make():
        made.append(synthesizer)
        return synthesizer

    bench = Bench(make_aligner)
    assert bench.synthesizer(make) is bench.synthesizer(make)
    assert len(made) == 1
