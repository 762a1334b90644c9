"""Sentences with times, and clips of faces that say them."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from avatar.articulation.phones import SILENCE
from avatar.emotion_reading.clips import HELD_OUT, NAMES, ClipStyle, FaceClips
from avatar.emotion_reading.speech import timed


def test_sentences_get_times_without_gaps():
    phones = timed("Mama, buy me a boat!", np.random.default_rng(0))
    assert [phone.symbol for phone in phones[:6]] == [SILENCE, "M", "AE", "M", "AE", SILENCE]
    assert phones[-1].symbol == SILENCE
    assert phones[0].start == 0.0
    assert all(before.end == after.start for before, after in pairwise(phones))
    assert 1.5 < phones[-1].end < 4.0
    assert timed("Hello.", np.random.default_rng(1)) != timed("Hello.", np.random.default_rng(2))


def test_every_emotion_is_drawn_once(source):
    clips = source.draw(np.random.default_rng(0))
    assert [clip.emotion for clip in clips] == list(range(len(NAMES)))
    assert all(clip.pictures.shape == (2, 80, 80) for clip in clips)
    assert min(clip.pictures.std() for clip in clips) > 0.02


def test_the_same_chance_draws_the_same_clips_and_other_chance_others(source):
    one, same, other = (source.draw(np.random.default_rng(seed))[3].pictures for seed in (5, 5, 6))
    assert torch.equal(one, same)
    assert (one - other).abs().mean() > 0.01


@pytest.mark.parametrize(("alone", "likeness"), [(0.0, 0.5), (1.0, 0.9)])
def test_one_person_says_it_all_or_everybody_something(pictures, alone, likeness):
    """The correlation of what neutral and calm clips show tells whose they are."""
    source = FaceClips(["Mama bought a boat."], pictures, style=ClipStyle(frames=1, alone=alone))
    clips = source.draw(np.random.default_rng(2))
    both = torch.stack([clips[0].pictures, clips[-1].pictures]).flatten(1)
    assert (torch.corrcoef(both)[0, 1] > likeness) == (alone == 1.0)


def test_held_out_people_are_others_at_the_intensity_that_is_judged(pictures):
    assert HELD_OUT.first_person >= ClipStyle().people
    assert HELD_OUT.weakest == HELD_OUT.strongest == 0.8
    with pytest.raises(ValueError, match="one or more, got none"):
        FaceClips([], pictures)


def test_pictures_are_taken_where_something_is_said(pictures, monkeypatch):
    """Speech is the first half of the clip; the picture's weights are caught on their way to the rig."""
    from avatar.animation import Animation
    from avatar.articulation.phones import Phone
    from avatar.controls import ARKIT

    weights = np.tile(ARKIT.neutral, (50, 1))
    weights[:, ARKIT.index("cheekPuff")] = np.arange(50) / 50
    spoken = Animation(ARKIT, weights, 25.0)
    phones = [Phone("AA", 0.0, 1.0), Phone(SILENCE, 1.0, 2.0)]
    caught = []
    monkeypatch.setattr(pictures.rig, "forward", lambda given, *rest: caught.append(given) or forward(given, *rest))
    forward = type(pictures.rig).forward.__get__(pictures.rig)
    FaceClips(["Ah."], pictures, style=ClipStyle(frames=4)).film(spoken, phones, np.random.default_rng(0))
    shown = caught[0][:4, ARKIT.index("cheekPuff")]
    assert len(caught[0]) == 4 * len(NAMES)
    assert (shown < 0.5).all()
    assert (shown.diff() >= 0).all()
