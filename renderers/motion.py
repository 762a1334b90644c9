"""Kernel of `motion_gradients`: what a surface that moves under the pixels does to the picture."""

from typing import Any

from avatar.renderers.kernel import kernel, part


@part
def pull_between(image: Any, incoming: Any, row: int, column: int, vertical: int, side: int) -> float:
    """Return what the loss gains when the surface moves one pixel from a pixel towards a neighbour.

    `side` is 1 for the right or lower neighbour and -1 for the left or upper one.
    """
    height, width, channels = image.shape
    r, c = row + side * vertical, column + side * (1 - vertical)
    # At the picture's border a pixel has one neighbour, which stands for both.
    last = (height - 1) * vertical + (width - 1) * (1 - vertical)
    here, there = row * vertical + column * (1 - vertical), r * vertical + c * (1 - vertical)
    own = 1.0 if here == 0 or here == last else 0.5
    other = 1.0 if there == 0 or there == last else 0.5
    total = 0.0
    for channel in range(channels):
        step = image[row, column, channel] - image[r, c, channel]
        total += (own * incoming[row, column, channel] + other * incoming[r, c, channel]) * step
    return total


@kernel
def spread_motion(
    clip: Any,
    faces: Any,
    ids: Any,
    weights: Any,
    continues: Any,
    image: Any,
    incoming: Any,
    pulls: Any,
    top: int,
    bottom: int,
    for_positions: Any,
) -> None:
    """Add what rows top to bottom send to the positions when the surfaces in them move.

    Between two neighbours on one surface, half of the motion is that of either's point.

    Args:
        clip: [V, 4] clip positions.
        faces: [F, 3].
        ids: [H, W] faces, -1 for none.
        weights: [H, W, 3] of the corners, perspective-correct.
        continues: [H, W, 2] whether the surface goes on to the right and the lower neighbour.
        image: [H, W, C].
        incoming: [H, W, C] the image's gradient.
        pulls: [H, W, 2] what else the loss gains when a pixel's point moves one to the right, and down.
        top: first row.
        bottom: one past the last row.
        for_positions: [V, 4] float64, added to.
    """
    height, width = ids.shape
    for row in range(top, bottom):
        y = 1.0 - (row + 0.5) * 2.0 / height
        for column in range(width):
            face = ids[row, column]
            if face < 0:
                continue
            # Twice, since only half of what neighbours pull is this pixel's.
            right, down = 2.0 * pulls[row, column, 0], 2.0 * pulls[row, column, 1]
            if continues[row, column, 0]:
                right += pull_between(image, incoming, row, column, 0, 1)
            if column > 0 and continues[row, column - 1, 0]:
                right -= pull_between(image, incoming, row, column, 0, -1)
            if continues[row, column, 1]:
                down += pull_between(image, incoming, row, column, 1, 1)
            if row > 0 and continues[row - 1, column, 1]:
                down -= pull_between(image, incoming, row, column, 1, -1)
            if right == 0.0 and down == 0.0:
                continue
            x = (column + 0.5) * 2.0 / width - 1.0
            a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
            p, q, r = weights[row, column, 0], weights[row, column, 1], weights[row, column, 2]
            w = p * clip[a, 3] + q * clip[b, 3] + r * clip[c, 3]
            if w <= 0.0:
                continue
            # A point at (x w, y w, w) is seen at column (x + 1) / 2 width and row (1 - y) / 2 height.
            across = 0.25 * right * width / w
            up = -0.25 * down * height / w
            away = -(across * x + up * y)
            for_positions[a, 0] += p * across
            for_positions[a, 1] += p * up
            for_positions[a, 3] += p * away
            for_positions[b, 0] += q * across
            for_positions[b, 1] += q * up
            for_positions[b, 3] += q * away
            for_positions[c, 0] += r * across
            for_positions[c, 1] += r * up
            for_positions[c, 3] += r * away
