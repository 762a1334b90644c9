"""Sweeps of identities and shapes for what must never be seen, in millimetres."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from avatar.rigs import BuiltInHead
from avatar.rigs.bake import visibility
from avatar.rigs.bake.slit import slit

Pose = Callable[..., Tensor]

IDENTITIES = 64
SEEN_FROM = ((0.0, 0.0), (50.0, 0.0), (0.0, -20.0))
"""Yaw and pitch in degrees of the eye that looks."""

MOST_POKE = 0.05
MOST_SLIT = 0.05
MOST_LID_GAP = 0.02


@pytest.fixture(scope="module")
def people(head: BuiltInHead) -> Tensor:
    drawn = head.sample_identity(torch.Generator().manual_seed(0), IDENTITIES - 1)
    return torch.cat([torch.zeros(1, len(head.identity_space)), drawn])


@pytest.fixture(scope="module")
def millimetres(head: BuiltInHead, people: Tensor) -> Callable[[Tensor], NDArray[np.float64]]:
    def vertices(weights: Tensor) -> NDArray[np.float64]:
        with torch.inference_mode():
            return 1000 * head(weights.expand(IDENTITIES, -1), people).double().numpy()

    return vertices


def _skin_near(head: BuiltInHead, region: str, reach: float) -> NDArray[np.int64]:
    """Skin triangles within a distance of a region's middle."""
    faces = head.faces[head.face_parts == head.parts.index("skin")]
    middle = head.rest[head.regions[region]].mean(0)
    return faces[(head.rest[faces].mean(1) - middle).norm(dim=1) < reach].numpy()


def _inside_of_mouth(head: BuiltInHead) -> NDArray[np.int64]:
    return torch.cat([head.regions[part] for part in ("upper_teeth", "lower_teeth", "tongue")]).numpy()


OPEN = [
    {"jawOpen": 0.15},
    {"jawOpen": 0.5},
    {"jawOpen": 1.0},
    {"jawOpen": 0.4, "mouthSmile": 1.0},
    {"mouthFunnel": 1.0},
    {"mouthUpperUp": 1.0, "mouthLowerDown": 1.0},
]


@pytest.mark.parametrize("values", OPEN, ids=str)
def test_teeth_and_tongue_never_stand_out_of_the_skin(
    head: BuiltInHead, pose: Pose, millimetres: Callable[[Tensor], NDArray[np.float64]], values: dict[str, float]
) -> None:
    skin, rim, inner = _skin_near(head, "lips", 0.09), head.regions["lip_rim"].numpy(), _inside_of_mouth(head)
    worst = [
        visibility.poking_out(vertices, skin, inner, rim, yaw, pitch)
        for vertices in millimetres(pose(**values))
        for yaw, pitch in SEEN_FROM
    ]
    assert max(worst) <= MOST_POKE, f"{max(worst):.2f} mm at identity {int(np.argmax(worst)) // len(SEEN_FROM)}"


def test_teeth_that_stand_out_are_found(head: BuiltInHead) -> None:
    vertices = 1000 * head.neutral()[0].double().numpy()
    teeth = head.regions["lower_teeth"].numpy()
    skin, rim = _skin_near(head, "lips", 0.09), head.regions["lip_rim"].numpy()
    assert visibility.poking_out(vertices, skin, teeth, rim, 0.0, 0.0) == 0
    vertices[teeth, 2] += 30
    assert visibility.poking_out(vertices, skin, teeth, rim, 0.0, 0.0) > 5


CLOSED = [
    {},
    {"mouthPress": 1.0},
    {"mouthRollLower": 1.0, "mouthRollUpper": 1.0},
    {"mouthSmile": 1.0},
    {"mouthFrown": 1.0},
    {"mouthPucker": 1.0},
    {"tongueOut": 1.0},
    {"jawOpen": 0.25, "mouthClose": 0.25},
    {"jawOpen": 0.5, "mouthClose": 0.5},
    {"jawOpen": 1.0, "mouthClose": 1.0},
]


