"""A product of few rows and a large matrix, which costs as long as the matrix takes to be read once.

Libraries that multiply matrices first copy them into an order that suits many rows; with one row that costs several
times the product itself.
"""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from avatar.jit import jit


def multiply(
    rows: NDArray[np.float32], columns: NDArray[np.float32], bias: NDArray[np.float32], block: int
) -> NDArray[np.float32]:
    """`rows @ columns + bias`, each sum formed in a given order.

    Args:
        rows: [R, K], contiguous.
        columns: [K, N], contiguous.
        bias: [N].
        block: products that are added up, one after another and unrounded, before the sum is added to the result.

    Returns:
        [R, N].
    """
    result = np.empty((len(rows), columns.shape[1]), np.float32)
    _multiply(rows, columns, bias, result, np.empty_like(result), block)
    return result


# Only products and the sums that they go into may be fused, and must be: that is how the libraries add.
@partial(jit, fastmath={"contract"}, _nrt=False)
def _multiply(rows, columns, bias, result, sums, block):  # type: ignore[no-untyped-def]
    count, inner = rows.shape
    outer = columns.shape[1]
    for r in range(count):
        for n in range(outer):
            result[r, n] = bias[n]
    for start in range(0, inner, block):
        stop = min(inner, start + block)
        for r in range(count):
            for n in range(outer):
                sums[r, n] = 0
        k = start
        # Four at a time: the sums are read and written less often.
        while k + 4 <= stop:
            for r in range(count):
                first, second, third, fourth = rows[r, k], rows[r, k + 1], rows[r, k + 2], rows[r, k + 3]
                for n in range(outer):
                    total = sums[r, n]
                    total += first * columns[k, n]
                    total += second * columns[k + 1, n]
                    total += third * columns[k + 2, n]
                    total += fourth * columns[k + 3, n]
                    sums[r, n] = total
            k += 4
        while k < stop:
            for r in range(count):
                factor = rows[r, k]
                for n in range(outer):
                    sums[r, n] += factor * columns[k, n]
            k += 1
        for r in range(count):
            for n in range(outer):
                result[r, n] += sums[r, n]
