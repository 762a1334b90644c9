"""Measures of the mouth."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from avatar.rigs import BuiltInHead
from avatar.rigs.mouth import measure

Pose = Callable[..., Tensor]


def test_the_neutral_mouth_is_closed_and_off_the_teeth(head: BuiltInHead, pose: Pose) -> None:
    mouth = measure(head(pose()), head)
    assert mouth.opening.item() == 0 and mouth.protrusion.item() == 0
    assert 40 < mouth.width.item() < 50
    assert mouth.lower_lip_to_teeth.item() > 3


def test_the_jaw_opens_and_mouth_close_answers(head: BuiltInHead, pose: Pose) -> None:
    openings = [measure(head(pose(jawOpen=x)), head).opening.item() for x in (0.0, 0.1, 0.5, 1.0)]
    assert openings == sorted(openings) and 2 < openings[1] < 5 and 30 < openings[3] < 40
    for x in (0.25, 0.5, 1.0):
        assert measure(head(pose(jawOpen=x, mouthClose=x)), head).opening.item() < 0.5


def test_lips_move_as_the_shapes_names_say(head: BuiltInHead, pose: Pose) -> None:
    rest = measure(head(pose()), head)
    assert measure(head(pose(mouthSmile=1.0)), head).width.item() > rest.width.item() + 8
    pucker = measure(head(pose(mouthPucker=1.0)), head)
    assert pucker.width.item() < rest.width.item() - 5 and pucker.protrusion.item() > 5
    bite = measure(head(pose(mouthRollLower=0.7, jawOpen=0.1)), head)
    assert bite.lower_lip_to_teeth.item() < 2
    assert measure(head(pose(mouthPress=1.0)), head).signed_opening.item() < 0


def test_turning_the_head_changes_nothing(head: BuiltInHead, pose: Pose) -> None:
    face = {"jawOpen": 0.3, "mouthSmileLeft": 0.5, "mouthPucker": 0.2}
    still = measure(head(pose(**face)), head)
    turned = measure(head(pose(**face, headYaw=0.5, headPitch=-0.3, headRoll=0.2)), head)
    for name, value in vars(still).items():
        torch.testing.assert_close(getattr(turned, name), value, atol=2e-2, rtol=0, msg=name)


def test_another_person_is_measured_against_their_own_rest(head: BuiltInHead, pose: Pose) -> None:
    identity = head.sample_identity(torch.Generator().manual_seed(4))
    mouth = measure(head(pose(), identity), head, neutral=head.neutral(identity))
    assert abs(mouth.signed_opening.item()) < 1e-3 and abs(mouth.protrusion.item()) < 1e-3


def test_arrays_give_arrays_with_the_same_numbers(head: BuiltInHead, pose: Pose) -> None:
    vertices = head(pose(jawOpen=0.4))
    tensors, arrays = measure(vertices, head), measure(vertices.numpy(), head)
    for name, value in vars(tensors).items():
        assert isinstance(getattr(arrays, name), np.ndarray)
        np.testing.assert_allclose(getattr(arrays, name), value.numpy())


def test_measures_pass_gradients_to_the_weights(head: BuiltInHead, pose: Pose) -> None:
    weights = pose(jawOpen=0.4).requires_grad_()
    measure(head(weights), head).opening.sum().backward()
    assert weights.grad is not None
    assert weights.grad[0, head.space.index("jawOpen")] > 20
    assert weights.grad[0, head.space.index("mouthClose")] < -20


def test_a_single_frame_says_that_a_batch_is_wanted(head: BuiltInHead) -> None:
    with pytest.raises(ValueError, match="add a batch axis"):
        measure(head.neutral()[0], head)
