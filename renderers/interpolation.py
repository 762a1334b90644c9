"""Kernels of `interpolate`, forward and backward."""

from typing import Any

from avatar.renderers.kernel import kernel
from avatar.renderers.planes import edge_functions


@kernel
def weigh(values: Any, corners: Any, ids: Any, weights: Any, out: Any) -> None:
    """Fill `out` [H, W, C] with the weighted mean of each pixel's corners.

    Args:
        values: [N, C].
        corners: [F, 3] rows of `values`.
        ids: [H, W] faces, -1 for none.
        weights: [H, W, 3] of the corners.
        out: [H, W, C], filled.
    """
    height, width, channels = out.shape
    for row in range(height):
        for column in range(width):
            face = ids[row, column]
            if face < 0:
                for c in range(channels):
                    out[row, column, c] = 0.0
                continue
            i, j, k = corners[face, 0], corners[face, 1], corners[face, 2]
            p, q, r = weights[row, column, 0], weights[row, column, 1], weights[row, column, 2]
            for c in range(channels):
                out[row, column, c] = p * values[i, c] + q * values[j, c] + r * values[k, c]


@kernel
def spread_gradients(
    clip: Any,
    faces: Any,
    values: Any,
    corners: Any,
    ids: Any,
    weights: Any,
    out: Any,
    incoming: Any,
    top: int,
    bottom: int,
    planes: Any,
    for_values: Any,
    for_positions: Any,
) -> None:
    """Add the gradients that rows top to bottom of an image send to values and positions.

    With s = M^-1 (x, y, 1) and the value V = sum(s_k a_k) / sum(s_k), dV = sum(r_k ds_k) for r_k = (a_k - V) / sum(s),
    and ds = -M^-1 dM s: corner j's (x, y, w) receives -s_j M^-T r.

    Args:
        clip: [V, 4] clip positions.
        faces: [F, 3] rows of `clip`.
        values: [N, C].
        corners: [F, 3] rows of `values`.
        ids: [H, W] faces, -1 for none.
        weights: [H, W, 3] of the corners.
        out: [H, W, C] what `weigh` gave.
        incoming: [H, W, C] the gradient of that.
        top: first row.
        bottom: one past the last row.
        planes: [3, 3] float64 scratch.
        for_values: [N, C] float64, added to.
        for_positions: [V, 4] float64, added to.
    """
    height, width, channels = out.shape
    for row in range(top, bottom):
        y = 1.0 - (row + 0.5) * 2.0 / height
        for column in range(width):
            face = ids[row, column]
            if face < 0:
                continue
            silent = True
            for c in range(channels):
                silent = silent and incoming[row, column, c] == 0.0
            if silent:
                continue
            i, j, k = corners[face, 0], corners[face, 1], corners[face, 2]
            p, q, r = weights[row, column, 0], weights[row, column, 1], weights[row, column, 2]
            at_p, at_q, at_r = 0.0, 0.0, 0.0
            for c in range(channels):
                gradient = incoming[row, column, c]
                value = out[row, column, c]
                at_p += gradient * (values[i, c] - value)
                at_q += gradient * (values[j, c] - value)
                at_r += gradient * (values[k, c] - value)
                for_values[i, c] += gradient * p
                for_values[j, c] += gradient * q
                for_values[k, c] += gradient * r
            determinant = edge_functions(clip, faces, face, planes)
            if determinant == 0.0:
                continue
            x = (column + 0.5) * 2.0 / width - 1.0
            p = planes[0, 0] * x + planes[0, 1] * y + planes[0, 2]
            q = planes[1, 0] * x + planes[1, 1] * y + planes[1, 2]
            r = planes[2, 0] * x + planes[2, 1] * y + planes[2, 2]
            # A share below 0, which only the rounding of positions lets in, was held at 0: it does not move, but its
            # corner still turns the other two.
            at_p = at_p if p > 0.0 else 0.0
            at_q = at_q if q > 0.0 else 0.0
            at_r = at_r if r > 0.0 else 0.0
            total = max(p, 0.0) + max(q, 0.0) + max(r, 0.0)
            if total == 0.0:
                continue
            p, q, r = p / total, q / total, r / total
            # M^-1 is planes / determinant.
            across = -(planes[0, 0] * at_p + planes[1, 0] * at_q + planes[2, 0] * at_r) / determinant
            down = -(planes[0, 1] * at_p + planes[1, 1] * at_q + planes[2, 1] * at_r) / determinant
            away = -(planes[0, 2] * at_p + planes[1, 2] * at_q + planes[2, 2] * at_r) / determinant
            a, b, d = faces[face, 0], faces[face, 1], faces[face, 2]
            for_positions[a, 0] += p * across
            for_positions[a, 1] += p * down
            for_positions[a, 3] += p * away
            for_positions[b, 0] += q * across
            for_positions[b, 1] += q * down
            for_positions[b, 3] += q * away
            for_positions[d, 0] += r * across
            for_positions[d, 1] += r * down
            for_positions[d, 3] += r * away
