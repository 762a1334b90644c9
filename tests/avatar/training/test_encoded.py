import numpy as np
import pytest
import torch

from avatar.articulation.phones import Phone
from avatar.controls import ARKIT
from avatar.datasets.corpus import Utterance
from avatar.speech.encoders import EncodedSpeechModel
from avatar.speech.encoders.model import EncodedConfig
from avatar.training import encoded as module
from avatar.training.clips import Clip, ClipStyle
from avatar.training.encoded import EncodedOptions, heard, main, train_decoder


class Tones:
    """Features that tell loud from quiet."""

    features, reach = 3, 0

    def encode(self, samples: torch.Tensor) -> torch.Tensor:
        loud = samples.unflatten(1, (-1, 320)).square().mean(-1, keepdim=True).sqrt()
        return torch.cat([loud, loud > 0.05, loud < 0.01], -1)

    def pieces(self, samples: torch.Tensor):
        yield self.encode(samples)


def clip(seed: int) -> Clip:
    """An open vowel is loud, closed lips are quiet."""
    rng = np.random.default_rng(seed)
    symbols = rng.choice(["AA", "M"], 10)
    gains = np.repeat([0.3 if symbol == "AA" else 0.02 for symbol in symbols], 3200)
    phones = tuple(Phone(str(symbol), 0.2 * i, 0.2 * (i + 1)) for i, symbol in enumerate(symbols))
    return Clip((gains * rng.normal(size=32000)).astype(np.float32), phones, np.ones(100))


def test_a_decoder_learns_what_the_features_say() -> None:
    torch.manual_seed(0)
    model = EncodedSpeechModel(Tones(), EncodedConfig(3, width=24, dilations=(1, 1)))
    examples = [heard(clip(seed), model.encoder, model.config) for seed in range(8)]
    train_decoder(model.decoder, examples, model.config, steps=40, learning_rate=5e-3)
    new = clip(100)
    wanted = heard(new, model.encoder, model.config).curves[:, model.config.controls.index("jawOpen")]
    assert np.corrcoef(model.predict(new.samples)["jawOpen"], wanted)[0, 1] > 0.9


def test_the_command_writes_a_decoder(monkeypatch, tmp_path) -> None:
    spoken = clip(0)
    utterance = Utterance(spoken.samples, spoken.phones, "tones", "none", "", "train", "0")

    class Spoken:
        @staticmethod
        def open(folder, *, split):
            assert split == "train"
            return [utterance]

    monkeypatch.setattr(module, "Corpus", Spoken)
    monkeypatch.setattr(module, "load_encoder", lambda source, **_: Tones())
    out = tmp_path / "decoder.safetensors"
    options = EncodedOptions(
        tmp_path, out, "a/folder", layers=(2,), examples=3, steps=2, clips=ClipStyle(seconds=1, empty=0)
    )
    main(options)
    loaded = EncodedSpeechModel.load(out, Tones())
    assert loaded.config.encoder == "a/folder, layers 2"
    assert loaded.predict(spoken.samples).space == ARKIT


def test_the_command_names_what_is_missing(tmp_path) -> None:
    pytest.importorskip("transformers")
    with pytest.raises(FileNotFoundError, match="download=True"):
        main(EncodedOptions(tmp_path, tmp_path / "x.safetensors", "no/such-encoder"))
