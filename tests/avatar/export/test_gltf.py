import json

import numpy as np
import pygltflib
import pytest
import torch

from avatar.animation import Animation
from avatar.controls import ARKIT, ARKIT_SHAPES
from avatar.export import export, livelink
from avatar.export.head import drawn_identity, identity_vector, shipped_head
from avatar.export.skeleton import quaternions
from avatar.rigs.rotations import yaw_pitch_roll

COMPONENTS = {5121: np.uint8, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


class Reader:
    """Plays a GLB as the glTF 2.0 specification says, independently of how it was written."""

    def __init__(self, path):
        self.file = pygltflib.GLTF2().load(str(path))
        self.mesh = self.file.meshes[0]

    def bytes_of(self, view, kind, count):
        view = self.file.bufferViews[view]
        start = view.byteOffset or 0
        return np.frombuffer(self.file.binary_blob()[start : start + view.byteLength], kind)[:count]

    def values(self, index):
        accessor = self.file.accessors[index]
        kind, width = COMPONENTS[accessor.componentType], WIDTHS[accessor.type]
        if accessor.bufferView is None:
            data = np.zeros((accessor.count, width), kind)
        else:
            data = self.bytes_of(accessor.bufferView, kind, accessor.count * width).reshape(-1, width)
        if accessor.sparse is not None:
            sparse = accessor.sparse
            rows = self.bytes_of(sparse.indices.bufferView, COMPONENTS[sparse.indices.componentType], sparse.count)
            assert (np.diff(rows.astype(int)) > 0).all()
            data = data.copy()
            data[rows] = self.bytes_of(sparse.values.bufferView, kind, sparse.count * width).reshape(-1, width)
        if accessor.min:
            np.testing.assert_allclose(data.min(0), accessor.min, rtol=1e-6)
            np.testing.assert_allclose(data.max(0), accessor.max, rtol=1e-6)
        return data / np.iinfo(kind).max if accessor.normalized else data

    def track(self, path, node=None):
        (channel,) = [
            channel
            for channel in self.file.animations[0].channels
            if channel.target.path == path and node in (None, channel.target.node)
        ]
        sampler = self.file.animations[0].samplers[channel.sampler]
        times = self.values(sampler.input)[:, 0]
        return times, self.values(sampler.output).reshape(len(times), -1)

    def matrices(self, frame):
        """Joint matrices: the joints' places in the world times their inverse bind matrices."""
        nodes, skin = self.file.nodes, self.file.skins[0]
        world = {}

        def walk(node, above):
            here = np.eye(4)
            here[:3, 3] = nodes[node].translation or (0, 0, 0)
            if any(c.target.node == node and c.target.path == "rotation" for c in self.file.animations[0].channels):
                x, y, z, w = self.track("rotation", node)[1][frame]
                here[:3, :3] = [
                    [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                    [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                    [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
                ]
            world[node] = above @ here
            for child in nodes[node].children or []:
                walk(child, world[node])

        for root in self.file.scenes[0].nodes:
            walk(root, np.eye(4))
        inverse = self.values(skin.inverseBindMatrices).reshape(-1, 4, 4).transpose(0, 2, 1)
        return np.stack([world[joint] @ bind for joint, bind in zip(skin.joints, inverse, strict=True)])

    def vertices(self, frame):
        """Vertices of each primitive at a frame."""
        weights = self.track("weights")[1][frame]
        matrices = self.matrices(frame)
        for primitive in self.mesh.primitives:
            points = self.values(primitive.attributes.POSITION).astype(np.float64)
            for weight, target in zip(weights, primitive.targets, strict=True):
                points = points + weight * self.values(target["POSITION"])
            shares = self.values(primitive.attributes.WEIGHTS_0)
            blend = np.einsum("vj,vjab->vab", shares, matrices[self.values(primitive.attributes.JOINTS_0)])
            yield np.einsum("vab,vb->va", blend[:, :3, :3], points) + blend[:, :3, 3]


@pytest.fixture(scope="module")
def written(lively, tmp_path_factory):
    path = tmp_path_factory.mktemp("glb") / "a.glb"
    export(lively, path)
    assert path.stat().st_size < 4_000_000
    return Reader(path)


def test_has_the_52_named_targets_on_every_part(written):
    assert tuple(written.mesh.extras["targetNames"]) == ARKIT_SHAPES
    assert written.mesh.weights == [0.0] * 52
    assert {len(primitive.targets) for primitive in written.mesh.primitives} == {52}
    assert [material.name for material in written.file.materials] == list(shipped_head().parts)


def test_weights_are_the_curves(written, lively):
    times, weights = written.track("weights")
    np.testing.assert_allclose(times, lively.times, atol=1e-6)
    np.testing.assert_array_equal(weights, lively.weights[:, :52])


BLINKS = ("eyeBlinkLeft", "eyeBlinkRight")


@pytest.mark.parametrize(
    ("still", "identity", "around_eyes"),
    [
        (BLINKS, {}, 5e-4),
        (BLINKS, {"seed": 3}, 5e-4),
        (set(ARKIT_SHAPES) - set(BLINKS), {}, 5e-4),
        ((), {}, 3e-3),
    ],
    ids=["no blinks", "no blinks, drawn person", "only blinks", "all"],
)
def test_moves_as_the_rig_does(lively, tmp_path, still, identity, around_eyes):
    """Exactly, but for lids and tongue: the rig fits them to balls and lips, morph targets can only add up."""
    head = shipped_head()
    animation = lively.with_curves(dict.fromkeys(still, 0.0))
    values = drawn_identity(head, identity["seed"]) if identity else {}
    export(animation, tmp_path / "a.glb", identity=values)
    reader = Reader(tmp_path / "a.glb")
    furthest = torch.full((len(head.rest),), 2e-6)  # metres
    for fitted in head.lids.eyes:
        furthest[fitted.moved] = furthest[fitted.outside] = around_eyes
    furthest[head.regions["tongue"]] = 0.02
    with torch.inference_mode():
        truth = head(torch.tensor(animation.weights), identity_vector(head, values))[7].numpy()
    for part, points in enumerate(reader.vertices(7)):
        corners = points[reader.values(reader.mesh.primitives[part].indices)[:, 0]]
        mine = head.faces[head.face_parts == part].numpy().reshape(-1)
        assert (np.linalg.norm(corners - truth[mine], axis=1) < furthest[mine].numpy()).all()


def test_a_tongue_between_open_lips_is_the_rigs(tmp_path):
    animation = Animation.from_curves(ARKIT, {"tongueOut": [1.0], "jawOpen": [0.7]}, 30)
    export(animation, tmp_path / "a.glb")
    head = shipped_head()
    with torch.inference_mode():
        truth = head(torch.tensor(animation.weights))[0, head.regions["tongue"]].numpy()
    points = list(Reader(tmp_path / "a.glb").vertices(0))[head.parts.index("tongue")]
    for end in (np.min, np.max):
        np.testing.assert_allclose(end(points, axis=0), end(truth, axis=0), atol=2e-6)


def test_surface_is_sound(written):
    head = shipped_head()
    for part, primitive in enumerate(written.mesh.primitives):
        attributes = primitive.attributes
        count = written.file.accessors[attributes.POSITION].count
        triangles = written.values(primitive.indices)
        assert len(triangles) == 3 * int((head.face_parts == part).sum()) and triangles.max() == count - 1
        np.testing.assert_allclose(np.linalg.norm(written.values(attributes.NORMAL), axis=1), 1, atol=1e-5)
        np.testing.assert_allclose(written.values(attributes.WEIGHTS_0).sum(1), 1, atol=1e-12)
        assert written.values(attributes.COLOR_0)[:, 3].min() == 1
        joints, shares = written.values(attributes.JOINTS_0), written.values(attributes.WEIGHTS_0)
        assert (joints[shares == 0] == 0).all()


def test_quaternions_are_the_rigs_rotations():
    angles = np.random.default_rng(0).uniform(-1.5, 1.5, (50, 3))
    x, y, z, w = quaternions(angles).T.astype(np.float64)
    third = np.stack([2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y)], -1)
    first = np.stack([1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w)], -1)
    truth = yaw_pitch_roll(torch.tensor(angles)).numpy()
    np.testing.assert_allclose(third, truth[:, :, 2], atol=1e-6)
    np.testing.assert_allclose(first, truth[:, :, 0], atol=1e-6)


def test_unknown_identity_and_other_spaces_are_refused(lively, tmp_path):
    with pytest.raises(KeyError, match="has no control named 'agee'; did you mean age"):
        export(lively, tmp_path / "a.glb", identity={"agee": 0.5})
    with pytest.raises(ValueError, match=r"identity age must be within .*, got 50"):
        export(lively, tmp_path / "a.glb", identity={"age": 50})
    assert list(tmp_path.iterdir()) == []


_BLENDER = """
import bpy, json, numpy, sys
numpy.bool = bool  # Debian's Blender 3.4 still asks its newer numpy for this old name
glb, out = sys.argv[-2:]
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.context.scene.render.fps = 30
bpy.ops.import_scene.gltf(filepath=glb)
(face,) = [thing for thing in bpy.data.objects if thing.type == "MESH"]
found = {}
for frame in range(12):
    bpy.context.scene.frame_set(frame)
    found[frame] = {key.name: key.value for key in face.data.shape_keys.key_blocks[1:]}
json.dump(found, open(out, "w"))
"""


def test_blender_plays_the_same_values_as_the_csv(blender, lively, tmp_path):
    if blender("--python-expr", "import numpy", check=False).returncode:
        pytest.skip("needs a Blender whose Python has numpy, which its glTF importer asks for")
    export(lively, tmp_path / "a.glb")
    export(lively, tmp_path / "a.csv")
    (tmp_path / "look.py").write_text(_BLENDER)
    blender("--python", tmp_path / "look.py", "--", tmp_path / "a.glb", tmp_path / "found.json")
    found = json.loads((tmp_path / "found.json").read_text())
    curves = livelink.read(tmp_path / "a.csv", fps=30)
    for frame, values in found.items():
        assert set(values) == set(ARKIT_SHAPES)
        for name, value in values.items():
            assert value == pytest.approx(float(curves[name][int(frame)]), abs=1e-6)


def test_a_still_face_of_one_frame_is_fine(tmp_path):
    export(Animation(ARKIT, ARKIT.neutral[None], 60), tmp_path / "a.glb")
    times, weights = Reader(tmp_path / "a.glb").track("weights")
    assert times.tolist() == [0.0] and not weights.any()
