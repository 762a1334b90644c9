"""What the losses say of faces whose errors are known, and what they refuse."""

import pytest
import torch

from avatar.articulation.phones import Phone
from avatar.losses import (
    LandmarkLoss,
    LidContactLoss,
    LipContactLoss,
    PhotometricLoss,
    ProjectedLandmarkLoss,
    SymmetryLoss,
    VelocityLoss,
    VertexLoss,
    contact_demands,
    region_weights,
)
from avatar.renderers import Camera
from avatar.rigs import BuiltInHead


@pytest.fixture(scope="module")
def head():
    return BuiltInHead.load()


@pytest.fixture(scope="module")
def pose(head):
    def make(**values):
        weights = torch.zeros(1, len(head.space))
        for name, value in values.items():
            weights[0, head.space.index(name)] = value
        return head(weights)

    return make


def test_vertices_are_compared_in_millimetres_and_by_region(head):
    rest = head.neutral()
    moved = rest.clone()
    moved[:, head.regions["lips"], 1] += 0.005
    assert VertexLoss()(rest, rest) == 0
    only = VertexLoss(region_weights(head, {"lips": 1.0}, elsewhere=0.0))
    assert only(moved, rest).item() == pytest.approx(5.0, abs=0.11)
    share = len(head.regions["lips"]) / len(head.rest)
    assert VertexLoss()(moved, rest).item() == pytest.approx(only(moved, rest).item() * share, rel=1e-4)
    # The skin holds the lips: the region named last counts.
    assert region_weights(head, {"skin": 1.0, "lips": 7.0})[head.regions["lips"]].eq(7.0).all()


def test_velocity_ignores_a_constant_error_and_knows_the_clock():
    still = torch.zeros(2, 4, 5, 3)
    loss = VelocityLoss(50.0)
    assert loss(still + 0.01, still).item() == pytest.approx(0.0, abs=1e-4)
    steps = still + 0.001 * torch.arange(4.0)[:, None, None] * torch.tensor([1.0, 0.0, 0.0])
    assert loss(steps, still).item() == pytest.approx(50.0, abs=5.0)
    assert VelocityLoss(100.0)(steps, still) > 1.9 * loss(steps, still)


def test_open_lips_cost_their_opening_where_they_must_meet(head, pose):
    loss, wide = LipContactLoss(head), pose(jawOpen=0.5)
    must, must_not = torch.ones(1), -torch.ones(1)
    opening = loss(wide, must).item()
    assert opening > 5.0
    assert loss(wide, must_not) == 0
    assert loss(head.neutral(), must_not).item() == pytest.approx(2.0)
    turned = pose(jawOpen=0.5, headYaw=0.4, headPitch=-0.2)
    assert loss(turned, must).item() == pytest.approx(opening, rel=1e-3)
    both = torch.cat([wide, head.neutral()])[None]
    assert loss(both, torch.tensor([[3.0, 1.0]])).item() == pytest.approx(0.75 * opening, rel=1e-4)
    assert loss(both, torch.zeros(1, 2)) == 0


def test_lids_cost_what_they_are_apart_where_they_must_meet(head, pose):
    loss, one_closed = LidContactLoss(head), pose(eyeBlinkLeft=1.0)
    assert loss(one_closed, torch.tensor([[1.0, 0.0]])).item() == pytest.approx(0.0, abs=1e-3)
    assert loss(one_closed, torch.tensor([[0.0, 1.0]])).item() == pytest.approx(4.65, abs=0.1)
    assert loss(one_closed, torch.tensor([[-1.0, -1.0]])).item() == pytest.approx(1.0, abs=1e-3)


def test_demands_are_made_in_the_middle_of_phones():
    phones = [Phone("M", 0.0, 0.2), Phone("AY", 0.2, 0.6), Phone("S", 0.6, 0.8), Phone("P", 0.8, 0.81)]
    demands = contact_demands(phones, fps=50, frames=50)
    assert demands.nonzero()[demands[demands != 0] > 0].flatten().tolist() == [3, 4, 5, 6, 7, 40]
    assert (demands == -1).nonzero().flatten().tolist() == list(range(15, 26))


