"""A head made of blend shapes, and its file."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from avatar.controls import ARKIT, Control, ControlSpace
from avatar.rigs import load_rig
from avatar.rigs.displacements import pack, unpack
from avatar.rigs.rig_data import Eyeballs, HeadTurn, RigData
from avatar.rigs.shape_rig import ShapeRig


@pytest.fixture(scope="module")
def data():
    """Forty points: 0..9 are the left ball, 10..19 the right one."""
    random = np.random.default_rng(1)
    rest = random.normal(scale=0.05, size=(40, 3)).astype(np.float32)
    shapes = np.zeros((len(ARKIT), 40, 3), np.float32)
    shapes[:52, 20:] = random.normal(scale=0.01, size=(52, 20, 3))
    angles = np.zeros((len(ARKIT), 2, 3), np.float32)
    for side, eye in enumerate(("left", "right")):
        for axis, name in enumerate(("Yaw", "Pitch", "Roll")):
            angles[ARKIT.index(f"{eye}Eye{name}"), side, axis] = 1.0
    angles[ARKIT.index("eyeLookOutLeft"), 0, 0] = 0.4
    balls = np.arange(10), np.arange(10, 20)
    return RigData(
        space=ARKIT,
        rest=rest,
        shapes=shapes,
        faces=np.array([[20, 21, 22], [23, 24, 25]]),
        inner_lip=(20, 21),
        mouth_corners=(22, 23),
        regions={"lips": np.arange(20, 24)},
        identity_space=ControlSpace("two", (Control("a", "signed weight", -1), Control("b"))),
        identities=random.normal(scale=0.01, size=(2, 40, 3)).astype(np.float32),
        head_turn=HeadTurn(np.array([0, -0.05, 0], np.float32), np.linspace(0, 1, 40, dtype=np.float32)),
        eyeballs=Eyeballs(balls, np.stack([rest[ball].mean(0) for ball in balls]), angles),
        notes={"source": "a test"},
    )


@pytest.fixture(scope="module")
def rig(data):
    return ShapeRig(data)


def _pose(**values):
    weights = torch.zeros(1, len(ARKIT))
    for name, value in values.items():
        weights[0, ARKIT.index(name)] = value
    return weights


def test_shapes_and_identities_add_up(rig, data):
    identity = torch.tensor([[0.5, 0.25]])
    found = rig(_pose(jawOpen=0.5, browInnerUp=1.0), identity)[0].numpy()
    wanted = data.rest + 0.5 * data.identities[0] + 0.25 * data.identities[1]
    wanted = wanted + 0.5 * data.shapes[ARKIT.index("jawOpen")] + data.shapes[ARKIT.index("browInnerUp")]
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    np.testing.assert_allclose(rig(_pose())[0], data.rest, atol=1e-7)


def test_the_head_turns_about_its_pivot_as_much_as_each_vertex_should(rig, data):
    moved = rig(_pose(headYaw=np.pi / 2))[0].numpy()
    about = data.rest - data.head_turn.pivot
    turned = np.stack([about[:, 2], about[:, 1], -about[:, 0]], 1)  # +z turns to +x, the subject's left
    wanted = data.rest + data.head_turn.share[:, None] * (turned - about)
    np.testing.assert_allclose(moved, wanted, atol=1e-6)


def test_eyeballs_stay_rigid_and_lids_follow_their_angles(rig, data):
    looked = rig(_pose(eyeLookOutLeft=1.0))[0]
    turned = rig(_pose(leftEyeYaw=0.4))[0]
    ball = data.rest[:10] - data.rest[:10].mean(0)
    np.testing.assert_allclose(looked[:10], turned[:10], atol=1e-6)
    np.testing.assert_allclose(
        np.linalg.norm(looked[:10].numpy() - data.eyeballs.centres[0], axis=1), np.linalg.norm(ball, axis=1), atol=1e-6
    )
    np.testing.assert_allclose(looked[20:], data.rest[20:] + data.shapes[ARKIT.index("eyeLookOutLeft"), 20:], atol=1e-6)
    # The lids follow a turn by its angle's share of the shape's own, less the rounding near zero.
    np.testing.assert_allclose(turned[20:], looked[20:], atol=1e-3)
    np.testing.assert_allclose(looked[10:20], data.rest[10:20], atol=1e-7)


def test_gradients(rig):
    twin = ShapeRig(rig.data).double()
    weights = (0.1 * torch.rand(2, len(ARKIT), dtype=torch.float64)).requires_grad_()
    identity = torch.rand(1, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(twin, (weights, identity), fast_mode=True)


def test_a_batch_of_one_equals_a_slice_of_a_batch(rig):
    weights = torch.rand(3, len(ARKIT))
    torch.testing.assert_close(rig(weights)[1:2], rig(weights[1:2]))


def test_its_file_gives_it_back(rig, data, tmp_path):
    rig.save(tmp_path / "my.safetensors")
    again = load_rig(tmp_path / "my.safetensors")
    assert isinstance(again, ShapeRig)
    assert (again.space, again.identity_space, again.notes) == (rig.space, rig.identity_space, {"source": "a test"})
    assert (again.inner_lip, again.mouth_corners, again.parts) == ((20, 21), (22, 23), ("skin",))
    weights, identity = torch.rand(2, len(ARKIT)), torch.rand(1, 2)
    torch.testing.assert_close(again(weights, identity), rig(weights, identity), atol=1e-5, rtol=0)
    np.testing.assert_array_equal(again.regions["lips"], data.regions["lips"])


def test_displacements_are_kept_to_16_bits():
    given = np.random.default_rng(0).normal(scale=0.01, size=(3, 70000, 3)).astype(np.float32)
    given[1] = 0
    found = unpack("x", pack("x", given), 70000)
    assert np.abs(found - given).max() <= np.abs(given).max() / 65534 + 5e-6
    with pytest.raises(ValueError, match="do not belong to 100 vertices"):
        unpack("x", pack("x", given), 100)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rest": np.full((40, 3), np.nan, np.float32)}, "rest must be finite"),
        ({"faces": np.array([[0, 1, 2], [0, 1, 40]])}, r"faces must index the 40 vertices, got 0\.\.40"),
        ({"inner_lip": (-1, 2)}, "inner_lip must index"),
        ({"shapes": np.zeros((3, 40, 3), np.float32)}, r"shapes must be \[61, 40, 3\], got \[3, 40, 3\]"),
        ({"landmarks": np.arange(5)}, "landmarks must be 68 vertex indices or none, got 5"),
        ({"face_parts": np.array([0, 3])}, "face_parts must index the 1 parts"),
    ],
)
def test_what_does_not_belong_together_is_refused(data, change, message):
    with pytest.raises(ValueError, match=message):
        replace(data, **change)


def test_wrong_weights_are_refused(rig):
    with pytest.raises(ValueError, match=r"weights must be \[B, 61\]"):
        rig(torch.zeros(1, 52))
    with pytest.raises(ValueError, match=r"identity must be \[B, 2\]"):
        rig(torch.zeros(1, 61), torch.zeros(1, 3))
    with pytest.raises(ValueError, match="1 row or as many as weights"):
        rig(torch.zeros(3, 61), torch.zeros(2, 2))


def test_other_files_are_refused(rig, tmp_path):
    with pytest.raises(FileNotFoundError, match="no rig at"):
        load_rig(tmp_path / "nothing.safetensors")
    (tmp_path / "text.safetensors").write_text("not a rig")
    with pytest.raises(ValueError, match="must be a rig"):
        load_rig(tmp_path / "text.safetensors")
    save_file({"x": np.zeros(3)}, tmp_path / "x.safetensors")
    with pytest.raises(ValueError, match=r"must be a rig, got a \.safetensors file of something else"):
        load_rig(tmp_path / "x.safetensors")
    rig.save(tmp_path / "half.safetensors")
    tensors = load_file(tmp_path / "half.safetensors")
    del tensors["shapes.value"]
    save_file(tensors, tmp_path / "half.safetensors", metadata={"shape_rig": '{"version": 1}'})
    with pytest.raises(ValueError, match="is not a whole rig"):
        load_rig(tmp_path / "half.safetensors")


def test_the_built_in_head_has_a_name():
    assert load_rig("built-in").space == ARKIT
