"""Points that a face's form gives away."""

from types import SimpleNamespace

import numpy as np

from avatar.rigs import BuiltInHead
from avatar.rigs.correspondence import Skin
from avatar.rigs.facial_points import facial_points


def test_nose_and_eyes_are_found_near_their_landmarks(head: BuiltInHead) -> None:
    rest = 1000.0 * head.rest.numpy().astype(np.float64)
    found = facial_points(head, Skin.of(head, rest))
    # Tip of the nose; inner and outer corners of the left and of the right eye.
    landmarks = head.landmarks.numpy()[[30, 42, 45, 39, 36]]
    distance = np.linalg.norm(rest[found[[0, 1, 2, 5, 6]]] - rest[landmarks], axis=1)
    assert distance.max() < 9
    above, below = found[[3, 7]], found[[4, 8]]
    assert (rest[above, 1] > rest[below, 1] + 5).all()


def test_what_is_not_there_is_not_found(head: BuiltInHead) -> None:
    rest = 1000.0 * head.rest.numpy().astype(np.float64)
    skin = Skin.of(head, rest)

    blind = SimpleNamespace(regions={}, mouth_corners=head.mouth_corners)
    assert (facial_points(blind, skin)[1:] == -1).all()
