"""Answers that read like the teacher's cost nothing, and others lead the way."""

import numpy as np
import pytest
import torch

from avatar.lipreading import PhoneReader, ReaderConfig
from avatar.rigs import BuiltInHead
from avatar.speech.model import SpeechConfig
from avatar.training.reading import ReadingLoss

SMALL = ReaderConfig(width=16, channels=(8, 8, 8, 8), blocks=1, size=32)


@pytest.fixture(scope="module")
def reading():
    torch.manual_seed(0)
    return ReadingLoss(BuiltInHead.load(), SpeechConfig(), PhoneReader(SMALL), frames=4)


def test_the_same_answer_costs_nothing(reading):
    curves = torch.rand(2, 12, len(SpeechConfig().controls)) * 0.3
    assert reading(curves, curves, np.random.default_rng(0)).item() == pytest.approx(0.0, abs=1e-6)


def test_a_closed_mouth_does_not_read_as_an_open_one_and_the_jaw_feels_it(reading):
    jaw = SpeechConfig().controls.index("jawOpen")
    wanted = torch.zeros(1, 8, len(SpeechConfig().controls))
    wanted[..., jaw] = 0.5
    answer = torch.zeros_like(wanted).requires_grad_()
    loss = reading(answer, wanted, np.random.default_rng(0))
    loss.backward()
    assert loss.item() > 1e-4
    assert answer.grad[0, ::2, jaw].abs().min() > 0
    # The frames between are not drawn.
    assert not answer.grad[0, 1::2].any()


def test_equal_seeds_draw_equal_people(reading):
    first, second = (torch.rand(1, 20, len(SpeechConfig().controls)) * 0.3 for _ in range(2))
    once, again, other = (reading(first, second, np.random.default_rng(seed)).item() for seed in (3, 3, 4))
    assert once == again != other


def test_a_rate_between_frames_is_refused():
    with pytest.raises(ValueError, match="a whole number of frames apart"):
        ReadingLoss(BuiltInHead.load(), SpeechConfig(), PhoneReader(ReaderConfig(fps=30.0)))
