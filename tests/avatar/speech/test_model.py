import numpy as np
import pytest
import soxr
import torch
from safetensors.torch import save_file

from avatar.controls import ARKIT
from avatar.speech import SpeechModel
from avatar.speech import model as module
from avatar.speech.model import MOUTH_CONTROLS, SpeechConfig, _parts
from avatar.training.batches import hear


@pytest.fixture(scope="module")
def untrained() -> SpeechModel:
    """Random weights, with answers spread over 0..1 so that clamping hides nothing."""
    torch.manual_seed(0)
    model = SpeechModel(SpeechConfig(depth=1, past=5, future=3, width=16, dilations=(1, 2))).eval()
    with torch.no_grad():
        model.decoder.curves.weight *= 0.3
        model.decoder.curves.bias.fill_(0.5)
        # Phones are heard with conviction, so that contacts are made.
        model.decoder.phones.weight *= 4
    return model


def sound(seconds: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    count = round(seconds * 16000)
    loudness = np.interp(np.arange(count), np.linspace(0, count, 20), rng.uniform(0.01, 0.2, 20))
    return (rng.standard_normal(count) * loudness).astype(np.float32)


def test_windows_leave_no_seam(untrained: SpeechModel, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = sound(6)
    whole = untrained.predict(samples).weights
    assert np.ptp(whole[:, ARKIT.index("jawOpen")]) > 0.05
    with torch.no_grad():
        decoded = untrained(hear(untrained.mel, samples[None]))
    assert not torch.allclose(untrained.contacts(decoded), decoded.curves.clamp(0, 1), atol=0.01)
    monkeypatch.setattr(module, "WINDOW", 74)
    np.testing.assert_allclose(untrained.predict(samples).weights, whole, atol=1e-5)


def test_frames_cover_the_sound_and_only_the_mouth_moves(untrained: SpeechModel) -> None:
    animation = untrained.predict(sound(1.01))
    assert (animation.fps, len(animation)) == (50, 51)
    still = [name for name in ARKIT.names if name not in MOUTH_CONTROLS]
    assert "jawOpen" in MOUTH_CONTROLS and "browInnerUp" in still
    assert not animation.weights[:, ARKIT.indices(still)].any()
    assert animation.out_of_range() == {}


def test_a_sound_later_gives_the_same_curves_later(untrained: SpeechModel) -> None:
    samples = sound(3)
    later = np.concatenate([np.zeros(16000, np.float32), samples])
    np.testing.assert_allclose(untrained.predict(later).weights[50:], untrained.predict(samples).weights, atol=1e-4)


def test_same_sound_gives_the_same_bits(untrained: SpeechModel) -> None:
    samples = sound(2)
    assert np.array_equal(untrained.predict(samples).weights, untrained.predict(samples).weights)


def test_gain_does_not_matter(untrained: SpeechModel) -> None:
    samples = sound(2)
    quiet = untrained.predict(samples * np.float32(0.05)).weights
    np.testing.assert_allclose(quiet, untrained.predict(samples).weights, atol=2e-3)


@pytest.mark.parametrize("count", [1, 160, 799])
def test_very_short_sound(untrained: SpeechModel, count: int) -> None:
    assert len(untrained.predict(sound(1)[:count])) == -(-count // 320)


def test_other_sample_rates(untrained: SpeechModel) -> None:
    samples = sound(2)
    eight = soxr.resample(samples, 16000, 8000)
    animation = untrained.predict(eight, sample_rate=8000)
    assert len(animation) == 100
    back = soxr.resample(eight, 8000, 16000)
    np.testing.assert_allclose(animation.weights, untrained.predict(back).weights, atol=1e-5)


@pytest.mark.parametrize(
    ("samples", "sample_rate", "message"),
    [
        (np.zeros(0), 16000, r"at least one sample, got none"),
        (np.zeros((2, 100)), 16000, r"must be \[N\], one channel, got \[2, 100\]; average the channels"),
        (np.array([0.0, np.nan, np.inf]), 2, r"2 that are not, the first at 0\.500 s; mend"),
        (np.zeros(10), 0, r"sample_rate must be a number above 0 samples per second, got 0"),
        (np.array([np.nan]), 0, r"sample_rate must be a number above 0 samples per second, got 0"),
        (np.zeros(10), float("nan"), r"sample_rate must be a number above 0 samples per second, got nan"),
    ],
)
def test_bad_samples(untrained: SpeechModel, samples: np.ndarray, sample_rate: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        untrained.predict(samples, sample_rate=sample_rate)


def test_saved_weights_come_back(untrained: SpeechModel, tmp_path) -> None:
    path = tmp_path / "model.safetensors"
    untrained.save(path, notes={"source": "a test"})
    again = SpeechModel.load(path)
    assert again.config == untrained.config
    assert not again.training
    for name, value in untrained.state_dict().items():
        torch.testing.assert_close(again.state_dict()[name], value, atol=1e-3, rtol=1e-3)


def test_files_that_are_no_model(tmp_path) -> None:
    with pytest.raises(FileNotFoundError, match="no such speech model"):
        SpeechModel.load(tmp_path / "missing.safetensors")
    (tmp_path / "text.safetensors").write_text("not safetensors at all")
    save_file({"a": torch.zeros(1)}, tmp_path / "other.safetensors")
    save_file({"a": torch.zeros(1)}, tmp_path / "half.safetensors", {"config": SpeechConfig().to_json()})
    for name in ("text", "other", "half"):
        with pytest.raises(ValueError, match=r"is not a speech model .*; make one with python -m avatar.training"):
            SpeechModel.load(tmp_path / f"{name}.safetensors")


def test_predicting_leaves_the_model_as_it_was() -> None:
    torch.manual_seed(0)
    model = SpeechModel(SpeechConfig(depth=1, past=2, future=2, width=16, dilations=(1,))).eval()
    with torch.inference_mode():
        model.predict(np.zeros(16000, np.float32))
    model.stream().push(np.zeros(320, np.float32))
    assert all(weight.is_contiguous() and not weight.is_inference() for weight in model.parameters())
    model(torch.zeros(1, 80, 20)).curves.sum().backward()
    assert model.trunk.halve.weight.grad is not None


@pytest.mark.parametrize("seconds", [16.0, 16.0077])
def test_threads_share_a_recording_and_change_nothing(untrained: SpeechModel, seconds: float) -> None:
    samples = sound(seconds)
    usual, found = torch.get_num_threads(), []
    try:
        for threads in (1, 3):
            torch.set_num_threads(threads)
            found.append(untrained.predict(samples).weights)
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(usual)
    np.testing.assert_array_equal(*found)


def test_parts_cover_all_frames_and_are_alike() -> None:
    for frames, threads, count in ((1, 2, 1), (499, 2, 1), (500, 2, 2), (800, 8, 3), (7000, 2, 2), (13000, 2, 4)):
        parts = _parts(frames, threads)
        assert len(parts) == count
        assert [frame for part in parts for frame in part] == list(range(frames))
        lengths = list(map(len, parts))
        assert len(set(lengths[:-1])) <= 1
        assert lengths[-1] <= lengths[0] < lengths[-1] + 32 * count
    assert _parts(10**6, 1) == [range(10**6)]
