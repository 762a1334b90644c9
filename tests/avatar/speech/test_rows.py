import numpy as np
import pytest
import torch
import torch.nn.functional as F

from avatar.speech import rows as module
from avatar.speech.few_rows import multiply
from avatar.speech.rows import FEW, Product, block_of_sums, depthwise, in_columns, linear, tile

CUTS = [(0, 1), (7, 9), (40, 51), (100, 117), (3, 299)]


@pytest.mark.parametrize(("inner", "outer"), [(201, 80), (240, 384), (384, 1536), (1536, 384), (256, 80)])
def test_a_row_has_the_same_bits_in_any_company(inner: int, outer: int) -> None:
    torch.manual_seed(0)
    rows, weight, bias = torch.randn(300, inner), torch.randn(outer, inner), torch.randn(outer)
    whole = linear(rows, weight, bias)
    torch.testing.assert_close(whole, F.linear(rows, weight, bias))
    for start, stop in CUTS:
        assert torch.equal(linear(rows[start:stop], weight, bias), whole[start:stop])


@pytest.mark.parametrize(("inner", "outer"), [(240, 384), (384, 1536), (1536, 384), (256, 80), (3, 5)])
@pytest.mark.parametrize("known", [True, False])
def test_few_rows_have_the_bits_of_many(inner: int, outer: int, known: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not known:
        # As on a machine whose library adds in an order that nobody thought of.
        monkeypatch.setattr(module, "block_of_sums", lambda outer, inner: 0)
    torch.manual_seed(0)
    rows, weight, bias = torch.randn(300, inner), torch.randn(outer, inner), torch.randn(outer)
    product = Product(weight, bias)
    whole = product(rows)
    torch.testing.assert_close(whole, F.linear(rows, weight, bias))
    assert torch.equal(whole, linear(rows, in_columns(weight), bias))
    for start, stop in [*CUTS, *((5, 5 + count) for count in range(FEW + 2))]:
        assert torch.equal(product(rows[start:stop]), whole[start:stop])


def test_the_order_of_sums_is_found_or_known_to_be_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert block_of_sums.__wrapped__(384, 384) >= 0
    product = F.linear
    monkeypatch.setattr(F, "linear", lambda *given: product(*given) + 1e-3)
    assert block_of_sums.__wrapped__(384, 384) == 0


def test_a_sum_is_formed_in_blocks() -> None:
    rows, columns = np.ones((1, 5), np.float32), np.array([[2**24], [1], [1], [1], [1]], np.float32)
    # One by one, ones are lost beside 2 ** 24; together they are not.
    assert multiply(rows, columns, np.zeros(1, np.float32), 5)[0, 0] == 2**24
    assert multiply(rows, columns, np.zeros(1, np.float32), 1)[0, 0] == 2**24
    assert multiply(rows, columns[::-1].copy(), np.zeros(1, np.float32), 4)[0, 0] == 2**24 + 4


def test_streams_of_one_model_share_its_weights() -> None:
    layer = torch.nn.Linear(7, 4)
    first = Product.of(layer)
    assert Product.of(layer) is first
    with torch.no_grad():
        layer.weight.mul_(2)
    changed = Product.of(layer)
    assert changed is not first and torch.equal(changed.weight, layer.weight)


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