@pytest.mark.parametrize("values", CLOSED, ids=str)
def test_closed_lips_are_closed_and_hide_the_mouth(
    head: BuiltInHead, pose: Pose, millimetres: Callable[[Tensor], NDArray[np.float64]], values: dict[str, float]
) -> None:
    vertices = millimetres(pose(**values))
    rest = head.rest.double().numpy()
    gap = slit(vertices, head.regions["lip_contact"].numpy(), rest).max()
    assert gap <= MOST_SLIT, f"{gap:.2f} mm between the lips"
    skin, inner = _skin_near(head, "lips", 0.09), _inside_of_mouth(head)
    nothing = np.zeros(0, np.int64)
    worst = max(visibility.poking_out(v, skin, inner, nothing, *SEEN_FROM[0]) for v in vertices)
    assert worst == 0, f"teeth or tongue show, {worst:.2f} mm before what is behind them"


def test_parted_lips_are_found(head: BuiltInHead, pose: Pose) -> None:
    vertices = 1000 * head(pose(jawOpen=0.05)).double().numpy()
    gap = slit(vertices, head.regions["lip_contact"].numpy(), head.rest.double().numpy())
    assert 1 < gap.max() < 3


BLINKS = [
    {},
    {"eyeLookDown": 1.0},
    {"eyeLookUp": 1.0},
    {"eyeWide": 1.0},
    {"eyeSquint": 1.0, "cheekSquint": 1.0},
    {"leftEyePitch": 0.4, "rightEyePitch": 0.4, "browDown": 1.0},
]


@pytest.mark.parametrize("values", BLINKS, ids=str)
def test_lids_meet_at_a_blink_and_hide_the_eye(
    head: BuiltInHead, pose: Pose, millimetres: Callable[[Tensor], NDArray[np.float64]], values: dict[str, float]
) -> None:
    vertices = millimetres(pose(**values, eyeBlink=1.0))
    for side, eye in zip(("left", "right"), head.lids.eyes, strict=True):
        partners = np.einsum("ul,blc->buc", eye.match.double().numpy(), vertices[:, eye.lower.numpy()])
        gap = np.linalg.norm(vertices[:, eye.upper.numpy()] - partners, axis=-1).max()
        assert gap <= MOST_LID_GAP, f"{gap:.2f} mm between the {side} lids"
        assert _eye_shows(head, vertices, side, np.zeros(0, np.int64)) == 0


@pytest.mark.parametrize("blink", [0.0, 0.4, 0.8])
def test_the_eye_shows_between_its_lids_only(
    head: BuiltInHead, pose: Pose, millimetres: Callable[[Tensor], NDArray[np.float64]], blink: float
) -> None:
    vertices = millimetres(pose(eyeBlink=blink))
    for side in ("left", "right"):
        rim = head.regions[f"{side}_lid_rim"].numpy()
        assert _eye_shows(head, vertices, side, rim) == 0
        assert _eye_shows(head, vertices, side, np.zeros(0, np.int64)) > 0  # the measure sees the open eye


def _eye_shows(head: BuiltInHead, vertices: NDArray[np.float64], side: str, rim: NDArray[np.int64]) -> int:
    """How many vertices of the front of the eyeballs are seen outside the rim, all identities together."""
    ball = head.regions[f"{side}_eye"]
    front = ball[head.rest[ball, 2] > head.rest[ball, 2].mean()].numpy()
    skin = _skin_near(head, f"{side}_eye", 0.04)
    count = 0
    for one in vertices:
        before, _ = visibility.hits_along_z(one[front], one[skin])
        count += int((np.isinf(before) & ~visibility.inside(one[front], one[rim][:, :2].copy())).sum())
    return count


def test_the_tongue_passes_open_lips_only(head: BuiltInHead, pose: Pose) -> None:
    tongue, lip = head.regions["tongue"], head.regions["lower_lip_rim"]

    def reach(weights: Tensor) -> float:
        vertices = head(weights)[0]
        return 1000 * float(vertices[tongue, 2].max() - vertices[lip, 2].max())

    assert reach(pose(tongueOut=1.0)) < -5
    assert reach(pose(tongueOut=1.0, jawOpen=0.35)) > 5
