import hashlib
from itertools import islice

import pytest

from avatar.datasets.plan import jobs, shard_of_jobs
from avatar.datasets.sentences import is_held_out
from avatar.datasets.synthesis import Voice
from avatar.datasets.voices import festival_voices, flite_voices, kokoro_voices

ALL = {"kokoro": kokoro_voices(), "flite": flite_voices(), "festival": festival_voices()}


@pytest.mark.parametrize("engine", ALL)
def test_splits_never_leak(engine: str) -> None:
    for job in islice(jobs(engine, ALL[engine]), 500):
        assert job.voice.held_out == (job.split == "held_out_voice")
        assert is_held_out(job.text) == (job.split != "train")


@pytest.mark.parametrize("engine", ALL)
def test_a_beginning_covers_all_voices(engine: str) -> None:
    spoken = {job.voice.name for job in islice(jobs(engine, ALL[engine]), 100)}
    assert spoken == {voice.name for voice in ALL[engine]}


def test_held_out_voices_are_in_no_blend() -> None:
    for voices in ALL.values():
        held_out = {style for voice in voices if voice.held_out for style in voice.styles}
        assert held_out
        assert not held_out & {style for voice in voices if not voice.held_out for style in voice.styles}


def test_shards_are_the_plan_in_pieces() -> None:
    pieces = [job for number in range(3) for job in shard_of_jobs(jobs("flite", ALL["flite"]), number, size=10)]
    assert pieces == list(islice(jobs("flite", ALL["flite"]), 30))


def test_without_strangers_nothing_is_held_out_by_voice() -> None:
    plan = list(islice(jobs("fake", [Voice("fake", "fake", ("fake",))]), 48))
    assert {job.split for job in plan} == {"train", "held_out_sentence"}


def test_plan_is_stable() -> None:
    # Corpora that are half built go on from here.
    plan = [(job.text, job.voice.name, job.speed) for job in islice(jobs("kokoro", ALL["kokoro"]), 200)]
    digest = hashlib.sha256(repr(plan).encode()).hexdigest()
    assert digest == "e2102241cf1530e27e9781c5a4968645d243e1d8edf26e73b041e178e947a986"


def test_held_out_parts_speak_everything_in_their_own_split() -> None:
    texts = ["One.", "Two.", "Three."]
    plan = list(islice(jobs("part", ALL["flite"], sentences=texts, held_out_as="held_out_language"), 100))
    assert {job.split for job in plan} == {"held_out_language"}
    assert {job.text for job in plan} == set(texts)
    assert {job.voice for job in plan} == set(ALL["flite"])


def test_other_sentences_keep_their_split() -> None:
    texts = [f"Sentence {number}." for number in range(200)]
    for job in islice(jobs("part", ALL["flite"], sentences=texts), 100):
        assert job.text in texts
        assert is_held_out(job.text) == (job.split != "train")
