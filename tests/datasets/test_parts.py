import pickle
from itertools import islice, pairwise
from pathlib import Path
from typing import get_args

import pytest

from avatar.datasets.corpus import Split
from avatar.datasets.flite import Flite
from avatar.datasets.manners import MANNERS
from avatar.datasets.pairs import SEAMS, WORDS
from avatar.datasets.parts import all_parts, pair_sentences, unheard
from avatar.datasets.sentences import is_held_out, split

PARTS = {part.name: part for part in all_parts(Path("downloads"))}


def test_shares_add_up() -> None:
    assert sum(part.share for part in PARTS.values()) == pytest.approx(1)


def test_training_has_many_speakers_and_languages() -> None:
    voices = [voice for part in PARTS.values() for voice in part.voices if not voice.held_out]
    assert len({voice.name for voice in voices}) >= 100
    assert {voice.language for voice in voices} >= {"English", "Spanish", "French", "Mandarin", "Russian"}
    assert {voice.manner for voice in voices} == set(MANNERS)


def test_training_never_hears_what_is_held_out() -> None:
    training = [part for part in PARTS.values() if part.held_out_as is None]
    languages = {voice.language for part in training for voice in part.voices}
    engines = {voice.engine for part in training for voice in part.voices}
    heard = {style for part in training for voice in part.voices if not voice.held_out for style in voice.styles}
    for part in PARTS.values():
        if part.held_out_as == "held_out_language":
            assert not languages & {voice.language for voice in part.voices}
        if part.held_out_as == "held_out_synthesizer":
            assert not engines & {voice.engine for voice in part.voices}
        for voice in part.voices:
            assert not (voice.held_out and heard & set(voice.styles))
    assert all(map(is_held_out, unheard(0)))


def test_copyleft_voices_teach_nothing() -> None:
    for part in PARTS.values():
        for voice in part.voices:
            assert voice.held_out or "GPL" not in (voice.licence or "")


def test_pairs_of_training_are_complete() -> None:
    training, held_out = split(pair_sentences(0))
    met = {pair for sentence in training for pair in pairwise(sentence.lower().rstrip(".?!").split())}
    edges = {word.text: word for word in WORDS}
    assert {(edges[before].last, edges[after].first) for before, after in met} == SEAMS
    assert held_out


@pytest.mark.parametrize("name", PARTS)
def test_plans_go_on(name: str) -> None:
    plan = list(islice(PARTS[name].jobs(0), 40))
    assert len({job.id for job in plan}) == 40
    assert all(job.id.rpartition("-")[0] == name for job in plan)
    assert {job.split for job in plan} <= set(get_args(Split))
    assert len({job.text for job in plan}) > 30


def test_parts_of_one_synthesizer_share_it() -> None:
    assert PARTS["kokoro"].make == PARTS["kokoro"].make
    assert PARTS["flite"].make is PARTS["flite-manners"].make is Flite


@pytest.mark.parametrize("name", PARTS)
def test_a_synthesizer_is_known_again_in_another_process(name: str) -> None:
    # Else each shard would load its synthesizer anew, and none would ever be let go.
    assert pickle.loads(pickle.dumps(PARTS[name])).make == PARTS[name].make
    makers = [part.make for part in PARTS.values() if part.name.startswith("kokoro")]
    assert all(make == makers[0] for make in makers)
