"""Rows that arrive in pieces of any size, and outputs that each need a window of them."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

SPARE = 256
"""Rows that a queue has room for beyond those that it holds."""


class Rows:
    """A queue of rows [N, ...] with absolute numbers: what one layer still needs of another's output.

    Rows lie in one buffer, are written once and read where they lie; a full buffer is replaced.

    Args:
        first: number of the first row.
        shape: of a row.
    """

    def __init__(self, first: int, *shape: int) -> None:
        self.first = self.end = self._base = first
        self._buffer = torch.zeros(SPARE, *shape)

    def push(self, rows: Tensor) -> None:
        """Append rows."""
        end = self.end + rows.shape[0]
        if end - self._base > self._buffer.shape[0]:
            kept = self._buffer[self.first - self._base : self.end - self._base]
            self._base = self.first
            self._buffer = kept.new_zeros(end - self.first + SPARE, *kept.shape[1:])
            self._buffer[: kept.shape[0]] = kept
        self._buffer[self.end - self._base : end - self._base] = rows
        self.end = end

    def take(self, start: int, stop: int) -> Tensor:
        """Rows start..stop; zeros before the first and after the last."""
        before = min(max(self.first - start, 0), stop - start)
        inside = self._buffer[start + before - self._base : max(stop - self._base, 0)]
        after = stop - start - before - inside.shape[0]
        if before or after:
            inside = F.pad(inside, (0, 0) * (inside.ndim - 1) + (before, after))
        return inside

    def forget(self, before: int) -> None:
        """Drop the rows before a number, which is at most the end."""
        self.first = max(self.first, before)


class Window:
    """Outputs that each need the input rows from `past` before to `future` after them.

    Args:
        compute: input rows [past + n + future, ...] to n output rows.
        start: number of the first input and output row.
        shape: of an input row.
        step: input rows between two outputs.
    """

    def __init__(
        self, compute: Callable[[Tensor], Tensor], start: int, *shape: int, past: int, future: int, step: int = 1
    ) -> None:
        self.compute, self.past, self.future, self.step = compute, past, future, step
        self.rows = Rows(start, *shape)
        self.done = start // step

    def push(self, rows: Tensor) -> Tensor:
        """Append input rows; return the outputs that have become final."""
        self.rows.push(rows)
        stop = max((self.rows.end - self.future - 1) // self.step + 1, self.done)
        first, last = self.done * self.step, (stop - 1) * self.step + 1
        result = self.compute(self.rows.take(first - self.past, max(last, first) + self.future))
        self.done = stop
        self.rows.forget(stop * self.step - self.past)
        return result
