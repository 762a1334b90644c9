"""What displacements alone leave out, as more displacements."""

import numpy as np
import torch

from avatar.animation import Animation
from avatar.controls import ARKIT
from avatar.export.correctives import TOLERANCE, correctives
from avatar.export.head import identity_vector, shipped_head


def animated(**curves):
    return Animation.from_curves(ARKIT, curves, 60)


def test_nothing_where_shapes_add_up():
    head = shipped_head()
    found = correctives(head, identity_vector(head, {}), animated(jawOpen=np.linspace(0, 1, 9)))
    assert found.weights.shape == (9, 0) and len(found.vertices) == 0


def test_few_are_enough_for_many_frames_of_blinks_and_gaze():
    head = shipped_head()
    time = np.linspace(0, 4, 150)
    blink = np.clip(np.sin(5 * time), 0, 1)
    clip = animated(
        eyeBlinkLeft=blink, eyeBlinkRight=blink, leftEyePitch=0.2 * np.sin(time), rightEyePitch=0.2 * np.sin(time)
    )
    found = correctives(head, identity_vector(head, {}), clip)
    assert 1 <= len(found.steps) <= 20
    assert abs(found.weights).max() <= 1 + 1e-6
    weights = torch.tensor(clip.weights)
    with torch.inference_mode():
        shapes = weights[:, ARKIT.indices(head.morph_names)] @ head.morph_targets().flatten(1)
        points = (head.neutral() + shapes.reshape(len(weights), -1, 3)).numpy()
        truth = head(weights).numpy()
    before = np.linalg.norm(points - truth, axis=-1)
    points[:, found.vertices] += np.einsum("tk,knd->tnd", found.weights, found.steps)
    left = np.linalg.norm(points - truth, axis=-1)
    for ball in head.balls:
        before[:, ball] = left[:, ball] = 0  # they turn with their joints
    assert before.max() > 1e-3 and left.max() < 1.1 * TOLERANCE


def test_turning_the_head_needs_none():
    head = shipped_head()
    clip = animated(headYaw=[0.0, 0.4], headPitch=[0.0, -0.2])
    assert not len(correctives(head, identity_vector(head, {}), clip).steps)
