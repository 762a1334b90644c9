"""How much of a spot's surroundings on the screen is covered by what is nearer."""

from typing import Any

import numpy as np
import numpy.typing as npt

from avatar.renderers.camera import Camera
from avatar.renderers.kernel import part
from avatar.renderers.materials import Material
from avatar.renderers.ramps import smooth

# Less than this in front (metres) is the same surface.
SHELTER_GAP = 0.0006
# More radii than this in front is too far away to matter.
SHELTER_REACH = 4.0


def _taps() -> npt.NDArray[np.float64]:
    # Three rings of eight: up, right (shares of the radius) and weight. Light comes from above, so what hangs over
    # a spot shelters it most.
    ring = np.repeat([1.0, 2.0, 3.0], 8)
    angle = (np.tile(np.arange(8.0), 3) + 0.33 * ring) * np.pi / 4.0
    weight = 1.0 + 0.8 * np.sin(angle)
    return np.stack([ring / 3.0 * np.sin(angle), ring / 3.0 * np.cos(angle), weight / weight.sum()], axis=1)


TAPS = _taps()


def lens(camera: Camera, size: tuple[int, int], samples: int) -> npt.NDArray[np.float64]:
    """Return the [6] numbers that `distance` and `reach` read, for pictures of `size` of samples x samples a pixel."""
    projection = camera.projection(size)
    scale, offset = projection[2, 2], projection[2, 3]
    focal = camera.focal[1] * size[0] * samples
    # Depth is scale * z + offset, or that over -z, with z = -distance.
    if camera.orthographic:
        return np.array([-offset, 1.0, -scale, 0.0, 0.0, focal])
    return np.array([offset, 0.0, scale, 1.0, focal, 0.0])


@part
def distance(depth: float, lens: Any) -> Any:
    """Return the metres from the camera, along its axis, of a depth z / w."""
    return (lens[0] + lens[1] * depth) / (lens[2] + lens[3] * depth)


@part
def wrapped(row: int, ring: int) -> int:
    """Return the place of a row, at most one round away, in a ring of rows."""
    return row if row < ring else row - ring


@part
def openness(depths: Any, base: int, height: int, row: float, column: float, lens: Any, radius: float) -> float:
    """Return the share of the surroundings of a sample that no nearer surface covers.

    Args:
        depths: [R, W] z / w, in which rows follow each other in a ring.
        base: the row of the picture that is row 0 of the ring, in samples.
        height: of the picture, in samples.
        row: the sample, in samples from the top of the picture.
        column: the sample, in samples from the left.
        lens: [6] from `lens`.
        radius: metres around the sample.
    """
    ring, width = depths.shape
    here = distance(depths[wrapped(int(row) - base, ring), int(column)], lens)
    reach = radius * (lens[4] / here + lens[5])
    covered = 0.0
    for tap in range(TAPS.shape[0]):
        y, x = int(row - reach * TAPS[tap, 0]), int(column + reach * TAPS[tap, 1])
        if 0 <= y < height and 0 <= x < width:
            gap = here - distance(depths[wrapped(y - base, ring), x], lens)
            if gap > SHELTER_GAP:
                near_enough = 1.0 - smooth(0.5 * SHELTER_REACH * radius, SHELTER_REACH * radius, gap)
                covered += TAPS[tap, 2] * smooth(SHELTER_GAP, 4.0 * SHELTER_GAP, gap) * near_enough
    return 1.0 - covered


def margin(materials: tuple[Material, ...], nearest: npt.NDArray[np.float64], lens: npt.NDArray[np.float64]) -> int:
    """Return how many rows of samples above and below a sample `openness` may look at.

    Args:
        materials: [P].
        nearest: [P] metres from the camera to the nearest vertex of each part.
        lens: [6] from `lens`.
    """
    reach = 0.0
    for material, near in zip(materials, nearest, strict=True):
        if material.shelter > 0.0 and np.isfinite(near):
            reach = max(reach, material.shelter_radius * (lens[4] / max(near, 1e-3) + lens[5]))
    return int(reach) + 2