def test_landmarks_in_space_and_in_pictures(head, pose):
    rest, size = head.neutral(), (200, 200)
    camera = Camera.portrait(head.rest)
    three, two = LandmarkLoss(head.landmarks), ProjectedLandmarkLoss(head.landmarks, camera, size)
    places, pixels = rest[:, head.landmarks], camera.project(rest[:, head.landmarks], size)
    assert three(rest, places) == 0
    assert two(rest, pixels).item() == pytest.approx(0.0, abs=1e-5)
    assert three(rest, places + torch.tensor([0.003, 0.0, 0.0])).item() == pytest.approx(3.0, abs=0.1)
    assert two(rest, pixels + torch.tensor([0.0, 10.0])).item() == pytest.approx(10.0, abs=0.5)
    wrong = pixels.clone()
    wrong[:, 0] += 50.0
    confidence = torch.ones(68)
    confidence[0] = 0.0
    assert two(rest, wrong, confidence).item() == pytest.approx(0.0, abs=1e-5)


def test_pictures_outside_the_mask_do_not_count():
    pictures, mask = torch.rand(2, 16, 16, 3, generator=torch.Generator().manual_seed(0)), torch.zeros(1, 16, 16)
    target = pictures.clone()
    target[:, :5] += 1.0
    mask[:, 5:] = 1.0
    assert PhotometricLoss(levels=3)(pictures, target, mask) == 0
    assert PhotometricLoss(levels=3)(pictures, target) > 0.2
    assert PhotometricLoss()(pictures, target, 0 * mask) == 0


def test_bright_errors_count_by_their_size_alone():
    dark, knee = torch.zeros(1, 4, 4, 1), 0.05
    loss = PhotometricLoss(knee=knee)
    assert loss(dark, dark + 2.0) == pytest.approx(2.0 - knee, abs=1e-3)
    assert loss(dark, dark + 0.001) == pytest.approx(0.001**2 / (2 * knee), rel=1e-3)


def test_symmetric_faces_cost_little_and_crooked_ones_much(head, pose):
    loss = SymmetryLoss(head, region_weights(head, {"lips": 1.0}, elsewhere=0.0))
    even = loss(pose(mouthSmileLeft=0.8, mouthSmileRight=0.8, headYaw=0.3)).item()
    crooked = loss(pose(mouthSmileLeft=0.8)).item()
    assert even < 0.05 * crooked
    assert crooked > 2.0
    # What a person is at rest is not a movement.
    person = head.sample_identity(torch.Generator().manual_seed(3))
    assert loss(head.neutral(person), neutral=head.neutral(person)).item() == pytest.approx(0.0, abs=1e-3)


def test_partners_are_mutual_almost_everywhere(head):
    partners = SymmetryLoss(head).partners
    assert (partners[partners] == torch.arange(len(partners))).float().mean() > 0.97
    left, right = head.mouth_corners
    assert partners[left] == right


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda rig: VertexLoss()(torch.zeros(2, 4), torch.zeros(2, 4)), r"vertices must be \[..., V, 3\] metres"),
        (lambda rig: VertexLoss()(torch.zeros(2, 4, 3), torch.zeros(4, 3)), "must have the same shape"),
        (lambda rig: VertexLoss(torch.ones(5))(torch.zeros(4, 3), torch.zeros(4, 3)), r"must be \[..., 5, 3\]"),
        (lambda rig: VelocityLoss(0.0), "fps must be frames a second above 0"),
        (lambda rig: VelocityLoss(25.0)(torch.zeros(1, 4, 3), torch.zeros(1, 4, 3)), "two frames or more"),
        (lambda rig: LipContactLoss(rig)(rig.neutral(), torch.ones(2)), r"demands must be \[1\]"),
        (lambda rig: LidContactLoss(rig)(rig.neutral(), torch.ones(1)), r"demands must be \[1, 2\]"),
        (lambda rig: LandmarkLoss(torch.zeros(0, dtype=torch.int64)), "landmarks must be"),
        (lambda rig: LandmarkLoss(rig.landmarks)(rig.neutral(), torch.zeros(1, 5, 3)), "one place for each landmark"),
        (lambda rig: PhotometricLoss(levels=0), "levels must be 1 or more"),
        (lambda rig: PhotometricLoss()(torch.zeros(4, 4, 3), torch.zeros(4, 4, 3)), "add a batch axis"),
        (lambda rig: PhotometricLoss(levels=4)(torch.zeros(1, 4, 4, 3), torch.zeros(1, 4, 4, 3)), "at least 8 pixels"),
        (lambda rig: region_weights(rig, {"lip": 1.0}), "must name regions of the rig"),
        (lambda rig: region_weights(rig, {"lips": -1.0}), "0 or more"),
    ],
)
def test_what_does_not_fit_is_refused(head, call, message):
    with pytest.raises(ValueError, match=message):
        call(head)
