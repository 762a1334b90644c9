"""FLAME as a rig: parity, gradients, landmarks that know which way the head is turned."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation
from torch import Tensor

from avatar.rigs import load_rig
from avatar.rigs.flame import FlameRig
from avatar.rigs.flame_import import read_flame
from avatar.rigs.skinning import rotation_matrices

from . import synthetic_flame as synthetic


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> FlameRig:
    folder = tmp_path_factory.mktemp("flame")
    synthetic.write_beside(folder)
    return FlameRig(read_flame(synthetic.write_small(folder), identities=2))


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> FlameRig:
    """Neither masks nor landmarks nor lids."""
    return FlameRig(read_flame(synthetic.write_small(tmp_path_factory.mktemp("flame")), identities=2))


def controls(rig: FlameRig, **values: float) -> Tensor:
    weights = torch.zeros(1, len(rig.space))
    for name, value in values.items():
        weights[0, rig.space.index(name)] = value
    return weights


def random_controls(rig: FlameRig, batch: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    weights = 0.4 * torch.randn(batch, len(rig.space), generator=generator)
    return weights, torch.randn(batch, len(rig.identity_space), generator=generator)


def test_it_is_a_rig_that_loads_from_its_file(rig: FlameRig, tmp_path: Path) -> None:
    rig.file.save(tmp_path / "flame.safetensors")
    loaded = load_rig(tmp_path / "flame.safetensors")
    assert isinstance(loaded, FlameRig)
    weights, identity = random_controls(rig, 2)
    torch.testing.assert_close(loaded(weights, identity), rig(weights, identity), atol=0, rtol=0)
    count = len(rig.template)
    assert rig.faces.shape == (9976, 3) and rig.faces.dtype == torch.int64
    assert rig.face_parts.shape == (9976,) and int(rig.face_parts.max()) == len(rig.parts) - 1
    assert rig.vertex_colours.shape == (count, 3) and rig.landmarks.shape == (68,)
    assert rig.space.names[:3] == ("exp_0", "exp_1", "root_pose_x") and "eyelid_left" in rig.space
    torch.testing.assert_close(rig(torch.zeros(1, len(rig.space))), rig.neutral(), atol=1e-7, rtol=0)


def written_out(shapes: np.ndarray, pose: np.ndarray) -> np.ndarray:
    """Equations 1 to 4 of Li et al. (2017) with 4 x 4 matrices, for 2 identities and 2 expressions."""
    entries = synthetic.arrays()
    shaped = entries["v_template"] + entries["shapedirs"][..., [0, 1, 300, 301]] @ shapes
    joints = entries["J_regressor"] @ shaped
    turns = Rotation.from_rotvec(pose.reshape(5, 3)).as_matrix()
    corrected = shaped + entries["posedirs"] @ (turns[1:] - np.eye(3)).ravel()
    world = []
    for joint, parent in enumerate((None, 0, 1, 1, 1)):
        about = np.eye(4)
        about[:3, :3], about[:3, 3] = turns[joint], joints[joint] - turns[joint] @ joints[joint]
        world.append(about if parent is None else world[parent] @ about)
    homogeneous = np.concatenate([corrected, np.ones((len(corrected), 1))], 1)
    each = np.einsum("jab,vb->vja", np.stack(world), homogeneous)
    return np.einsum("vj,vja->va", entries["weights"], each)[:, :3]


def test_it_equals_the_paper_written_out(bare: FlameRig) -> None:
    weights, identity = random_controls(bare, 3)
    for k, vertices in enumerate(bare(weights, identity)):
        shapes = torch.cat([identity[k], weights[k, :2]]).double().numpy()
        expected = written_out(shapes, weights[k, 2:17].double().numpy())
        np.testing.assert_allclose(vertices.numpy(), expected, atol=1e-6)


def test_the_mouth_is_found_with_landmarks_and_without(rig: FlameRig, bare: FlameRig) -> None:
    for model in (rig, bare):
        upper, lower = (model.template[index] for index in model.inner_lip)
        left, right = (model.template[index] for index in model.mouth_corners)
        assert (upper - lower).norm() < 1e-6 and abs(float(upper[0])) < 0.004
        assert float(left[0]) > 0.015 and float(right[0]) < -0.015
        opened = model(controls(model, jaw_pose_x=0.3))[0]
        assert float(opened[model.inner_lip[0], 1] - opened[model.inner_lip[1], 1]) > 0.005
        assert not set(model.regions["upper_lip"].tolist()) & set(model.regions["lower_lip"].tolist())
        drop = (model.template - opened)[:, 1]
        assert drop[model.regions["lower_lip"]].mean() > 5 * drop[model.regions["upper_lip"]].mean().abs()
    assert len(bare.landmarks) == 0 and "eyelid_left" not in bare.space


@pytest.mark.parametrize(("side", "joint"), [(0, "left_eye"), (1, "right_eye")])
def test_eyes_turn_about_their_own_centres(rig: FlameRig, side: int, joint: str) -> None:
    turned = rig(controls(rig, **{f"{joint}_pose_y": 0.4}))[0]
    ball = rig.regions[joint]
    centre = rig.template[ball].mean(0)
    turn = rotation_matrices(torch.tensor([0, 0.4, 0]))
    torch.testing.assert_close(turned[ball], centre + (rig.template[ball] - centre) @ turn.T, atol=1e-6, rtol=0)
    assert float((turned - rig.template)[ball[0], 0]) > 0.003  # to the subject's left
    assert np.sign(synthetic.EYES[side, 0]) == np.sign(float(rig.template[ball, 0].mean()))


def test_lids_close_in_the_turned_head_as_in_the_resting_one(rig: FlameRig) -> None:
    turn = controls(rig, root_pose_y=0.5)
    closed = turn.clone()
    closed[0, rig.space.index("eyelid_left")] = 1.0
    moved = (rig(closed) - rig(turn))[0] @ rotation_matrices(torch.tensor([0, 0.5, 0]))
    expected = torch.from_numpy(synthetic.eyelid(0)).float()
    still = rig.skinning_weights[:, [0, 1]].sum(1) > 0.999  # the jaw's and the eyes' correctives are elsewhere
    torch.testing.assert_close(moved[still], expected[still], atol=1e-6, rtol=0)
    assert expected[still].abs().max() > 0.005


def test_the_root_turns_the_head_as_a_whole(rig: FlameRig) -> None:
    weights, identity = random_controls(rig, 2)
    root = rig.space.indices(f"root_pose_{axis}" for axis in "xyz")
    weights[:, root] = 0
    rest = rig(weights, identity)
    weights[:, root] = torch.tensor([0.3, -0.7, 0.2])
    turn = rotation_matrices(torch.tensor([0.3, -0.7, 0.2]))
    shaped = rig.neutral(identity) + (weights[:, :2] @ rig.expressions).reshape(2, -1, 3)
    pivot = (rig.joint_regressor @ shaped)[:, :1]
    torch.testing.assert_close(rig(weights, identity), pivot + (rest - pivot) @ turn.T, atol=1e-6, rtol=0)


def test_a_batch_of_one_is_a_slice_and_one_identity_serves_all(rig: FlameRig) -> None:
    weights, identity = random_controls(rig, 3)
    whole = rig(weights, identity)
    for k in range(3):
        torch.testing.assert_close(rig(weights[k : k + 1], identity[k : k + 1])[0], whole[k], atol=1e-6, rtol=0)
    torch.testing.assert_close(rig(weights, identity[:1]), rig(weights, identity[:1].expand(3, -1)), atol=1e-6, rtol=0)


def test_fewer_coefficients_are_the_first_ones(rig: FlameRig) -> None:
    small = FlameRig(rig.file, expressions=1, identities=1)
    weights, identity = random_controls(small, 2)
    padded = torch.cat([weights[:, :1], torch.zeros(2, 1), weights[:, 1:]], 1)
    all_people = torch.cat([identity, torch.zeros(2, 1)], 1)
    torch.testing.assert_close(small(weights, identity), rig(padded, all_people), atol=1e-6, rtol=0)
    with pytest.raises(ValueError, match=r"expressions must be within 1\.\.2, which the file has, got 3"):
        FlameRig(rig.file, expressions=3)


@pytest.mark.parametrize("turn", [0.0, 0.3, math.pi])
def test_gradients_are_right_at_rest_and_near_pi(rig: FlameRig, turn: float) -> None:
    exact = FlameRig(rig.file).double()
    some = torch.cat([index[:2] for index in rig.regions.values()]).unique()
    weights, identity = (values.double() for values in random_controls(rig, 1))
    weights, identity = (0 * weights, 0 * identity) if turn == 0 else (weights, identity)
    weights[0, rig.space.index("neck_pose_y")] = turn

    def vertices(weights: Tensor, identity: Tensor) -> Tensor:
        return 100 * exact(weights, identity)[:, some]

    assert torch.autograd.gradcheck(vertices, (weights.requires_grad_(), identity.requires_grad_()), atol=1e-5)


def test_landmarks_have_gradients(rig: FlameRig) -> None:
    exact = FlameRig(rig.file).double()
    weights = controls(rig, root_pose_y=math.radians(12.3)).double().requires_grad_()
    identity = torch.zeros(1, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda w, i: exact.surface_landmarks(w, i)[:, ::4], (weights, identity), atol=1e-5)


@pytest.mark.parametrize("yaw", [-39, -30, -15, 15, 30, 39])
@pytest.mark.parametrize("joint", ["root", "neck"])
def test_the_outline_is_where_the_turned_head_is_seen_edge_on(rig: FlameRig, yaw: int, joint: str) -> None:
    """On the side that turns away: the left one if the head turns to its left."""
    weights = controls(rig, **{f"{joint}_pose_y": math.radians(yaw)})
    away = slice(9, 17) if yaw > 0 else slice(0, 8)
    assert rig.contour_faces.shape == (79, 17)
    triangles = rig.faces[rig.contour_faces[39 + yaw, away]]
    shares = rig.contour_barycentrics[39 + yaw, away]
    normals = torch.from_numpy(synthetic.normals()).float() @ rotation_matrices(weights[0, _pose(rig, joint)]).T
    towards = (normals[triangles][..., 2] * shares).sum(-1)
    assert towards.abs().max() < 0.02
    wrong = rig.faces[rig.contour_faces[39 - yaw, away]]
    assert (normals[wrong][..., 2] * rig.contour_barycentrics[39 - yaw, away]).sum(-1).abs().min() > 0.2

    landmarks = rig.surface_landmarks(weights)[0]
    vertices = rig(weights)[0, : synthetic.HEAD]
    expected = (rig(weights)[0][triangles] * shares[..., None]).sum(1)
    torch.testing.assert_close(landmarks[away], expected, atol=1e-6, rtol=0)
    if joint == "root":  # nothing of the head stands out beyond the outline at its height
        side = 1 if yaw > 0 else -1
        for point in landmarks[away]:
            level = (vertices[:, 1] - point[1]).abs() < 0.002
            assert side * float(point[0]) > float((side * vertices[level, 0]).max()) - 0.001


def _pose(rig: FlameRig, joint: str) -> list[int]:
    return rig.space.indices(f"{joint}_pose_{axis}" for axis in "xyz")


def test_turning_left_moves_the_left_outline_towards_the_face(rig: FlameRig) -> None:
    """In the head's own axes; the right outline stays at the ear."""
    rest, left, right = (
        rig.surface_landmarks(controls(rig, root_pose_y=0), view=rotation_matrices(torch.tensor([0, turn, 0]))[None])[0]
        for turn in (0.0, 0.5, -0.5)
    )
    assert ((left - rest)[9:17, 2] > 0.01).all() and (left - rest)[:8].abs().max() < 1e-6
    assert ((right - rest)[:8, 2] > 0.01).all() and (right - rest)[9:17].abs().max() < 1e-6
    assert (rest[9:17, 0] > 0).all() and (rest[:8, 0] < 0).all()
    assert torch.equal(left[17:], rest[17:])


