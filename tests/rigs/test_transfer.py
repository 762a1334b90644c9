"""Motion carried over to another head, and retargeting through it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from avatar.animation import Animation
from avatar.rigs import BuiltInHead
from avatar.rigs.lip_contact import lip_pairs
from avatar.rigs.retarget import retarget
from avatar.rigs.rig_data import RigData
from avatar.rigs.rig_function import RigFunction
from avatar.rigs.shape_rig import ShapeRig
from avatar.rigs.transfer import Transfer

Pose = Callable[..., Tensor]


@pytest.fixture(scope="module")
def skins(head: BuiltInHead) -> tuple[RigData, RigData]:
    """The built-in head's skin, and the same skin a tenth larger, wider still, cut finer and numbered anew."""
    faces, skin = head.faces.numpy(), head.parts.index("skin")
    faces = faces[head.face_parts.numpy() == skin]
    kept = np.unique(faces)
    place = np.full(len(head.rest), -1)
    place[kept] = np.arange(len(kept))
    shapes = np.zeros((len(head.space), len(kept), 3), np.float32)
    shapes[:52] = head.morph_targets()[:, kept].numpy()
    regions = {name: place[head.regions[name].numpy()] for name in ("upper_lip", "lower_lip", "lips")}
    plain = RigData(
        space=head.space,
        rest=head.rest[kept].numpy(),
        shapes=shapes,
        faces=place[faces],
        inner_lip=tuple(place[list(head.inner_lip)]),
        mouth_corners=tuple(place[list(head.mouth_corners)]),
        regions={name: rows[rows >= 0] for name, rows in regions.items()},
        landmarks=place[head.landmarks.numpy()],
    )
    return plain, _finer(plain, np.random.default_rng(0).permutation(len(kept) + len(faces)))


def _finer(data: RigData, order: np.ndarray) -> RigData:
    """A vertex in the middle of each triangle, larger, and in another order."""
    middle = len(data.rest) + np.arange(len(data.faces))
    corners = [data.faces[:, [i, (i + 1) % 3]] for i in range(3)]
    faces = np.concatenate([np.column_stack([edge, middle]) for edge in corners])
    size = np.array([1.15, 1.1, 1.1], np.float32)
    where = np.argsort(order)

    def spread(values: np.ndarray) -> np.ndarray:
        both = np.concatenate([values, values[..., data.faces, :].mean(-2)], -2) * size
        return both[..., order, :].astype(np.float32)

    return replace(
        data,
        rest=spread(data.rest),
        shapes=np.stack([spread(shape) for shape in data.shapes]),
        faces=where[faces],
        inner_lip=tuple(where[list(data.inner_lip)]),
        mouth_corners=tuple(where[list(data.mouth_corners)]),
        regions={name: where[rows] for name, rows in data.regions.items()},
        landmarks=where[data.landmarks],
        identities=None,
        face_parts=None,
        vertex_colours=None,
    )


@pytest.fixture(scope="module")
def rigs(skins: tuple[RigData, RigData]) -> tuple[ShapeRig, ShapeRig]:
    return ShapeRig(skins[0]), ShapeRig(skins[1])


@pytest.fixture(scope="module")
def transfer(rigs: tuple[ShapeRig, ShapeRig]) -> Transfer:
    source, target = rigs
    return Transfer(source, target, RigFunction(source).rest, RigFunction(target).rest)


def _poses(pose: Pose) -> np.ndarray:
    asked = [pose(jawOpen=0.6), pose(mouthSmileLeft=0.8), pose(mouthPucker=0.7), pose(jawOpen=0.5, mouthClose=0.5)]
    return torch.cat(asked).numpy()


def test_a_resting_head_rests(rigs: tuple[ShapeRig, ShapeRig], transfer: Transfer) -> None:
    moved = transfer(RigFunction(rigs[0]).rest[None])
    np.testing.assert_allclose(moved[0], transfer.target_rest, atol=1e-6)


