import pytest
import torch
import torch.nn.functional as F

from avatar.speech.rows import linear


@pytest.mark.parametrize(("inner", "outer"), [(201, 80), (240, 384), (384, 1536), (1536, 384), (256, 80)])
def test_a_row_has_the_same_bits_in_any_company(inner: int, outer: int) -> None:
    torch.manual_seed(0)
    rows, weight, bias = torch.randn(300, inner), torch.randn(outer, inner), torch.randn(outer)
    whole = linear(rows, weight, bias)
    torch.testing.assert_close(whole, F.linear(rows, weight, bias))
    for start, stop in [(0, 1), (7, 9), (40, 51), (100, 117), (3, 299)]:
        assert torch.equal(linear(rows[start:stop], weight, bias), whole[start:stop])


def test_any_number_of_axes() -> None:
    rows, weight = torch.randn(2, 3, 5, 4), torch.randn(6, 4)
    torch.testing.assert_close(linear(rows, weight), F.linear(rows, weight))
    assert linear(rows[:, :0], weight).shape == (2, 0, 5, 6)
