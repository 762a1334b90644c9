from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from avatar.articulation.phones import Phone
from avatar.controls import ARKIT
from avatar.datasets.corpus import Utterance
from avatar.lipreading import PhoneReader, ReaderConfig
from avatar.rigs import BuiltInHead
from avatar.rigs.mouth import measure
from avatar.speech import SpeechModel
from avatar.speech.decoder import Decoded
from avatar.speech.model import SpeechConfig
from avatar.training import train as module
from avatar.training.adapt import AdaptOptions, adapt
from avatar.training.batches import Batch
from avatar.training.clips import ClipMaker, ClipStyle
from avatar.training.losses import LipLoss
from avatar.training.train import TrainOptions, calibrate, deepened, draw_batch, main, train
from avatar.training.validation import validate

CONFIG = SpeechConfig(depth=1, past=5, future=5, width=32, dilations=(1, 2))
"""Small enough to learn something in seconds."""


@pytest.fixture(scope="module")
def rig() -> BuiltInHead:
    return BuiltInHead.load()


def corpus() -> list[Utterance]:
    """Tones for phones: a low one for an open vowel, noise for lips closed."""
    rng = np.random.default_rng(0)
    utterances = []
    for i in range(6):
        symbols = rng.choice(["AA", "M", "SIL"], 12)
        time = np.arange(2400) / 16000
        sounds = {
            "AA": 0.3 * np.sin(2 * np.pi * 700 * time),
            "M": 0.1 * np.sin(2 * np.pi * 200 * time),
            "SIL": np.zeros(2400),
        }
        phones = tuple(Phone(str(s), 0.15 * j, 0.15 * (j + 1)) for j, s in enumerate(symbols))
        samples = np.concatenate([sounds[s] for s in symbols]).astype(np.float32)
        utterances.append(Utterance(samples, phones, "tones", "none", "", "train", str(i)))
    return utterances


def options(out: Path, steps: int) -> TrainOptions:
    return TrainOptions(Path("unused"), out, steps=steps, batch=2, learning_rate=3e-3)


def fresh() -> SpeechModel:
    torch.manual_seed(0)
    return SpeechModel(CONFIG)


def clips() -> ClipMaker:
    return ClipMaker(corpus(), style=ClipStyle(seconds=2, empty=0))


def test_training_learns_and_resumes(
    tmp_path: Path, rig: BuiltInHead, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "LOG_EVERY", 5)
    held = corpus()[:2]
    with caplog.at_level("INFO", "avatar.training.train"):
        train(fresh(), clips(), held, options(tmp_path, 30))
    losses = [
        float(r.getMessage().split("lips ")[1].split(",")[0]) for r in caplog.records if "lips " in r.getMessage()
    ]
    assert losses[-1] < 0.6 * losses[0]
    # A finished training has nothing left to do: the model comes back from the checkpoint as it was.
    again = fresh()
    train(again, clips(), held, options(tmp_path, 30))
    state = torch.load(tmp_path / "checkpoint-1.pt", weights_only=True)
    assert state["progress"]["step"] == 30
    torch.testing.assert_close(again.state_dict(), state["model"])
    shipped = SpeechModel.load(tmp_path / "speech.safetensors")
    assert shipped.config == CONFIG
    report = validate(shipped, held, rig)
    assert report.opening.count == 2
    assert "p b m closed" in str(report)


def test_same_seed_trains_the_same_weights(tmp_path: Path) -> None:
    models = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        model = fresh()
        train(model, clips(), corpus()[:1], options(tmp_path / name, 3))
        models.append(model.state_dict())
    torch.testing.assert_close(models[0], models[1], rtol=0, atol=0)


def test_a_trunk_grows_while_it_learns(tmp_path: Path) -> None:
    shallow, whole = fresh(), SpeechModel(replace(CONFIG, depth=2))
    halfway = train(shallow, clips(), corpus()[:1], options(tmp_path, 6), until=0.5)
    assert halfway.step == 3
    deep = deepened(shallow, 2, whole.trunk.state_dict())
    assert deep.config.depth == 2
    for name, value in deep.state_dict().items():
        source = whole if name.startswith("trunk.blocks.1") else shallow
        torch.testing.assert_close(value, source.state_dict()[name], rtol=0, atol=0)
    assert train(deep, clips(), corpus()[:1], options(tmp_path, 6), progress=halfway).step == 6
    assert SpeechModel.load(tmp_path / "speech.safetensors").config.depth == 2
    # Both parts are known to be done.
    assert train(fresh(), clips(), corpus()[:1], options(tmp_path, 6), until=0.5).step == 3