def test_another_topology_does_what_its_own_shapes_do(
    rigs: tuple[ShapeRig, ShapeRig], transfer: Transfer, pose: Pose
) -> None:
    source, target = (RigFunction(rig) for rig in rigs)
    weights = _poses(pose)
    moved, own = transfer(source(weights)), target(weights)
    distance = np.linalg.norm(moved - own, axis=-1)
    reach = np.linalg.norm(own - target.rest, axis=-1)
    assert (distance.mean(1) < 0.12 * reach.mean(1) + 0.1).all()
    lips = rigs[1].regions["lips"].numpy()
    assert (distance[:, lips].mean(1) < 0.15 * reach[:, lips].mean(1)).all()


def test_lip_gaps_are_read_at_corresponding_points(
    rigs: tuple[ShapeRig, ShapeRig], transfer: Transfer, pose: Pose
) -> None:
    source, target = (RigFunction(rig) for rig in rigs)
    pairs = lip_pairs(rigs[1], target.rest)
    gaps = transfer.gaps(source(_poses(pose)), pairs)
    assert gaps.shape == (4, len(pairs)) and gaps[0].min() > 8
    assert np.abs(gaps[3]).max() < 0.5


def test_retargeting_finds_the_weights_of_the_same_shapes(rigs: tuple[ShapeRig, ShapeRig], pose: Pose) -> None:
    asked = np.concatenate([_poses(pose), pose(headYaw=0.3, eyeBlinkLeft=1.0, tongueOut=0.4).numpy()])
    clip = Animation(rigs[0].space, asked, 60.0)
    found = retarget(clip, *rigs)
    same = found.animation
    assert same.fps == 60.0 and same.out_of_range() == {}
    assert np.abs(same.weights - asked)[:, :52].mean() < 0.02
    np.testing.assert_allclose(same["tongueOut"], clip["tongueOut"], atol=1e-6)
    assert found.residual.lost_contacts() == ()


def test_the_other_space_is_refused(rigs: tuple[ShapeRig, ShapeRig]) -> None:
    from avatar.spaces import VRM

    with pytest.raises(ValueError, match=r"source rig's space ARKit .* convert it with"):
        retarget(Animation.from_curves(VRM, {"aa": [0.5]}, 30.0), *rigs)


def test_too_few_common_points_are_refused(rigs: tuple[ShapeRig, ShapeRig], skins: tuple[RigData, RigData]) -> None:
    bare = ShapeRig(replace(skins[0], landmarks=np.zeros(0, np.int64)))
    with pytest.raises(
        ValueError, match=r"at least 8 points .* got 5; give both rigs their 68 landmarks or their eyes"
    ):
        retarget(Animation(bare.space, np.zeros((1, len(bare.space)), np.float32), 30.0), bare, rigs[1])


def test_speech_goes_over_the_ict_head_and_back(head: BuiltInHead, shared: Path, pose: Pose) -> None:
    from avatar.rigs.importing import import_rig

    ict = ShapeRig(import_rig(shared / "data" / "ict").data)
    asked = torch.cat(
        [
            pose(),
            pose(jawOpen=0.25),
            pose(jawOpen=0.15, mouthPucker=0.5, mouthFunnel=0.3),
            pose(jawOpen=0.1, mouthClose=0.1),
            pose(jawOpen=0.1, mouthSmile=0.3, eyeBlink=1.0),
            pose(jawOpen=0.05, mouthRollLower=0.3),
        ]
    )
    clip = Animation(head.space, asked.numpy(), 5.0)
    there = retarget(clip, ict, head)
    back = retarget(there.animation, head, ict)
    lips = ict.regions["lips"]
    played, returned = (ict(torch.tensor(weights))[:, lips] for weights in (clip.weights, back.animation.weights))
    assert 1000 * (played - returned).norm(dim=-1).mean() < 1.0
    for found in (there, back):
        assert found.residual.lost_contacts() == () and found.animation.out_of_range() == {}
    assert there.animation["eyeBlinkLeft"][4] > 0.7 > 0.2 > there.animation["eyeBlinkLeft"][3]
