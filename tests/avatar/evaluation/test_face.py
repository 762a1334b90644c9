"""The mouth measured from vertices."""

import numpy as np
import pytest
import torch

from avatar.controls import ARKIT
from avatar.evaluation.face import Face
from avatar.evaluation.recording import face_of
from avatar.rigs import BuiltInHead
from avatar.rigs.mouth import measure
from avatar.rigs.rotations import yaw_pitch_roll


@pytest.fixture(scope="module")
def head() -> BuiltInHead:
    return BuiltInHead.load()


@pytest.fixture(scope="module")
def face(head: BuiltInHead) -> Face:
    return face_of(head)


@pytest.fixture(scope="module")
def talking(head: BuiltInHead) -> torch.Tensor:
    weights = 0.4 * torch.rand(5, len(ARKIT), generator=torch.Generator().manual_seed(2))
    weights[:, 52:] = 0
    return head(weights)


def test_measures_are_those_of_the_rig(head: BuiltInHead, face: Face, talking: torch.Tensor) -> None:
    found = face.motion([1000 * talking.double().numpy()], fps=30)
    asked = measure(talking, head)
    for name in ("opening", "width", "protrusion", "lower_lip_to_teeth"):
        np.testing.assert_allclose(getattr(found, name), getattr(asked, name), atol=5e-3, err_msg=name)


def test_a_head_that_moves_as_a_whole_is_held(face: Face, talking: torch.Tensor) -> None:
    still = 1000 * talking.double().numpy()
    turn = yaw_pitch_roll(torch.tensor([[0.3, -0.2, 0.1]], dtype=torch.float64))[0].numpy()
    np.testing.assert_allclose(face.held(still @ turn.T + [10, -20, 30]), still, atol=0.02)


def test_masks_lie_where_their_names_say(head: BuiltInHead, face: Face) -> None:
    assert face.lips is not None and face.upper_face is not None
    assert set(face.lips.vertices) >= set(head.regions["upper_lip"].tolist())
    above = face.rest[face.upper_face.vertices, 1]
    assert above.min() > face.rest[list(head.mouth_corners), 1].max() + 20
    assert not set(face.upper_face.vertices) & set(head.regions["left_eye"].tolist())
