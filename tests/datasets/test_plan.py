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
    pieces = [job for number in range(3) for job in shard_of_jobs("flite", ALL["flite"], number, size=10)]
    assert pieces == list(islice(jobs("flite", ALL["flite"]), 30))


def test_without_strangers_nothing_is_held_out_by_voice() -> None:
    plan = list(islice(jobs("fake", [Voice("fake", "fake", ("fake",))]), 48))
    assert {job.split for job in plan} == {"train", "held_out_sentence"}
