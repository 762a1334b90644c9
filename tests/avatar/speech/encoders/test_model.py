from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from avatar import Animator
from avatar.speech.encoders import EncodedSpeechModel
from avatar.speech.encoders.model import EncodedConfig


class Envelope:
    """An encoder of four features that says how loud a frame is, in pieces of any size."""

    features, reach = 4, 0

    def __init__(self, piece: int = 1000) -> None:
        self.piece = piece

    def encode(self, samples: Tensor) -> Tensor:
        padded = torch.nn.functional.pad(samples, (0, -samples.shape[1] % 320))
        loud = padded.unflatten(1, (-1, 320)).square().mean(-1, keepdim=True).sqrt()
        return torch.cat([loud, loud**2, loud.sqrt(), -loud], -1)

    def pieces(self, samples: Tensor) -> Iterator[Tensor]:
        yield from self.encode(samples).split(self.piece, 1)


def model(piece: int = 1000) -> EncodedSpeechModel:
    torch.manual_seed(0)
    made = EncodedSpeechModel(Envelope(piece), EncodedConfig(4, "envelope", width=16, dilations=(1, 2)))
    for parameter in made.decoder.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return made


def test_curves_do_not_depend_on_the_pieces(speech: np.ndarray) -> None:
    whole = model().predict(speech)
    assert len(whole) == -(-len(speech) // 320)
    assert np.ptp(whole["jawOpen"]) > 0.01
    for piece in (1, 7, 40):
        assert np.allclose(model(piece).predict(speech).weights, whole.weights, atol=1e-5)


def test_what_is_saved_is_loaded(tmp_path: Path, speech: np.ndarray) -> None:
    saved = model()
    saved.save(tmp_path / "decoder.safetensors")
    loaded = EncodedSpeechModel.load(tmp_path / "decoder.safetensors", Envelope())
    assert loaded.config == saved.config
    assert np.allclose(loaded.predict(speech).weights, saved.predict(speech).weights, atol=0.01)


def test_a_decoder_fits_its_own_encoder_only(tmp_path: Path) -> None:
    model().save(tmp_path / "decoder.safetensors")
    other = Envelope()
    other.features = 5
    with pytest.raises(ValueError, match="the 4 features that the decoder was trained on, those of envelope; got 5"):
        EncodedSpeechModel.load(tmp_path / "decoder.safetensors", other)


def test_files_that_are_no_decoder_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "decoder.safetensors"
    with pytest.raises(FileNotFoundError, match="no such decoder"):
        EncodedSpeechModel.load(path, Envelope())
    path.write_bytes(b"something else")
    with pytest.raises(ValueError, match="no decoder of an encoder's features"):
        EncodedSpeechModel.load(path, Envelope())


def test_it_drives_an_animator(speech: np.ndarray) -> None:
    animation = Animator(model()).animate(speech, sample_rate=16000, fps=30)
    assert animation.fps == 30


def test_it_does_not_stream(speech: np.ndarray) -> None:
    with pytest.raises(ValueError, match="encoder hears whole windows"):
        model().predict(speech, lookahead=0.2)
    with pytest.raises(ValueError, match="encoder hears whole windows"):
        Animator(model()).stream(fps=60, sample_rate=16000)


def test_samples_must_be_one_channel() -> None:
    with pytest.raises(ValueError, match=r"samples must be \[N\], one channel, got \[2, 320\]"):
        model().predict(np.zeros((2, 320)))