def test_the_outline_is_counted_in_degrees_to_the_left_and_stops_at_39(rig: FlameRig) -> None:
    yaw = torch.cat([controls(rig, root_pose_y=math.radians(angle)) for angle in (-80, -39, -1.4, 0, 1.6, 39, 80)])
    assert rig.outline_yaw(yaw).tolist() == [-39, -39, -1, 0, 2, 39, 39]
    both = controls(rig, root_pose_y=math.radians(12), neck_pose_y=math.radians(10))
    assert rig.outline_yaw(both).tolist() == [22]
    nod = controls(rig, root_pose_x=1.0)
    assert rig.outline_yaw(nod).tolist() == [0]
    from_its_left = rotation_matrices(torch.tensor([0, -0.5, 0]))[None]
    assert rig.outline_yaw(nod * 0, view=from_its_left).tolist() == [-29]


def test_landmarks_need_their_file(bare: FlameRig) -> None:
    with pytest.raises(ValueError, match=r"landmark_embedding\.npy"):
        bare.surface_landmarks(torch.zeros(1, len(bare.space)))


@pytest.mark.parametrize("shape", [(19,), (2, 18), (2, 3, 19)])
def test_wrong_weights_say_what_was_expected(rig: FlameRig, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"weights must be \[B, 19\]"):
        rig(torch.zeros(shape))


