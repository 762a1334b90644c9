import numpy as np
import torch

from avatar.speech.encoders import TrunkEncoder
from avatar.speech.encoders import trunk as module
from avatar.speech.trunk import WhisperTrunk
from avatar.training.batches import hear


def small(monkeypatch, window: int) -> TrunkEncoder:
    monkeypatch.setattr(module, "WINDOW", window)
    torch.manual_seed(0)
    return TrunkEncoder(WhisperTrunk(width=16, heads=2, depth=2, past=6, future=4))


def test_windows_of_any_length_agree(monkeypatch, speech: np.ndarray) -> None:
    samples = torch.from_numpy(speech[: 320 * 100].copy())[None]
    whole, cut = (small(monkeypatch, window).encode(samples) for window in (1000, 30))
    assert whole.shape == (1, 100, 32)
    assert torch.allclose(whole, cut, atol=1e-5)


def test_it_hears_what_the_model_is_trained_on(monkeypatch, speech: np.ndarray) -> None:
    encoder = small(monkeypatch, 1000)
    samples = speech[None, : 320 * 60].copy()
    with torch.no_grad():
        wanted = encoder.trunk(hear(encoder.log_mel, samples))
    assert torch.allclose(encoder.encode(torch.from_numpy(samples)), wanted, atol=1e-5)


def test_the_shipped_trunk_reaches_as_far_as_its_layers() -> None:
    encoder = TrunkEncoder.load()
    assert encoder.features == 2 * encoder.trunk.offset.numel()
    assert encoder.reach >= encoder.trunk.reach
