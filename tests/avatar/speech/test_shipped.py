from importlib.resources import files

import numpy as np
import pytest

from avatar.speech import SpeechModel
from avatar.speech.model import MOUTH_CONTROLS


@pytest.fixture(scope="module")
def shipped() -> SpeechModel:
    return SpeechModel.load()


def test_weights_are_small_and_have_a_card(shipped: SpeechModel) -> None:
    data = files("avatar.speech") / "data"
    assert len((data / "speech.safetensors").read_bytes()) < 25_000_000
    card = (data / "speech.md").read_text()
    assert "python -m avatar.training.train" in card
    assert "MIT" in card
    assert shipped.config.controls == MOUTH_CONTROLS


@pytest.mark.parametrize("level", [0.0, 1e-5, 1e-3, 0.03])
def test_silence_and_noise_leave_the_mouth_at_rest(shipped: SpeechModel, level: float) -> None:
    noise = np.random.default_rng(0).standard_normal(3 * 16000) * level
    animation = shipped.predict(noise.astype(np.float32))
    assert animation["jawOpen"].max() < 0.1
    assert animation.weights.mean() < 0.02


def test_syllables_of_a_buzz_open_the_mouth(shipped: SpeechModel) -> None:
    # A pulse train through three resonances that swells twice a second: as near to "ah" as a formula gets. Switched on
    # and off it would be a row of clicks, and no voice.
    time = np.arange(3 * 16000) / 16000
    pulses = (np.diff(np.floor(120 * time), prepend=0) > 0).astype(np.float64)
    ring = np.arange(800) / 16000
    voice = np.zeros_like(time)
    for formant, share in ((730, 1.0), (1090, 0.6), (2440, 0.2)):
        voice += share * np.convolve(pulses, np.exp(-200 * ring) * np.sin(2 * np.pi * formant * ring))[: len(time)]
    swell = np.sqrt(np.clip(np.sin(2 * np.pi * 2 * time), 0, 1))
    animation = shipped.predict((0.2 * voice * swell).astype(np.float32))
    jaw = animation["jawOpen"]
    at = (swell > 0)[:: 16000 // 50][: len(jaw)]
    assert jaw.max() > 0.2
    assert jaw[at].mean() > 2 * jaw[~at].mean()
