"""What the pictures of a mouth show, and how they change."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from avatar.lipreading import Appearance
from avatar.lipreading.grey_pictures import camera_at
from avatar.lipreading.mouth_pictures import FRAME


def pose(head, **values):
    weights = torch.zeros(1, len(head.space))
    for name, value in values.items():
        weights[0, head.space.index(name)] = value
    return head(weights)[None]


def test_an_open_mouth_shows_and_a_turned_head_does_not(head, pictures):
    rest, wide = pictures(head.neutral()[None]), pictures(pose(head, jawOpen=0.6))
    turned = pictures(pose(head, headYaw=0.5, headPitch=0.2, headRoll=-0.2))
    assert rest.shape == (1, 1, 48, 48)
    assert (turned - rest).abs().mean() < 1e-3
    changed = (wide - rest).abs()[0, 0]
    assert changed[20:40, 16:32].mean() > 0.06
    assert changed[:8].mean() < 0.3 * changed[20:40, 16:32].mean()


def test_the_mouth_is_in_the_middle_and_moves_with_the_camera(head):
    corners = head.rest[list(head.mouth_corners)].numpy()
    middle, size = corners.mean(0), (48, 48)
    camera = camera_at(middle, Appearance(), FRAME)
    np.testing.assert_allclose(camera.project(middle, size), [24.0, 24.0], atol=1e-6)
    left, right = camera.project(corners, size)
    assert left[0] - right[0] == pytest.approx(48 * 0.0436 / 0.075, rel=0.02)
    shifted = camera_at(middle, Appearance(shift=(0.1, -0.2), zoom=2.0), FRAME)
    np.testing.assert_allclose(shifted.project(middle, size), [24.0 + 4.8, 24.0 - 9.6], atol=1e-6)
    # From the subject's left and from above.
    aside = camera_at(middle, Appearance(yaw=0.4, pitch=0.3), FRAME).position - middle
    assert aside[0] > 0.2
    assert aside[1] > 0.15
    rolled = camera_at(middle, Appearance(roll=0.2), FRAME).project(middle + np.array([0.0, 0.01, 0.0]), size)
    assert rolled[0] > 25.0


def test_clips_are_drawn_apart(head, pictures):
    looks = [Appearance(), Appearance(yaw=0.3, skin=0.5, blur=0.6)]
    frames = torch.cat([pose(head, jawOpen=value) for value in (0.0, 0.3)], 1)
    people = head.neutral(head.sample_identity(torch.Generator().manual_seed(0), 2))
    both = pictures(frames.expand(2, -1, -1, -1), looks, neutral=people)
    second = pictures(frames, looks[1:], neutral=people[1:])
    assert both.shape == (2, 2, 48, 48)
    torch.testing.assert_close(both[1:], second, rtol=0, atol=1e-5)
    assert (both[0] - both[1]).abs().mean() > 0.05


def test_noise_repeats_with_its_seed_and_looks_with_theirs(head, pictures):
    look = replace(Appearance(), noise=0.05)
    one, same, other = (
        pictures(head.neutral()[None], [look], generator=torch.Generator().manual_seed(seed)) for seed in (0, 0, 1)
    )
    assert torch.equal(one, same)
    assert (one - other).abs().mean() == pytest.approx(0.05 * 2 / np.sqrt(np.pi), rel=0.1)
    assert Appearance.sample(np.random.default_rng(3)) == Appearance.sample(np.random.default_rng(3))
    assert Appearance.sample(np.random.default_rng(3)) != Appearance.sample(np.random.default_rng(4))


def test_what_does_not_fit_is_refused(head, pictures):
    with pytest.raises(ValueError, match="an axis for clips"):
        pictures(head.neutral())
    with pytest.raises(ValueError, match="appearances must be 1 or 2"):
        pictures(head.neutral()[None].expand(2, -1, -1, -1), [Appearance()] * 3)
    with pytest.raises(ValueError, match="neutral must be"):
        pictures(head.neutral()[None], neutral=head.neutral()[0])
