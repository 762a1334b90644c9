import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from avatar.speech.encoders import load_encoder

WAVEFORM_KINDS = ("wav2vec2", "hubert", "wavlm")
KINDS = (*WAVEFORM_KINDS, "whisper")


@pytest.fixture(params=KINDS)
def folder(request: pytest.FixtureRequest, folders: dict[str, Path]) -> Path:
    return folders[request.param]


def noise(seconds: float, batch: int = 1) -> torch.Tensor:
    return 0.1 * torch.randn(batch, round(16000 * seconds), generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("samples", [1, 320, 321, 16000])
def test_there_is_a_frame_for_every_20_ms_begun(folder: Path, samples: int) -> None:
    encoder = load_encoder(folder)
    encoded = encoder.encode(noise(1)[:, :samples])
    assert encoded.shape == (1, -(-samples // 320), 16)
    assert encoded.shape[2] == encoder.features
    assert encoded.isfinite().all()


def change_by_click(folder: Path, place: int) -> torch.Tensor:
    """How much each frame [T] changes before the first layer when a sample is loud."""
    encoder = load_encoder(folder, layers=0)
    silence = 1e-4 * noise(1)
    clicked = silence.clone()
    clicked[0, place] = 1.0
    # Levels would move every frame: compare at one.
    level = encoder.level(clicked)
    with torch.no_grad():
        return (encoder.hear(clicked, level) - encoder.hear(silence, level))[0].norm(dim=-1)


@pytest.mark.parametrize("kind", WAVEFORM_KINDS)
def test_a_waveform_frame_is_about_its_instant(kind: str, folders: dict[str, Path]) -> None:
    for off in (-80, 0, 80):
        assert change_by_click(folders[kind], 320 * 20 + off).argmax() == 20


def test_a_whisper_frame_is_about_its_instant(folders: dict[str, Path]) -> None:
    change = change_by_click(folders["whisper"], 320 * 20)
    assert (change > 1e-3 * change.max()).nonzero()[:, 0].tolist() == [19, 20, 21]


def test_one_of_a_batch_is_what_it_is_alone(folder: Path) -> None:
    encoder = load_encoder(folder)
    samples = noise(0.5, batch=3) * torch.tensor([[0.1], [1.0], [0.5]])
    assert torch.allclose(encoder.encode(samples)[1:2], encoder.encode(samples[1:2]), atol=1e-5)


def test_long_recordings_are_heard_in_windows(folder: Path) -> None:
    encoder = load_encoder(folder, window=8)
    samples = noise(14)
    pieces = list(encoder.pieces(samples))
    assert [piece.shape[1] for piece in pieces] == [300, 200, 200]
    with torch.no_grad():
        second = encoder.hear(samples[:, 200 * 320 : 600 * 320], encoder.level(samples))
    assert torch.allclose(pieces[1], second[:, 100:300], atol=1e-5)


def test_layers_are_taken_at_any_depth(folder: Path) -> None:
    samples = noise(0.4)
    shallow, deep = (load_encoder(folder, layers=layer).encode(samples) for layer in (0, 3))
    beside = load_encoder(folder, layers=(3, 0)).encode(samples)
    added = load_encoder(folder, layers=(0, 3), weights=(0.25, 0.75)).encode(samples)
    assert torch.equal(beside, torch.cat([deep, shallow], -1))
    assert torch.allclose(added, 0.25 * shallow + 0.75 * deep, atol=1e-6)


@pytest.mark.parametrize("kind", WAVEFORM_KINDS)
@pytest.mark.parametrize("layer", [0, 2])
def test_waveform_layers_are_those_of_transformers(kind: str, layer: int, folders: dict[str, Path]) -> None:
    import transformers

    samples = noise(0.4)
    even = (samples - samples.mean()) / (samples.var(unbiased=False) + 1e-7).sqrt()
    model = transformers.AutoModel.from_pretrained(folders[kind])
    with torch.no_grad():
        # The frame of 400 samples about the last instant ends 120 before the recording does.
        wanted = model(F.pad(even, (200, -120)), output_hidden_states=True).hidden_states[layer]
    assert torch.allclose(load_encoder(folders[kind], layers=layer).encode(samples), wanted, atol=1e-4)


@pytest.mark.parametrize("bands", [80, 128])
def test_whisper_layers_are_those_of_transformers(
    bands: int, tmp_path: Path, save_encoder: Callable[..., Path]
) -> None:
    transformers = pytest.importorskip("transformers")
    folder = save_encoder("whisper", tmp_path, max_source_positions=250, num_mel_bins=bands)
    # Silent ends, so that what lies beyond them does not matter.
    samples = F.pad(noise(4.9), (800, 800))
    extractor = transformers.WhisperFeatureExtractor(feature_size=bands, chunk_length=5)
    mel = extractor(samples[0].numpy(), sampling_rate=16000, return_tensors="pt").input_features
    model = transformers.AutoModel.from_pretrained(folder).get_encoder()
    with torch.no_grad():
        wanted = model(mel, output_hidden_states=True).hidden_states[2]
    encoded = load_encoder(folder, layers=2, window=5).encode(samples)
    assert torch.allclose(encoded, wanted, atol=2e-3)


def test_recordings_are_normalized_as_the_model_was_trained(tmp_path: Path, folders: dict[str, Path]) -> None:
    folder = shutil.copytree(folders["wavlm"], tmp_path / "raw")
    (folder / "preprocessor_config.json").write_text(json.dumps({"do_normalize": False}))
    samples = noise(0.3)
    loud, quiet = (load_encoder(folder, layers=0).encode(gain * samples) for gain in (1, 0.01))
    assert not torch.allclose(loud, quiet, atol=1e-2)
    loud, quiet = (load_encoder(folders["wavlm"], layers=0).encode(gain * samples) for gain in (1, 0.5))
    assert torch.allclose(loud, quiet, atol=1e-3)


def test_pickled_weights_are_not_read(tmp_path: Path, folders: dict[str, Path]) -> None:
    folder = shutil.copytree(folders["hubert"], tmp_path / "pickled")
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")
    with pytest.raises(FileNotFoundError, match=r"model\.safetensors, got .*pickled weights are not read"):
        load_encoder(folder)


def test_nothing_is_fetched_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("transformers")
    import socket

    def refuse(*_: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    with pytest.raises(FileNotFoundError, match="ask for it with download=True"):
        load_encoder("nobody/has-this-encoder")


def test_other_models_are_refused(tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    with pytest.raises(ValueError, match=r"wav2vec2, hubert, wavlm or whisper, got .* of model_type 'bert'"):
        load_encoder(tmp_path)


def test_other_frame_rates_are_refused(tmp_path: Path, save_encoder: Callable[..., Path]) -> None:
    folder = save_encoder("wav2vec2", tmp_path, conv_stride=(5, 2, 2, 2, 2, 2, 1))
    with pytest.raises(ValueError, match=r"320 samples apart \(20 ms at 16 kHz\), got 160"):
        load_encoder(folder)


def test_whispers_windows_end_where_its_positions_do(folders: dict[str, Path]) -> None:
    with pytest.raises(ValueError, match="window must be at most 20 s, the positions of this Whisper, got 30 s"):
        load_encoder(folders["whisper"], window=30)


def test_without_transformers_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(ImportError, match=r"pip install 'avatar\[encoders\]'"):
        load_encoder("anything")


def test_silence_is_finite(folder: Path) -> None:
    assert np.isfinite(load_encoder(folder).encode(torch.zeros(1, 3200)).numpy()).all()