def test_wrong_identities_say_what_was_expected(rig: FlameRig) -> None:
    with pytest.raises(ValueError, match=r"identity must be \[B, 2\]"):
        rig(torch.zeros(2, 19), torch.zeros(2, 3))
    with pytest.raises(ValueError, match="identity must have 1 row or as many"):
        rig(torch.zeros(2, 19), torch.zeros(3, 2))


@pytest.mark.filterwarnings("ignore")
def test_it_equals_smplx(tmp_path: Path) -> None:
    """smplx is for non-commercial research, so it is no dependency, not even of the tests: install it by hand."""
    smplx = pytest.importorskip("smplx")
    path = synthetic.write(tmp_path, "2023")
    path.rename(tmp_path / "FLAME_GENERIC.pkl")
    synthetic.write_beside(tmp_path, joined=False)
    ours = FlameRig(read_flame(tmp_path / "FLAME_GENERIC.pkl"))
    theirs = smplx.FLAME(
        str(tmp_path), gender="generic", num_betas=300, num_expression_coeffs=100, use_face_contour=True, batch_size=6
    )
    (tmp_path / "FLAME_GENERIC.pkl").unlink()
    weights, identity = random_controls(ours, 6)
    weights[:, ours.space.indices(("eyelid_left", "eyelid_right"))] = 0
    weights[:, _pose(ours, "root")] = torch.tensor([0.1, 1.0, 0.05]) * torch.linspace(-0.8, 0.8, 6)[:, None]
    pose = {
        "global_orient": "root",
        "neck_pose": "neck",
        "jaw_pose": "jaw",
        "leye_pose": "left_eye",
        "reye_pose": "right_eye",
    }
    given = {name: weights[:, _pose(ours, joint)] for name, joint in pose.items()}
    found = theirs(betas=identity, expression=weights[:, :100], **given)
    torch.testing.assert_close(ours(weights, identity), found.vertices.detach(), atol=1e-5, rtol=0)
    torch.testing.assert_close(
        ours.surface_landmarks(weights, identity)[:, 17:], found.joints[:, 5 : 5 + 51].detach(), atol=1e-5, rtol=0
    )
    # smplx takes the outline of the root's turn alone, without the neck's.
    weights[:, _pose(ours, "neck")] = 0
    found = theirs(betas=identity, expression=weights[:, :100], **{**given, "neck_pose": torch.zeros(6, 3)})
    torch.testing.assert_close(
        ours.surface_landmarks(weights, identity)[:, :17], found.joints[:, 5 + 51 :].detach(), atol=1e-5, rtol=0
    )
