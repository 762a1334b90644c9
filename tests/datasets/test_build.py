import logging
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from avatar.datasets.build import SECONDS_A_JOB, SHARD_SIZE, Engine, SecondOpinion, build, shards_for
from avatar.datasets.corpus import Corpus
from avatar.datasets.shards import read_shards

HOURS_OF_A_SHARD = SHARD_SIZE * SECONDS_A_JOB / 3600

MakeAligner = Callable[[], SecondOpinion]


def test_phones_are_gapless_and_inside_the_sound(folder: Path, engine: Engine, make_aligner: MakeAligner) -> None:
    build(folder, [engine], make_aligner, hours=HOURS_OF_A_SHARD)
    corpus = Corpus.open(folder)
    assert len(corpus) == SHARD_SIZE
    for utterance in corpus:
        assert utterance.samples.dtype == np.float32
        assert utterance.phones[0].start == 0
        assert utterance.phones[-1].end == pytest.approx(utterance.seconds, abs=1e-3)
        for before, after in pairwise(utterance.phones):
            assert before.end == pytest.approx(after.start, abs=2e-4)


def test_shift_scales_times_and_sound_together(folder: Path, engine: Engine, make_aligner: MakeAligner) -> None:
    build(folder, [engine], make_aligner, hours=HOURS_OF_A_SHARD)
    plain = Corpus.open(folder).where(voice="fake-high")[0]
    low = Corpus.open(folder).where(voice="fake-low")[0]
    assert low.seconds == pytest.approx(plain.seconds / 0.9, rel=1e-3)
    for ours, theirs in zip(low.phones, plain.phones, strict=True):
        assert ours.start == pytest.approx(theirs.start / 0.9, abs=2e-3)


def test_finished_shards_are_not_made_again(
    folder: Path, engine: Engine, synthesizer, make_aligner: MakeAligner
) -> None:
    build(folder, [engine], make_aligner, hours=HOURS_OF_A_SHARD)
    first = list(synthesizer.asked)
    build(folder, [engine], make_aligner, hours=2 * HOURS_OF_A_SHARD)
    assert len(synthesizer.asked) == 2 * SHARD_SIZE
    assert not set(first) & set(synthesizer.asked[SHARD_SIZE:])
    assert len(Corpus.open(folder)) == 2 * SHARD_SIZE


def test_interrupted_build_goes_on_to_the_same_corpus(
    folder: Path, tmp_path: Path, engine: Engine, synthesizer, make_aligner: MakeAligner
) -> None:
    speak = synthesizer.speak

    def interrupted(text: str, *args, **options):
        if len(synthesizer.asked) == SHARD_SIZE + 3:
            raise KeyboardInterrupt
        return speak(text, *args, **options)

    synthesizer.speak = interrupted
    with pytest.raises(KeyboardInterrupt):
        build(folder, [engine], make_aligner, hours=2 * HOURS_OF_A_SHARD)
    assert len(Corpus.open(folder)) == SHARD_SIZE
    synthesizer.speak = speak
    build(folder, [engine], make_aligner, hours=2 * HOURS_OF_A_SHARD)
    build(tmp_path / "at once", [engine], make_aligner, hours=2 * HOURS_OF_A_SHARD)
    assert Corpus.open(folder).entries == Corpus.open(tmp_path / "at once").entries


def test_disagreement_drops_the_utterance(
    folder: Path, engine: Engine, synthesizer, make_aligner: MakeAligner, caplog: pytest.LogCaptureFixture
) -> None:
    synthesizer.lateness = 0.1
    with caplog.at_level(logging.INFO):
        build(folder, [engine], make_aligner, hours=HOURS_OF_A_SHARD)
    _, dropped = read_shards(folder)
    assert len(dropped) == SHARD_SIZE
    assert "the opinions differ by 100 ms" in caplog.text
    assert len(Corpus.open(folder)) == 0


def test_any_beginning_holds_all_engines(engine: Engine) -> None:
    engines = [Engine(name, engine.voices, engine.make, share, 0.5) for name, share in (("a", 0.7), ("b", 0.3))]
    names = [shard.engine.name for shard in shards_for(engines, 100 * HOURS_OF_A_SHARD)]
    assert 100 <= len(names) <= 101
    for length in (10, 30, 50):
        assert names[:length].count("b") == pytest.approx(0.3 * length, abs=1)


@pytest.mark.parametrize(("option", "value"), [("hours", 0.0), ("workers", 0)])
def test_impossible_amounts_are_named(
    folder: Path, engine: Engine, make_aligner: MakeAligner, option: str, value: float
) -> None:
    with pytest.raises(ValueError, match=f"{option} must be .*, got {value}"):
        build(folder, [engine], make_aligner, **{"hours": 1.0, option: value})
