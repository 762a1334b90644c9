import pytest
import torch
from torch import Tensor

from avatar.speech.window import SPARE, Rows, Window


def test_rows_outside_are_zeros() -> None:
    rows = Rows(10, 2)
    rows.push(torch.ones(3, 2))
    assert rows.take(8, 15)[:, 0].tolist() == [0, 0, 1, 1, 1, 0, 0]
    assert rows.take(3, 6).tolist() == [[0, 0]] * 3
    assert rows.take(20, 22).tolist() == [[0, 0]] * 2
    assert rows.take(12, 13 + SPARE)[:, 0].tolist() == [1] + [0] * SPARE
    rows.forget(12)
    assert (rows.first, rows.end, rows.take(12, 14)[:, 1].tolist()) == (12, 13, [1, 0])
    assert rows.take(10, 13)[:, 1].tolist() == [0, 0, 1]


@pytest.mark.parametrize("size", [1, 7, SPARE + 1])
def test_rows_keep_their_numbers_when_the_buffer_is_replaced(size: int) -> None:
    rows, numbers = Rows(-3, 1), torch.arange(-3.0, 3.0 * SPARE)[:, None]
    for piece in numbers.split(size):
        rows.push(piece)
        rows.forget(rows.end - 5)
    assert rows.end == 3 * SPARE
    assert rows.take(rows.end - 5, rows.end + 1)[:, 0].tolist() == [*range(rows.end - 5, rows.end), 0]


@pytest.mark.parametrize("step", [1, 2])
def test_outputs_do_not_depend_on_the_pieces(step: int) -> None:
    def sums(rows: Tensor) -> Tensor:
        return rows.unfold(0, 4, step).sum(-1) if len(rows) > 3 else rows[:0]

    numbers = torch.arange(60.0)[:, None]
    window = Window(sums, 0, 1, past=2, future=1, step=step)
    given = torch.cat([window.push(piece) for piece in numbers.split([0, 1, 2, 30, 0, 27])])
    assert torch.equal(given, sums(torch.cat([torch.zeros(2, 1), numbers])))
