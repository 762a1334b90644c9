"""A few points of the face that its form gives away, for heads without landmarks."""

import numpy as np
from numpy.typing import NDArray

from avatar.rigs.control_groups import SIDES
from avatar.rigs.correspondence import Skin
from avatar.rigs.rig import Rig

Integers = NDArray[np.int64]

_ROUND_THE_BALL = 1.25
"""Skin that is nearer to an eyeball's centre than so many radii is its lids."""


def facial_points(rig: Rig, skin: Skin) -> Integers:
    """The tip of the nose, and of each eye the inner, outer, upper and lower end of what lies on the ball [9].

    Args:
        rig: the head; its regions "left_eye" and "right_eye" are the eyeballs.
        skin: its skin.

    Returns:
        Vertex indices of the rig; -1 where a point is not to be found.
    """
    mouth = skin.rest[skin.places(np.array(rig.mouth_corners))]
    width = np.linalg.norm(mouth[0] - mouth[1])
    about = skin.rest - mouth.mean(0)
    nose = (np.abs(about[:, 0]) < 0.2 * width) & (about[:, 1] > 0.2 * width) & (about[:, 1] < 1.2 * width)
    found = [_furthest(skin, nose, np.array([0.0, 0.0, 1.0]))]
    for side in SIDES:
        found += _eye(rig, skin, side)
    return np.array(found, np.int64)


def _eye(rig: Rig, skin: Skin, side: str) -> list[int]:
    if f"{side}_eye" not in rig.regions:
        return [-1] * 4
    with_eye = 1000.0 * rig.neutral()[0].detach().cpu().numpy()[rig.regions[f"{side}_eye"].cpu().numpy()]
    centre = 0.5 * (with_eye.min(0) + with_eye.max(0))
    radius = 0.5 * np.ptp(with_eye[:, 0])
    about = skin.rest - centre
    lids = (np.linalg.norm(about, axis=1) < _ROUND_THE_BALL * radius) & (about[:, 2] > 0)
    outward = 1.0 if side == "left" else -1.0
    ways = [(-outward, 0, 0), (outward, 0, 0), (0, 1, 0), (0, -1, 0)]
    return [_furthest(skin, lids, np.array(way, np.float64)) for way in ways]


def _furthest(skin: Skin, among: NDArray[np.bool_], way: NDArray[np.float64]) -> int:
    if not among.any():
        return -1
    return int(skin.vertices[np.where(among, skin.rest @ way, -np.inf).argmax()])
