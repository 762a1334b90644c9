"""The edges of triangles, as lines that are equally wide everywhere."""

from typing import Any

import numpy as np
import numpy.typing as npt

from avatar.renderers.colour import TABLE_SIZE
from avatar.renderers.kernel import kernel, part

TOP_BYTE = float(TABLE_SIZE - 1)


def outlines(
    clip: npt.NDArray[np.float64], faces: npt.NDArray[np.int64], across: npt.NDArray[np.int32]
) -> npt.NDArray[np.bool_]:
    """Return whether the line [F, 3] opposite each face's corner is the face's own.

    Otherwise it is shared: the face across the edge is turned to the same side, and draws the line's other half.

    Args:
        clip: [V, 4] clip positions.
        faces: [F, 3].
        across: [F, 3] from `topology.neighbours`.
    """
    a, b, c = (clip[faces[:, corner]][:, [0, 1, 3]] for corner in range(3))
    front = np.einsum("fi,fi->f", a, np.cross(b, c)) > 0.0
    return np.asarray((across < 0) | (front[across // 3] != front[:, None]))


@part
def edge_distance(planes: Any, face: int, corner: int, x: float, y: float, height: int, width: int) -> float:
    """Return how far a place in the picture is from the edge opposite a corner, in samples.

    Args:
        planes: [F, 10] from `prepare`: each barycentric is 0 on an edge and, up to a factor, linear in the picture.
        face: whose edge it is.
        corner: 0, 1 or 2.
        x: the place, -1 (left) to 1.
        y: the place, -1 (bottom) to 1.
        height: of the picture, in samples.
        width: of the picture, in samples.
    """
    across, up, constant = planes[face, 3 * corner], planes[face, 3 * corner + 1], planes[face, 3 * corner + 2]
    slope = np.sqrt((2.0 * across / width) ** 2 + (2.0 * up / height) ** 2)
    return (across * x + up * y + constant) / slope if slope > 0.0 else np.inf


@kernel
def draw_wires(
    planes: Any,
    own: Any,
    ids: Any,
    first_row: int,
    height: int,
    samples: int,
    line_width: float,
    colour: Any,
    light_of: Any,
    bytes_of: Any,
    top: int,
    bottom: int,
    pixels: Any,
) -> None:
    """Draw lines along the visible edges over rows top to bottom of `pixels` [H, W, 4].

    Args:
        planes: [F, 10] float64 from `prepare`.
        own: [F, 3] bool from `outlines`.
        ids: [band, W * samples] int32 from `draw`, for a band of the picture.
        first_row: the row of samples of the picture that the band begins with.
        height: of the picture, in samples.
        samples: samples across and down a pixel.
        line_width: in pixels.
        colour: [4] float64, linear RGB and opacity.
        light_of: [256] float64, the linear light of an sRGB byte.
        bytes_of: sRGB bytes from `byte_table`.
        top: first row of pixels, within the band.
        bottom: one past the last row.
        pixels: changed.
    """
    width = ids.shape[1]
    for row in range(top, bottom):
        for column in range(pixels.shape[1]):
            cover = 0.0
            for sub in range(samples * samples):
                down, across = row * samples + sub // samples, column * samples + sub % samples
                face = ids[down - first_row, across]
                if face < 0:
                    continue
                x, y = (across + 0.5) * 2.0 / width - 1.0, 1.0 - (down + 0.5) * 2.0 / height
                strongest = 0.0
                for corner in range(3):
                    reach = line_width * samples * (1.0 if own[face, corner] else 0.5)
                    # Half a sample of slope on each side of the line's rim.
                    strongest = max(strongest, reach + 0.5 - edge_distance(planes, face, corner, x, y, height, width))
                cover += min(strongest, 1.0)
            cover *= colour[3] / (samples * samples)
            if cover <= 0.0:
                continue
            # Lines lie within what the surface covers of the pixel, or on their own where no surface is drawn.
            alpha = max(pixels[row, column, 3] / 255.0, cover)
            share = cover / alpha
            for channel in range(3):
                light = light_of[pixels[row, column, channel]]
                mixed = light + share * (colour[channel] - light)
                pixels[row, column, channel] = bytes_of[int(mixed * TOP_BYTE + 0.5)]
            pixels[row, column, 3] = int(alpha * 255.0 + 0.5)
