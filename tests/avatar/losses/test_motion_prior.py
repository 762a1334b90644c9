"""What was seen is usual, what was not is a surprise."""

import math

import pytest
import torch

from avatar.losses import MotionPrior

TIMES = torch.arange(400) / 25.0


def clip(seed):
    """Five controls that swing together at three rates, in a manner of their own."""
    chance = torch.Generator().manual_seed(seed)
    mixing = torch.tensor([[0.3, 0.0, 0.1], [0.0, 0.3, 0.1], [0.3, 0.3, 0.0], [0.1, 0.0, 0.3], [0.0, 0.0, 0.2]])
    phase = 2 * math.pi * torch.rand(3, generator=chance)
    waves = torch.sin(2 * math.pi * TIMES[:, None] * torch.tensor([0.7, 1.3, 2.1]) + phase)
    return 0.4 + waves @ mixing.T + 0.01 * torch.randn(len(TIMES), 5, generator=chance)


@pytest.fixture(scope="module")
def prior():
    return MotionPrior.fit([clip(seed) for seed in range(20)], window=9, rank=12)


def test_what_was_fitted_has_a_surprise_of_one(prior):
    seen = torch.stack([clip(seed) for seed in range(20)])
    assert prior(seen).item() == pytest.approx(1.0, abs=0.02)


def test_what_is_new_but_alike_has_about_one(prior):
    assert prior(clip(99)[None]).item() == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    "damage",
    [
        lambda good: good + 0.05 * torch.randn(good.shape, generator=torch.Generator().manual_seed(1)),
        lambda good: good[:, ::3],
        lambda good: good.roll(1, -1),
        lambda good: torch.cat([clip(5)[None, :, :2], good[..., 2:]], -1),
    ],
    ids=["trembles", "hurries", "controls exchanged", "two clips in one"],
)
def test_what_is_damaged_surprises(prior, damage):
    assert prior(damage(clip(99)[None])).item() > 2.0


def test_surprise_is_that_of_the_gaussian(prior):
    # The density by its full covariance matrix.
    shown = clip(7)[None, 30:39].double()
    precise = MotionPrior(*(getattr(prior, name).double() for name in ("mean", "directions", "variances", "noise")))
    free = precise.directions.flatten(1)
    covariance = (
        precise.noise * torch.eye(45, dtype=torch.float64) + (free.T * (precise.variances - precise.noise)) @ free
    )
    away = (shown[0] - precise.mean).flatten()
    expected = away @ torch.linalg.solve(covariance, away) / 45
    assert precise.surprise(shown).item() == pytest.approx(expected.item(), rel=1e-4)


def test_the_gradient_is_right_and_descends(prior):
    precise = MotionPrior(*(getattr(prior, name).double() for name in ("mean", "directions", "variances", "noise")))
    curves = clip(3)[None, :20].double().requires_grad_()
    assert torch.autograd.gradcheck(precise, (curves,))
    shaken = (clip(3)[None] + 0.05 * torch.randn(1, 400, 5)).requires_grad_()
    before = prior(shaken)
    before.backward()
    assert prior(shaken - 0.1 * shaken.grad * before.detach() / shaken.grad.square().sum()) < before


def test_bad_arguments_are_named(prior):
    with pytest.raises(ValueError, match=r"curves must be \[B, T, 5\] with 9 frames or more"):
        prior(torch.zeros(1, 8, 5))
    with pytest.raises(ValueError, match="rank must be from 1 to 44"):
        MotionPrior.fit([clip(0)], window=9, rank=45)
    with pytest.raises(ValueError, match="45 windows or more, got 22"):
        MotionPrior.fit([clip(0)[:30]], window=9, rank=5)
