"""What the pictures of a face show, and how they change."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from avatar.emotion_reading import FaceAppearance
from avatar.lipreading import Appearance


def pose(head, **values):
    weights = torch.zeros(1, len(head.space))
    for name, value in values.items():
        weights[0, head.space.index(name)] = value
    return head(weights)[None]


def changed(head, pictures, **values):
    """How much each pixel changes [H, W]."""
    return (pictures(pose(head, **values)) - pictures(head.neutral()[None])).abs()[0, 0]


@pytest.mark.parametrize(
    ("values", "rows"),
    [
        ({"browInnerUp": 1.0, "browOuterUpLeft": 1.0}, slice(4, 20)),
        ({"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0}, slice(16, 28)),
        ({"mouthSmileLeft": 1.0, "mouthSmileRight": 1.0}, slice(44, 72)),
    ],
)
def test_brows_eyes_and_mouth_show_where_they_are(head, pictures, values, rows):
    change = changed(head, pictures, **values).sum(1)
    assert change.sum() > 3.0
    assert change[rows].sum() > 0.6 * change.sum()


def test_a_turned_head_does_not_show(head, pictures):
    """Apart from the neck's, at the lower rim."""
    turned = changed(head, pictures, headYaw=0.5, headPitch=0.2, headRoll=-0.2)
    assert turned[:70].max() < 0.02


def test_brows_and_eyes_have_colours_of_their_own(head, pictures):
    rest = head.neutral()[None]
    plain, fair, dark = (
        pictures(rest, [replace(FaceAppearance(), **values)])[0, 0] for values in ({}, {"hair": 3.0}, {"eyes": 0.5})
    )
    assert (fair - plain)[8:16].max() > 0.1
    assert (fair - plain)[28:].abs().max() < 0.01
    assert (dark - plain)[20:28].min() < -0.1
    assert (dark - plain)[28:].abs().max() < 0.01


def test_looks_of_other_pictures_are_refused(head, pictures):
    with pytest.raises(TypeError, match="must be FaceAppearance, got Appearance"):
        pictures(head.neutral()[None], [Appearance()])


def test_looks_repeat_with_their_seed():
    one, same, other = (FaceAppearance.sample(np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert isinstance(one, FaceAppearance)
    assert one == same
    assert one.hair != other.hair
