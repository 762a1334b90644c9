"""Emotions that are heard, in the animator."""

import logging
from dataclasses import replace
from math import ceil

import numpy as np
import pytest

from avatar.animation import Animation
from avatar.animator import Animator, animate_phones
from avatar.articulation.phones import Phone
from avatar.audio import Sound
from avatar.controls import ARKIT
from avatar.emotion.voice import Hearing, VoiceModel, hear


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


def test_the_animator_hears_as_it_is_told(shout_after_calm):
    """A shout from end to end, which beside itself is nothing special."""
    calm, shout = np.split(shout_after_calm, 2)
    model = replace(VoiceModel.load(), temperature=0.5)
    animator = Animator(Mouth())
    hearing = Hearing(model, Sound(calm, 16000))
    found = animator.animate(shout, sample_rate=16000, emotion=hearing)
    asked = hear(shout, sample_rate=16000, neutral=calm, model=model).track()
    np.testing.assert_array_equal(found.weights, animator.animate(shout, sample_rate=16000, emotion=asked).weights)
    auto = animator.animate(shout, sample_rate=16000, emotion="auto")
    assert np.abs(found.weights - auto.weights).max() > 0.1


def test_hearings_are_made_of_models_and_sound(shout_after_calm, tmp_path):
    with pytest.raises(TypeError, match=r"model must be a VoiceModel, got 'voice\.safetensors'; read it with"):
        Hearing("voice.safetensors")
    with pytest.raises(TypeError, match="neutral must be a file or a Sound, got ndarray"):
        Hearing(neutral=shout_after_calm)
    sound = Sound(shout_after_calm, 16000)
    with pytest.raises(FileNotFoundError, match="no such audio file"):
        Hearing(neutral=tmp_path / "none.wav").hear(sound)
    with pytest.raises(ValueError, match="neutral must hold half a second of voiced speech"):
        Hearing(neutral=Sound(np.zeros(16000), 16000)).hear(sound)


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
    with pytest.raises(ValueError, match="emotions are heard in a whole recording"):
        Animator(Mouth()).stream(emotion=Hearing())
    with pytest.raises(ValueError, match="emotions are heard in a whole recording"):
        animate_phones([Phone("AA", 0.0, 0.5)], emotion=Hearing())
