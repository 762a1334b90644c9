"""Two rows of separate teeth with gums, in the place of the source's plain strips."""

from dataclasses import dataclass

import numpy as np

from avatar.rigs.bake.source import Floats, Source
from avatar.rigs.bake.surface import Part, grid_faces


@dataclass(frozen=True)
class Row:
    """The arch of one row; lengths in millimetres, relative to the source's front teeth.

    Args:
        name: the part's name.
        group: the source's strip.
        edge: height of the biting edge above the source's lowest (upper row) or highest (lower row) point.
        back: how far the front teeth stand behind the source's.
        half_width: half the width of the arch.
        depth: depth of the arch.
        widths: widths of the teeth of one side, from the middle.
        crowns: their visible heights.
        up: 1 where the gums are above the edge, -1 where below.
    """

    name: str
    group: str
    edge: float
    back: float
    half_width: float
    depth: float
    widths: tuple[float, ...]
    crowns: tuple[float, ...]
    up: int


UPPER = Row(
    "upper_teeth",
    "helper-upper-teeth",
    -2.6,
    -0.6,
    26.5,
    43.0,
    (8.5, 6.6, 7.6, 7.0, 6.8, 10.0),
    (9.8, 8.6, 9.6, 8.2, 7.6, 7.0),
    1,
)
LOWER = Row(
    "lower_teeth",
    "helper-lower-teeth",
    -1.8,
    1.4,
    24.5,
    41.0,
    (5.4, 5.9, 6.8, 7.0, 7.0, 10.5),
    (8.6, 8.8, 9.4, 8.2, 7.6, 7.0),
    -1,
)

_WHITE = np.array([0.66, 0.60, 0.50])
_GROOVE = np.array([0.38, 0.31, 0.24])
_GUM = np.array([0.42, 0.13, 0.12])
_BACK = np.array([0.30, 0.24, 0.20])


def _arch(row: Row, length: Floats) -> tuple[Floats, Floats]:
    """Points (x, z) [n, 2] and outward directions [n, 2] at signed lengths along half an ellipse, from its front."""
    angle = np.linspace(-np.pi / 2, np.pi / 2, 2001)
    points = np.stack([row.half_width * np.sin(angle), row.depth * (np.cos(angle) - 1)], 1)
    run = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    at = np.interp(length + run[1000], run, angle)
    outward = np.stack([np.sin(at) / row.half_width, np.cos(at) / row.depth], 1)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    return np.stack([row.half_width * np.sin(at), row.depth * (np.cos(at) - 1)], 1), outward


def _columns(row: Row) -> tuple[Floats, Floats, Floats]:
    """Where each column of vertices stands: length along the arch, 1 on a groove between teeth, crown height."""
    length, groove, crown = [], [], []
    start = 0.0
    for width, height in zip(row.widths, row.crowns, strict=True):
        length += [start, start + 0.22 * width, start + 0.78 * width]
        groove += [1.0, 0.0, 0.0]
        crown += [height, height, height]
        start += width
    length, groove, crown = [*length, start], [*groove, 1.0], [*crown, row.crowns[-1]]
    mirrored = [-value for value in reversed(length[1:])]
    return (
        np.array(mirrored + length),
        np.array(groove[:0:-1] + groove),
        np.array(crown[:0:-1] + crown),
    )


def build(source: Source, average: Floats, row: Row) -> Part:
    """One row of teeth. It follows the affine part of what the targets do to the source's strip."""
    indices = np.unique(source.triangles(row.group)[0])
    strip = average[indices] * 1000
    length, groove, crown = _columns(row)
    points, outward = _arch(row, length)
    front = strip[np.abs(strip[:, 0]) < 5]
    edge = (front[:, 1].min() if row.up > 0 else front[:, 1].max()) + row.edge
    z = strip[:, 2].max() - row.back

    # Each line: height above the edge (share of the crown, then millimetres), how far out, colour.
    lines = (
        (1.0, 5.0, -0.8, _GUM),
        (1.0, 0.25, 0.15, _GUM),
        (1.0, -0.15, 0.0, _WHITE),
        (0.5, 0.0, 0.35, _WHITE),
        (0.06, 0.0, -0.25, _WHITE),
        (0.0, 0.0, -1.0, _WHITE),
        (1.0, 2.0, -5.5, _BACK),
    )
    rows, colours = [], []
    for k, (share, extra, out, colour) in enumerate(lines):
        height = share * crown + extra
        if k in (1, 2):
            height = height - 1.3 * groove
        if k in (4, 5):
            height = height + 0.55 * groove
        offset = out - (0.55 * groove if k in (2, 3, 4) else 0.0)
        flat = points + outward * np.broadcast_to(offset, groove.shape)[:, None]
        rows.append(np.stack([flat[:, 0], edge + row.up * height, z + flat[:, 1]], 1))
        mix = (0.8 * groove if k in (2, 3, 4) else 0.0 * groove)[:, None]
        fade = np.clip(1.0 + points[:, 1:] / 60.0, 0.45, 1.0)
        colours.append(((1 - mix) * colour + mix * _GROOVE) * fade)
    faces = grid_faces(len(lines), len(length))
    if row.up < 0:
        faces = faces[:, ::-1].copy()
    rest = np.concatenate(rows) / 1000
    grid = np.stack(np.meshgrid(np.linspace(0, 1, len(lines)), np.linspace(0, 1, len(length)), indexing="ij"), -1)
    uv = grid.reshape(-1, 2)[:, ::-1]

    middle = strip.mean(0) / 1000
    design = np.c_[average[indices] - middle, np.ones(len(indices))]
    follow = np.c_[rest - middle, np.ones(len(rest))] @ np.linalg.pinv(design)
    return Part(
        row.name, rest, faces, uv[faces], lambda displacement: follow @ displacement[indices], np.concatenate(colours)
    )
