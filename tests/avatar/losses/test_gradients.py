"""Each loss against each of the 61 controls: what it feels, and that what it feels is right."""

import pytest
import torch

from avatar.losses import (
    LandmarkLoss,
    LidContactLoss,
    LipContactLoss,
    PhotometricLoss,
    ProjectedLandmarkLoss,
    SymmetryLoss,
    VelocityLoss,
    VertexLoss,
    region_weights,
)
from avatar.renderers import Camera, interpolate, motion_gradients, rasterize

STEP = 1e-6
TURNS = {"headYaw", "headPitch", "headRoll"}


def losses(scene):
    """Losses by name, of vertices [1, V, 3]; what is wanted of them is another pose."""
    head = scene.head
    with torch.no_grad():
        now, wanted = head(scene.weights), head(scene.wanted)
    one, camera = wanted.new_ones(1), Camera.portrait(head.rest, turn=0.2)
    vertex, velocity = VertexLoss(), VelocityLoss(25.0)
    lips, apart, lids = LipContactLoss(head), LipContactLoss(head, open=30.0), LidContactLoss(head)
    landmark, symmetry = LandmarkLoss(head.landmarks), SymmetryLoss(head)
    projected = ProjectedLandmarkLoss(head.landmarks, camera, (128, 128))
    pixels = camera.project(wanted[:, head.landmarks], (128, 128))
    brows = VertexLoss(region_weights(head, {"brows": 1.0}, elsewhere=0.0))
    return {
        "vertex": lambda found: vertex(found, wanted),
        "vertex of brows": lambda found: brows(found, wanted),
        "velocity": lambda found: velocity(torch.cat([now, found]), torch.cat([wanted, 1.01 * wanted])),
        "lips closed": lambda found: lips(found, one),
        "lips open": lambda found: apart(found, -one),
        "lids": lambda found: lids(found, one.expand(1, 2)),
        "landmark": lambda found: landmark(found, wanted[:, head.landmarks]),
        "projected landmark": lambda found: projected(found, pixels),
        "symmetry": symmetry,
    }


DEAF = {
    "vertex": set(),
    "vertex of brows": {"tongueOut", "leftEyeYaw", "leftEyePitch", "leftEyeRoll"},
    "velocity": set(),
    "lips closed": TURNS | {"tongueOut", "eyeBlinkLeft", "eyeBlinkRight", "leftEyeYaw", "rightEyePitch"},
    "lips open": TURNS | {"tongueOut", "eyeBlinkLeft", "eyeBlinkRight", "leftEyeYaw", "rightEyePitch"},
    "lids": TURNS | {"tongueOut", "jawOpen", "jawForward", "mouthClose", "leftEyeRoll", "rightEyeRoll"},
    "landmark": {"tongueOut", "leftEyeRoll", "rightEyeRoll"},
    "projected landmark": {"tongueOut", "leftEyeRoll", "rightEyeRoll"},
    "symmetry": set(),
}
"""Controls that a loss must not feel, some of many."""

HEARD = {
    "vertex": None,
    "vertex of brows": {"browInnerUp", "browDownLeft", "browOuterUpRight"} | TURNS,
    "velocity": None,
    "lips closed": {"jawOpen", "mouthClose", "mouthRollLower", "mouthUpperUpLeft", "mouthLowerDownRight"},
    "lips open": {"jawOpen", "mouthClose", "mouthRollLower", "mouthUpperUpLeft", "mouthLowerDownRight"},
    "lids": {"eyeBlinkLeft", "eyeBlinkRight", "eyeWideLeft", "eyeSquintRight", "leftEyePitch"},
    "landmark": {"jawOpen", "mouthSmileLeft", "eyeBlinkRight", "browInnerUp", "mouthPucker"} | TURNS,
    "projected landmark": {"jawOpen", "mouthSmileLeft", "eyeBlinkRight", "browInnerUp", "mouthPucker"} | TURNS,
    "symmetry": {"mouthSmileLeft", "jawLeft", "eyeBlinkRight", "browOuterUpLeft", "leftEyeYaw"},
}
"""Controls that a loss must feel; None is all 61."""


@pytest.fixture(scope="module")
def all_losses(scene):
    return losses(scene)


@pytest.mark.parametrize("name", HEARD)
def test_gradients_of_all_controls_equal_finite_differences(scene, all_losses, name):
    loss, names = all_losses[name], scene.head.space.names
    weights = scene.weights.clone().requires_grad_()
    loss(scene.head(weights)).backward()
    with torch.no_grad():
        higher, lower = scene.moved(STEP)
        rises = [loss(up[None]) - loss(down[None]) for up, down in zip(higher, lower, strict=True)]
    expected = torch.stack(rises) / (2 * STEP)
    torch.testing.assert_close(weights.grad[0], expected, rtol=1e-5, atol=1e-6 * float(expected.abs().max()))
    felt = {control for control, value in zip(names, weights.grad[0], strict=True) if value.abs() > 1e-7}
    assert (set(names) if HEARD[name] is None else HEARD[name]) <= felt
    assert not DEAF[name] & felt


def picture(head, camera, vertices, size=96, samples=4):
    """Colours and the outline [1, size, size, 4] of a head, averaged over samples x samples a pixel."""
    fine = (size * samples, size * samples)
    fragments = rasterize(camera.clip(vertices, fine), head.faces, fine)
    values = torch.cat([head.vertex_colours, torch.ones_like(head.vertex_colours[:, :1])], 1)
    drawn = motion_gradients(interpolate(values[None], fragments.still), fragments)
    return torch.nn.functional.avg_pool2d(drawn.permute(0, 3, 1, 2), samples).permute(0, 2, 3, 1)


def test_pictures_pull_at_all_controls(scene):
    """Through the rasterizer, whose own errors are of some percent; finite differences of pictures are no better."""
    head, loss, step = scene.head, PhotometricLoss(levels=2), 0.01
    camera = Camera.portrait(head.rest[head.head_weight > 0.95])
    with torch.no_grad():
        target = picture(head, camera, head(scene.wanted))
    weights = scene.weights.clone().requires_grad_()
    loss(picture(head, camera, head(weights)), target).backward()
    with torch.no_grad():
        higher, lower = (torch.split(picture(head, camera, moved), 1) for moved in scene.moved(step))
        rises = [loss(up, target) - loss(down, target) for up, down in zip(higher, lower, strict=True)]
    found, expected = weights.grad[0], torch.stack(rises) / (2 * step)
    assert bool((found != 0).all())
    assert (found - expected).norm() < 0.1 * expected.norm()
    assert (found - expected)[:52].norm() < 0.4 * expected[:52].norm()
