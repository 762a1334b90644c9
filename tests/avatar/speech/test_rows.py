import pytest
import torch
import torch.nn.functional as F

from avatar.speech.rows import depthwise, linear, tile

CUTS = [(0, 1), (7, 9), (40, 51), (100, 117), (3, 299)]


@pytest.mark.parametrize(("inner", "outer"), [(201, 80), (240, 384), (384, 1536), (1536, 384), (256, 80)])
def test_a_row_has_the_same_bits_in_any_company(inner: int, outer: int) -> None:
    torch.manual_seed(0)
    rows, weight, bias = torch.randn(300, inner), torch.randn(outer, inner), torch.randn(outer)
    whole = linear(rows, weight, bias)
    torch.testing.assert_close(whole, F.linear(rows, weight, bias))
    for start, stop in CUTS:
        assert torch.equal(linear(rows[start:stop], weight, bias), whole[start:stop])


def test_eight_rows_where_four_are_multiplied_in_another_order(monkeypatch: pytest.MonkeyPatch) -> None:
    product = F.linear
    assert tile.__wrapped__() in (4, 8)
    monkeypatch.setattr(F, "linear", lambda rows, weight: product(rows, weight) + (1e-3 if len(rows) < 8 else 0))
    assert tile.__wrapped__() == 8


def test_any_number_of_axes() -> None:
    rows, weight = torch.randn(2, 3, 5, 4), torch.randn(6, 4)
    torch.testing.assert_close(linear(rows, weight), F.linear(rows, weight))
    assert linear(rows[:, :0], weight).shape == (2, 0, 5, 6)


@pytest.mark.parametrize("width", [256, 37])
@pytest.mark.parametrize("dilation", [1, 3])
def test_depthwise_equals_the_convolution_and_has_the_same_bits_in_any_company(width: int, dilation: int) -> None:
    torch.manual_seed(0)
    rows, weight, bias = torch.randn(400, width), torch.randn(width, 1, 5), torch.randn(width)
    taps, reach = weight[:, 0].T.contiguous().unbind(), 4 * dilation
    whole = depthwise(rows, taps, bias, dilation)
    torch.testing.assert_close(whole, F.conv1d(rows.T, weight, bias, dilation=dilation, groups=width).T)
    for start, stop in CUTS:
        assert torch.equal(depthwise(rows[start : stop + reach], taps, bias, dilation), whole[start:stop])
