import numpy as np
import pytest
import torch

from avatar.easing import minimum_jerk


def test_it_rests_at_both_ends() -> None:
    way = np.linspace(-0.5, 1.5, 2001)
    course = minimum_jerk(way)
    assert course[0] == 0 and course[-1] == 1
    assert np.gradient(course, way)[[500, 1500]] == pytest.approx(0, abs=1e-3)


def test_tensors_go_the_same_way() -> None:
    way = torch.linspace(0, 1, 11, dtype=torch.float64, requires_grad=True)
    course = minimum_jerk(way)
    np.testing.assert_allclose(course.detach(), minimum_jerk(way.detach().numpy()))
    assert torch.autograd.gradcheck(minimum_jerk, way[1:-1])
