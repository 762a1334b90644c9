"""Emotions that are heard, in the animator."""

import logging
from math import ceil

import numpy as np
import pytest

from avatar.animation import Animation
from avatar.animator import Animator
from avatar.controls import ARKIT
from avatar.emotion.voice import hear


class Mouth:
    """A speech model whose mouth stays shut."""

    def predict(self, samples, *, lookahead=None):
        return Animation.from_curves(ARKIT, {"jawOpen": np.zeros(ceil(len(samples) / 320))}, 50)


def test_the_animator_shows_what_it_hears(shout_after_calm, caplog):
    animator = Animator(Mouth())
    with caplog.at_level(logging.INFO, "avatar.animator"):
        found = animator.animate(shout_after_calm, sample_rate=16000, emotion="auto")
    asked = animator.animate(
        shout_after_calm, sample_rate=16000, emotion=hear(shout_after_calm, sample_rate=16000).track()
    )
    np.testing.assert_array_equal(found.weights, asked.weights)
    assert "heard: mostly" in caplog.text


def test_faces_stay_neutral_where_nobody_speaks():
    animator = Animator(Mouth())
    found, plain = (
        animator.animate(np.zeros(16000), sample_rate=16000, behaviour=None, emotion=emotion)
        for emotion in ("auto", None)
    )
    np.testing.assert_array_equal(found.weights, plain.weights)


def test_streams_cannot_hear_what_has_not_been_said():
    with pytest.raises(ValueError, match="emotion auto is heard in a whole recording"):
        Animator(Mouth()).stream(emotion="auto")