def test_weights_to_start_from_get_the_layers_that_they_lack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh().save(tmp_path / "start.safetensors")
    whole = SpeechModel(replace(CONFIG, depth=2))
    monkeypatch.setattr(module.Corpus, "open", lambda path, split: corpus())
    monkeypatch.setattr(module, "adapted_trunk", lambda options, clips: whole.trunk.state_dict())
    asked = replace(
        options(tmp_path / "out", 1), start=tmp_path / "start.safetensors", depth=2, clips=ClipStyle(seconds=2)
    )
    main(replace(asked, learning_rate=1e-9, trunk_rate=0.0))
    grown, start = SpeechModel.load(tmp_path / "out" / "speech.safetensors"), SpeechModel.load(asked.start)
    assert grown.config == replace(CONFIG, depth=2)
    for name, value in grown.trunk.state_dict().items():
        expected = whole.trunk.state_dict() if name.startswith("blocks.1") else start.trunk.state_dict()
        torch.testing.assert_close(value, expected[name].half().float())
    # The decoder hears the new last layer at its own scale.
    assert not torch.equal(grown.decoder.feature_scale, start.decoder.feature_scale)


def test_adaptation_approaches_whisper() -> None:
    torch.manual_seed(0)
    trunk = SpeechModel(CONFIG).trunk
    positions = 0.5 * torch.randn(100, 384)
    before = adapt(trunk, positions, clips(), AdaptOptions(steps=1, batch=2, places=2), np.random.default_rng(0))
    after = adapt(trunk, positions, clips(), AdaptOptions(steps=25, batch=2, places=2), np.random.default_rng(0))
    assert after < before
    assert trunk.blocks[0].distance_bias.abs().max() > 0.01


def test_calibration_starts_from_the_mean_face(tmp_path: Path) -> None:
    model = fresh()
    calibrate(model, clips(), options(tmp_path, 1), batches=2)
    batch = draw_batch(clips(), model, 2, np.random.default_rng(5))
    with torch.no_grad():
        curves = model.eval()(batch.mel).curves
    torch.testing.assert_close(curves, model.decoder.curve_mean.expand_as(curves))
    # Still curves keep a scale that can be divided by; the jaw has its own.
    assert float(model.decoder.curve_scale.min()) == pytest.approx(0.01)
    assert model.decoder.curve_scale[CONFIG.controls.index("jawOpen")] > 0.02


def test_lip_loss_is_in_millimetres_of_the_head(rig: BuiltInHead) -> None:
    loss = LipLoss(rig, SpeechConfig())
    names = SpeechConfig().controls
    opened, shut = torch.zeros(2, 1, 3, len(names))
    opened[..., names.index("jawOpen")] = 0.2
    error = (opened @ loss.gap)[0, 0]
    weights = torch.zeros(1, len(ARKIT))
    weights[0, ARKIT.index("jawOpen")] = 0.2
    assert float(error) == pytest.approx(float(measure(rig(weights), rig).opening), rel=0.15)
    phones = torch.zeros(1, 3, dtype=torch.int64)
    parts = loss(Decoded(opened, torch.zeros(1, 3, 40)), Batch(torch.zeros(1), phones, shut))
    # Further than a tenth of the unit, the error counts in full but for half of that tenth.
    assert float(parts["gap"]) == pytest.approx(loss.weights.gap * (float(error) / loss.movement.gap - 0.05), rel=1e-4)
    # An offset that does not move costs no speed.
    assert parts["speed"] < 0.02
    same = loss(Decoded(shut, torch.zeros(1, 3, 40)), Batch(torch.zeros(1), phones, shut))
    assert same["lips"] < 0.02
    assert same["curves"] == 0


def test_the_second_stage_also_watches_the_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "LOG_EVERY", 1)
    torch.manual_seed(1)
    reader = ReaderConfig(width=16, channels=(8, 8, 8, 8), blocks=1, size=32)
    PhoneReader(reader).save(tmp_path / "reader.safetensors")
    second = replace(options(tmp_path, 2), lip_reader=tmp_path / "reader.safetensors", prior=0.1)
    with caplog.at_level("INFO", "avatar.training.train"):
        train(fresh(), clips(), corpus()[:1], second)
    (last,) = [record.getMessage() for record in caplog.records if record.getMessage().startswith("step 2,")]
    parts = {name: float(value) for name, value in (part.split(" ") for part in last.partition(": ")[2].split(", "))}
    assert parts["reading"] > 0
    # A model that has learned nothing moves in no way that the teacher does.
    assert parts["unusual"] > 0.2
