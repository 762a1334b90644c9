import numpy as np
import pytest
import torch

from avatar.articulation.phones import PHONES
from benchmarks.trunk_features import Family, Trunk, cached
from benchmarks.trunks import VISEMES, AttentionDecoder


def test_every_phone_looks_like_one_viseme() -> None:
    assert sorted(" ".join(VISEMES).split()) == sorted(PHONES)
    assert len(VISEMES) == 15


def test_a_trunk_reads_its_last_layer_beside_the_stem() -> None:
    layers = [np.full((2, 3), i, np.float16) for i in range(4)]
    assert Trunk("tiny.en", 2).of(layers)[0].tolist() == [0, 0, 0, 2, 2, 2]
    assert Trunk("mel").of(layers) is layers[0]


def test_log_mel_frames_go_by_in_pairs(tmp_path) -> None:
    family, samples = Family((), 0), np.random.default_rng(0).normal(0, 0.1, 3300).astype(np.float32)
    (stem,) = family.layers(samples)
    assert stem.shape == (10, 160)
    assert family.first(0).megabytes == 0


def test_features_are_kept_for_the_very_same_sounds(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    sounds = [np.full(640, value, np.float32) for value in (0.1, 0.2)]
    family = Family((), 0)
    found = cached(tmp_path, "x", family, sounds)
    monkeypatch.setattr(family, "layers", lambda samples: pytest.fail("heard again"))
    again = cached(tmp_path, "x", family, sounds)
    assert all(np.array_equal(a[0], b[0]) for a, b in zip(found, again, strict=True))
    monkeypatch.setattr(family, "layers", lambda samples: [np.zeros((2, 160), np.float16)])
    assert cached(tmp_path, "x", family, sounds[:1])[0][0].sum() == 0


def test_an_attention_decoder_looks_less_far_ahead_than_back() -> None:
    torch.manual_seed(0)
    decoder = AttentionDecoder(features=4, curves=3, phones=len(PHONES), width=16, past=6, future=2).eval()
    torch.nn.init.normal_(decoder.curves.weight)
    features = torch.randn(1, 60, 4)
    changed = features.clone()
    changed[0, 30] += 1
    with torch.no_grad():
        moved = (decoder(changed).curves - decoder(features).curves).abs().amax(-1)[0] > 1e-6
    assert moved.nonzero()[:, 0].tolist() == list(range(30 - 3 * 2, 30 + 3 * 6 + 1))
