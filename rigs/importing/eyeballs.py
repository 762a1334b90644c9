"""The eyeballs of a head: which vertices they are, and how shapes turn them."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from avatar.controls import ControlSpace
from avatar.rigs.gaze import SIDEWAYS, UPDOWN
from avatar.rigs.importing.source import Integers
from avatar.rigs.rig_data import Eyeballs, Floats

_SMALLEST, _LARGEST = 0.008, 0.025
"""Metres; radii of eyeballs."""


def find_balls(
    vertices: Floats, faces: Integers, apart: NDArray[np.bool_]
) -> tuple[tuple[Integers, Integers], Floats] | None:
    """The left and right eyeball and their centres [2, 3]: loose pieces of the mesh that are balls, one on each side.

    Args:
        vertices: [V, 3] metres, +y up, face along +z.
        faces: [F, 3].
        apart: vertices [V] that don't count, such as shells of tears.
    """
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]]])
    graph = coo_array((np.ones(len(edges), bool), (edges[:, 0], edges[:, 1])), shape=(len(vertices),) * 2)
    _, label = connected_components(graph, directed=False)
    pieces = np.split(np.argsort(label, kind="stable"), np.cumsum(np.bincount(label))[:-1])
    pieces = [rows for rows in pieces if len(rows) >= 12 and not apart[rows].any()]
    spheres = [(rows, *_sphere(vertices[rows])) for rows in pieces]
    found = []
    for side in (1.0, -1.0):
        balls = [
            (rows, centre, radius)
            for rows, centre, radius, error in spheres
            if _SMALLEST < radius < _LARGEST and error < 0.06 * radius and 0.015 < side * centre[0] < 0.06
        ]
        if not balls:
            return None
        rows, centre, radius = max(balls, key=lambda ball: len(ball[0]))
        inside = [p for p in pieces if (np.linalg.norm(vertices[p] - centre, axis=1) < 1.15 * radius).all()]
        found.append((np.unique(np.concatenate([rows, *inside])), centre))
    if np.abs(found[0][1] * (-1, 1, 1) - found[1][1]).max() > 0.01:
        return None
    return (found[0][0], found[1][0]), np.stack([found[0][1], found[1][1]]).astype(np.float32)


def measure_turns(
    space: ControlSpace,
    vertices: Floats,
    shapes: Mapping[str, Floats],
    balls: tuple[Integers, Integers],
    centres: Floats,
) -> Eyeballs:
    """How each control turns the balls: the eyes' own angles by themselves, shapes by what they do to the vertices.

    ARKit's eyeLook shapes that leave the balls where they are get the angles of the built-in head.
    """
    angles = np.zeros((len(space), 2, 3), np.float32)
    for side, (ball, centre) in enumerate(zip(balls, centres, strict=True)):
        about = vertices[ball] - centre
        for name, step in shapes.items():
            angles[space.index(name), side] = _turn(about, step[ball])
    for side, letter in enumerate(("Left", "Right")):
        outward = 1.0 if side == 0 else -1.0
        for name, axis, angle in (
            ("Out", 0, outward * SIDEWAYS),
            ("In", 0, -outward * SIDEWAYS),
            ("Down", 1, UPDOWN),
            ("Up", 1, -UPDOWN),
        ):
            shape = f"eyeLook{name}{letter}"
            if shape in space and not angles[space.index(shape), side].any():
                angles[space.index(shape), side, axis] = angle
        for axis, word in enumerate(("Yaw", "Pitch", "Roll")):
            own = f"{letter.lower()}Eye{word}"
            if own in space:
                angles[space.index(own), side, axis] = 1.0
    return Eyeballs(balls, centres, angles)


def _sphere(points: Floats) -> tuple[NDArray[np.float64], float, float]:
    """Centre, radius and mean error of the sphere nearest to points [N, 3]."""
    mean = points.mean(0)
    around = (points - mean).astype(np.float64)
    design = np.concatenate([2 * around, np.ones((len(around), 1))], 1)
    solution, _, rank, _ = np.linalg.lstsq(design, (around**2).sum(1), rcond=1e-6)
    if rank < 4:  # flat
        return mean, np.inf, np.inf
    distance = np.linalg.norm(around - solution[:3], axis=1)
    return mean + solution[:3], float(distance.mean()), float(np.abs(distance - distance.mean()).mean())


def _turn(about: Floats, step: Floats) -> Sequence[float] | NDArray[np.float32]:
    """Yaw, pitch and roll that a displacement [N, 3] of a ball [N, 3] about its centre is; zero where it is no turn.

    Kabsch's rotation, by singular values.
    """
    length = np.linalg.norm(step)
    if length < 0.01 * np.linalg.norm(about):
        return (0.0, 0.0, 0.0)
    left, _, right = np.linalg.svd((about + step).T.astype(np.float64) @ about.astype(np.float64))
    rotation = left @ np.diag([1.0, 1.0, np.linalg.det(left @ right)]) @ right
    if np.linalg.norm(about @ rotation.T - about - step) > 0.4 * length:
        return (0.0, 0.0, 0.0)
    yaw, pitch = np.arctan2(rotation[0, 2], rotation[2, 2]), -np.arcsin(np.clip(rotation[1, 2], -1, 1))
    return np.array([yaw, pitch, np.arctan2(rotation[1, 0], rotation[1, 1])], np.float32)
