"""The built-in head's interface: shapes, errors, gradients, batches."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from avatar.rigs import BuiltInHead
from avatar.rigs.gaze import UPDOWN

Pose = Callable[..., Tensor]


def random_weights(head: BuiltInHead, batch: int) -> Tensor:
    weights = torch.rand(batch, len(head.space), generator=torch.Generator().manual_seed(0))
    weights[:, 52:] -= 0.5
    return weights


def test_tables_fit_the_vertices(head: BuiltInHead) -> None:
    vertices = head(torch.zeros(2, len(head.space)))
    count = vertices.shape[1]
    assert vertices.shape == (2, count, 3)
    assert head.faces.max() < count and head.faces.dtype == torch.int64
    assert head.uv.shape == (count, 2) and head.corner_uv.shape == (*head.faces.shape, 2)
    assert head.face_parts.shape == (len(head.faces),) and head.face_parts.max() + 1 == len(head.parts)
    assert head.part_colours.shape == (len(head.parts), 3) and head.vertex_colours.shape == (count, 3)
    assert head.landmarks.shape == (68,) and len(set(head.landmarks.tolist())) == 68
    assert sum(axis.minimum == -1 for axis in head.identity_space.controls) >= 40


def test_a_batch_of_one_is_a_slice_of_a_batch(head: BuiltInHead) -> None:
    weights, identity = random_weights(head, 3), head.sample_identity(torch.Generator().manual_seed(1), 3)
    whole = head(weights, identity)
    for k in range(3):
        torch.testing.assert_close(head(weights[k : k + 1], identity[k : k + 1])[0], whole[k], atol=1e-6, rtol=0)


def test_one_identity_serves_all_frames(head: BuiltInHead) -> None:
    weights, identity = random_weights(head, 3), head.sample_identity(torch.Generator().manual_seed(1))
    torch.testing.assert_close(head(weights, identity), head(weights, identity.expand(3, -1)), atol=1e-6, rtol=0)


def test_equal_seeds_draw_equal_people_within_the_axes(head: BuiltInHead) -> None:
    first, second = (head.sample_identity(torch.Generator().manual_seed(5), 64) for _ in range(2))
    assert torch.equal(first, second) and not torch.equal(first[0], first[1])
    assert (first >= torch.from_numpy(head.identity_space.minimum)).all()
    assert (first <= torch.from_numpy(head.identity_space.maximum)).all()


@pytest.mark.parametrize("shape", [(61,), (2, 60), (2, 3, 61)])
def test_wrong_weights_say_what_was_expected(head: BuiltInHead, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"weights must be \[B, 61\]"):
        head(torch.zeros(shape))


def test_wrong_identity_says_what_was_expected(head: BuiltInHead) -> None:
    with pytest.raises(ValueError, match=r"identity must be \[B, "):
        head(torch.zeros(2, 61), torch.zeros(2, 5))
    with pytest.raises(ValueError, match="identity must have 1 row"):
        head(torch.zeros(2, 61), torch.zeros(3, len(head.identity_space)))


def test_a_missing_file_says_how_to_bake_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"python -m avatar\.rigs\.bake"):
        BuiltInHead.load(tmp_path / "none.safetensors")


def test_another_file_is_refused(tmp_path: Path) -> None:
    save_file({"rest": torch.zeros(3, 3)}, tmp_path / "other.safetensors")
    with pytest.raises(ValueError, match="must be a baked head"):
        BuiltInHead.load(tmp_path / "other.safetensors")


@pytest.mark.parametrize("at_rest", [True, False])
def test_gradients_are_right_also_at_rest(head: BuiltInHead, at_rest: bool) -> None:
    exact = BuiltInHead.load().double()
    weights = torch.zeros(1, 61) if at_rest else random_weights(head, 1) * 0.8
    identity = torch.zeros(1, len(head.identity_space))
    if not at_rest:
        identity = head.sample_identity(torch.Generator().manual_seed(3))
    some = torch.cat([index[:3] for index in head.regions.values()]).unique()

    def vertices(weights: Tensor, identity: Tensor) -> Tensor:
        return 100 * exact(weights, identity)[:, some]

    inputs = (weights.double().requires_grad_(), identity.double().requires_grad_())
    assert torch.autograd.gradcheck(vertices, inputs, eps=1e-6, atol=1e-4)


def test_eyes_turn_as_rigid_balls_about_their_centres(head: BuiltInHead) -> None:
    weights, identity = random_weights(head, 4), head.sample_identity(torch.Generator().manual_seed(2), 4)
    weights[:, head.space.indices(("headYaw", "headPitch", "headRoll"))] = 0
    turned, rest = head(weights, identity), head.neutral(identity)
    centres, _ = head.gaze.balls_of(rest, identity)
    for side, name in enumerate(("left_eye", "right_eye")):
        ball = head.regions[name]
        assert (turned[:, ball] - rest[:, ball]).norm(dim=-1).max() > 1e-3
        torch.testing.assert_close(
            torch.cdist(turned[:, ball], turned[:, ball], compute_mode="donot_use_mm_for_euclid_dist"),
            torch.cdist(rest[:, ball], rest[:, ball], compute_mode="donot_use_mm_for_euclid_dist"),
            atol=1e-5,
            rtol=0,
        )
        spokes = [(vertices[:, ball] - centres[:, side, None]).norm(dim=-1) for vertices in (turned, rest)]
        torch.testing.assert_close(spokes[0], spokes[1], atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("control", "side", "axis", "sign"),
    [
        ("leftEyeYaw", "left", 0, 1),
        ("rightEyeYaw", "right", 0, 1),
        ("eyeLookOutLeft", "left", 0, 1),
        ("eyeLookOutRight", "right", 0, -1),
        ("eyeLookInLeft", "left", 0, -1),
        ("leftEyePitch", "left", 1, -1),
        ("eyeLookDownRight", "right", 1, -1),
        ("eyeLookUpRight", "right", 1, 1),
    ],
)
def test_eyes_look_where_they_are_told(
    head: BuiltInHead, pose: Pose, control: str, side: str, axis: int, sign: int
) -> None:
    ball = head.regions[f"{side}_eye"]
    front = ball[head.rest[ball, 2].argmax()]
    moved = (head(pose(**{control: 0.5})) - head.neutral())[0, front]
    assert moved[axis] * sign > 2e-3


def test_lids_follow_the_eyes_own_angles(head: BuiltInHead, pose: Pose) -> None:
    lids = head.regions["left_lids"]
    by_angle = head(pose(leftEyePitch=UPDOWN + 0.01))[:, lids]
    by_shape = head(pose(eyeLookDownLeft=1.0))[:, lids]
    torch.testing.assert_close(by_angle, by_shape, atol=3e-4, rtol=0)


def test_the_head_turns_and_the_shoulders_stay(head: BuiltInHead, pose: Pose) -> None:
    moved = (head(pose(headYaw=0.5)) - head.neutral())[0]
    nose = head.landmarks[30]
    assert moved[nose, 0] > 0.03  # towards the subject's left
    assert moved[head.regions["shirt"]].abs().max() == 0
    assert (head(pose(headPitch=0.3)) - head.neutral())[0, nose, 1] < -0.02  # looks down


def test_landmarks_stand_where_the_names_say(head: BuiltInHead) -> None:
    x, y, z = head.rest[head.landmarks].T
    assert (x[[0, 36, 48, 17]] < 0).all() and (x[[16, 45, 54, 26]] > 0).all()
    assert x[[8, 27, 30, 33, 51, 57, 62, 66]].abs().max() < 1e-4
    assert z.argmax() == 30
    assert (y[17:27] > y[36:48].max()).all() and (y[[37, 38, 43, 44]] > y[[41, 40, 47, 46]]).all()
    assert (y[48:68] < y[33]).all() and y[8] < y.min() + 1e-3


def test_morph_targets_add_up_to_the_head(head: BuiltInHead, pose: Pose) -> None:
    targets = head.morph_targets()
    smile = head.space.indices(("mouthSmileLeft", "mouthSmileRight"))
    skin = head.regions["skin"]
    both = head(pose(mouthSmile=0.5))[0, skin]
    torch.testing.assert_close(both, (head.rest + 0.5 * targets[smile].sum(0))[skin], atol=1e-6, rtol=0)
    assert targets[head.space.index("tongueOut"), head.regions["tongue"]].norm(dim=-1).max() > 0.02
    assert targets[:, head.regions["left_eye"]].abs().max() == 0
