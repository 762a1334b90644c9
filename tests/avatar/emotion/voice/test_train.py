"""The command line of the training, on made-up corpora."""

import logging
import sys

import numpy as np
import pytest

from avatar.emotion.voice import VoiceModel, hear, train


@pytest.fixture
def call(monkeypatch):
    def run(*words):
        monkeypatch.setattr(sys, "argv", ["train", *map(str, words)])
        train.main()

    return run


@pytest.fixture
def corpus(vowel, write_sound, tmp_path):
    """Three speakers in ESD's folders, who get louder and higher when angry."""
    for number, pitch in enumerate((110, 150, 210), 1):
        for file, (emotion, higher, level) in enumerate(
            (("Neutral", 1.0, 0.02), ("Neutral", 1.02, 0.025), ("Angry", 1.4, 0.1))
        ):
            folder = tmp_path / "esd" / f"000{number}" / emotion
            folder.mkdir(parents=True, exist_ok=True)
            sound = vowel(pitch * higher, 1.5, syllables=4, level=level)
            write_sound(str(folder.relative_to(tmp_path) / f"000{number}_{file:06d}.wav"), sound)
    return tmp_path / "esd"


def test_a_model_of_ones_own_is_trained_and_heard_with(call, corpus, tmp_path, vowel, caplog):
    out = tmp_path / "mine"
    with caplog.at_level(logging.INFO):
        call(corpus, out)
    assert "9 recordings of ESD" in caplog.text and "expected calibration error" in caplog.text
    model = VoiceModel.load(out / "voice.safetensors")
    assert model.classes == ("neutral", "angry") and model.note == "9 recordings of ESD"
    plain, loud = vowel(130, 2, syllables=4, level=0.02), vowel(182, 2, syllables=4, level=0.1)
    found = hear(np.concatenate([plain, loud]), sample_rate=16000, neutral=plain, model=model)
    assert found.probability("angry")[-3:].mean() > found.probability("angry")[:3].mean() + 0.1


def test_folders_are_needed(call, tmp_path):
    with pytest.raises(SystemExit, match="give the corpora's folders, and last"):
        call(tmp_path)
    with pytest.raises(SystemExit, match="holds no recording named as in"):
        call(tmp_path, tmp_path / "out")
