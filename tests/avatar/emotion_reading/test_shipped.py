"""The reader that ships names the emotions of people whom it never saw, while they speak."""

from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest
import torch

from avatar.animation import Animation
from avatar.controls import ARKIT
from avatar.emotion import express
from avatar.emotion_reading import EmotionReader
from avatar.emotion_reading.clips import HELD_OUT, NAMES, FaceClips
from avatar.emotion_reading.scores import score
from avatar.losses import EmotionPerceptualLoss

SENTENCES = ["The boat left before five of them came back.", "Who would have thought of that?", "Mama bought a map."]


@pytest.fixture(scope="module")
def reader():
    return EmotionReader.load()


@pytest.fixture(scope="module")
def clips(pictures):
    source = FaceClips(SENTENCES, pictures, style=replace(HELD_OUT, weakest=0.8, strongest=0.8))
    return [clip for seed in range(6) for clip in source.draw(np.random.default_rng([7, seed]))]


def test_it_names_what_was_asked_for(reader, clips):
    found = score(reader, clips)
    assert len(clips) == 6 * len(NAMES)
    assert found.recalls[1:].mean() >= 0.85


def test_an_emotion_is_another_face_and_another_sentence_is_not(reader, pictures):
    rng = np.random.default_rng(0)
    weights = np.tile(ARKIT.neutral, (2, 8, 1))
    weights[..., ARKIT.index("jawOpen")] = rng.uniform(0, 0.3, (2, 8))
    said, other = (Animation(ARKIT, each, 25) for each in weights)

    def filmed(animation):
        return pictures(pictures.rig(torch.tensor(animation.weights))[None].float())

    loss = EmotionPerceptualLoss(reader)
    with torch.no_grad():
        words = float(loss(filmed(other), filmed(said)))
        emotion = float(loss(filmed(express(said, "happy:0.8")), filmed(said)))
    assert 10 * words < emotion


def test_it_is_small_and_has_a_card():
    data = files("avatar.emotion_reading") / "data"
    assert len((data / "emotion_reader.safetensors").read_bytes()) < 1_500_000
    assert "92.4 %" in (data / "emotion_reader.md").read_text(encoding="utf-8")
