import base64
import json
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatar.animation import Animation
from avatar.controls import ARKIT, ARKIT_SHAPES
from avatar.export import export
from avatar.export.reading import load_animation
from avatar.spaces import OCULUS


@settings(deadline=None, max_examples=2)
@given(fps=st.sampled_from([24.0, 30.0, 30000 / 1001]), frames=st.integers(1, 9), seed=st.integers(0, 99))
def test_our_file_gives_everything_back(fps, frames, seed, tmp_path_factory):
    chance = np.random.default_rng(seed)
    weights = np.concatenate([chance.uniform(0, 1, (frames, 52)), chance.uniform(-0.7, 0.7, (frames, 9))], axis=1)
    path = tmp_path_factory.mktemp("glb") / "a.glb"
    export(Animation(ARKIT, weights, fps), path)
    back = load_animation(path)
    assert len(back) == frames
    if frames > 1:  # a single key has no rate
        assert back.fps == pytest.approx(fps, rel=1e-4)
    np.testing.assert_allclose(back.weights, weights, atol=1e-5)


def gltf(names, times, values, *, kind="LINEAR", changes=None):
    """A document with a triangle that has targets, moved by keys."""
    times, values = np.asarray(times, "<f4"), np.asarray(values, "<f4")
    points = np.zeros((3, 3), "<f4")
    data = points.tobytes() + times.tobytes() + values.tobytes()
    starts = np.cumsum([0, points.nbytes, times.nbytes])
    lengths = (points.nbytes, times.nbytes, values.nbytes)
    document = {
        "asset": {"version": "2.0"},
        "buffers": [{"byteLength": len(data), "uri": "data:;base64," + base64.b64encode(data).decode()}],
        "bufferViews": [
            {"buffer": 0, "byteOffset": int(start), "byteLength": length}
            for start, length in zip(starts, lengths, strict=True)
        ],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"},
            {"bufferView": 1, "componentType": 5126, "count": len(times), "type": "SCALAR"},
            {"bufferView": 2, "componentType": 5126, "count": values.size, "type": "SCALAR"},
        ],
        "meshes": [
            {
                "primitives": [{"attributes": {"POSITION": 0}, "targets": [{"POSITION": 0}] * len(names)}],
                "extras": {"targetNames": list(names)},
            }
        ],
        "nodes": [{"mesh": 0, "name": "face"}],
        "animations": [
            {
                "samplers": [{"input": 1, "output": 2, "interpolation": kind}],
                "channels": [{"sampler": 0, "target": {"node": 0, "path": "weights"}}],
            }
        ],
    }
    if changes is not None:
        changes(document)
    return document


@pytest.fixture
def read(tmp_path):
    def call(*arguments, **options):
        (tmp_path / "a.gltf").write_text(json.dumps(gltf(*arguments, **options)))
        return load_animation(tmp_path / "a.gltf")

    return call


def test_names_of_others(read, caplog):
    animation = read(["JAW_OPEN", "blendShape1.eyeBlink_L", "hair"], [0, 0.5], [[0, 0, 0], [1, 0.5, 1]])
    assert (animation.space, animation.fps, len(animation)) == (ARKIT, 2, 2)
    assert animation["jawOpen"][1] == 1 and animation["eyeBlinkLeft"][1] == 0.5
    assert "left out what ARKit does not know: hair" in caplog.text


def test_visemes(read):
    animation = read(["sil", "pp", "aa", "E"], [0, 0.5], [[1, 0, 0, 0], [0, 0.5, 0.25, 0]])
    assert animation.space == OCULUS and animation["PP"][1] == 0.5


def test_uneven_keys_are_drawn_at_60_frames(read):
    animation = read(["jawOpen"], [0.0, 0.1, 1.0], [0, 1, 0])
    assert (animation.fps, len(animation)) == (60, 61)
    np.testing.assert_allclose(animation["jawOpen"][[0, 3, 6, 33, 60]], [0, 0.5, 1, 0.5, 0], atol=1e-6)


def test_steps_and_curves_between_keys(read):
    steps = read(["jawOpen"], [0, 0.1, 1.0], [0.25, 0.5, 0], kind="STEP")["jawOpen"]
    np.testing.assert_allclose(steps[[0, 5, 6, 59, 60]], [0.25, 0.25, 0.5, 0.5, 0], atol=1e-6)
    # Hermite from 0 to 1 in a second, leaving with slope 1 and arriving with slope 0: t + t^2 - t^3.
    keys = [[0, 0, 1], [0, 1, 0], [0, 1, 0]]
    curve = read(["jawOpen"], [0, 1, 1.1], keys, kind="CUBICSPLINE")["jawOpen"]
    t = np.arange(60) / 60
    np.testing.assert_allclose(curve[:60], t + t**2 - t**3, atol=1e-6)


def drop(*path):
    def change(document):
        for step in path[:-1]:
            document = document[step]
        del document[path[-1]]

    return change


def put(value, *path):
    def change(document):
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (drop("animations"), "has no animation of morph targets"),
        (drop("meshes", 0, "extras"), "the morph targets of 'face' have no names"),
        (put(["a"], "meshes", 0, "extras", "targetNames"), r"'face' has \[2\] morph targets but 1 names for them"),
        (put(["a", "b"], "meshes", 0, "extras", "targetNames"), "no morph target has a name of ARKit, FLAME"),
        (put(["jawOpen", "JawOpen"], "meshes", 0, "extras", "targetNames"), "both mean ARKit's 'jawOpen'"),
        (put(3, "accessors", 2, "count"), "must have 2 values for each of its 2 keys, got 3"),
        (put(300, "accessors", 2, "count"), "needs 1200 bytes"),
        (put([], "buffers"), "is in buffer 0, but the file has 0"),
        (put({"byteLength": 60, "uri": "gone.bin"}, "buffers", 0), "buffer 0 is missing"),
        (put("WAVY", "animations", 0, "samplers", 0, "interpolation"), "must be one that glTF has, got 'WAVY'"),
        (put(7, "animations", 0, "channels", 0, "sampler"), "refers to sampler 7 of 1"),
        (put(7, "animations", 0, "channels", 0, "target", "node"), r"refers to nodes\[7\] of 1"),
        (put(None, "animations", 0, "channels"), "its JSON is not glTF"),
        (put({"count": 9}, "accessors", 2, "sparse"), "its sparse part must have no more, got 9"),
    ],
)
def test_damaged_files_say_what(read, changes, message):
    with pytest.raises(ValueError, match=message):
        read(["jawOpen", "jawLeft"], [0, 1], [[0, 0], [1, 1]], changes=changes)


@pytest.mark.parametrize(
    ("times", "values", "message"),
    [
        ([0, 1], [0, np.nan], "holds values that are not finite"),
        ([0, np.inf], [0, 1], "holds values that are not finite"),
        ([1, 0], [0, 1], "must rise from 0 and end within a day"),
        ([0, 1e9], [0, 1], "must rise from 0 and end within a day"),
    ],
)
def test_impossible_keys(read, times, values, message):
    with pytest.raises(ValueError, match=message):
        read(["jawOpen"], times, values)


def test_sparse_weights(read):
    """Keys that are zero but for one, as the specification allows."""

    def change(document):
        extra = struct.pack("<H", 2) + b"\0\0" + struct.pack("<f", 0.75)
        uri = document["buffers"][0]["uri"]
        data = base64.b64decode(uri.partition(",")[2]) + extra
        document["buffers"][0] = {
            "byteLength": len(data),
            "uri": "data:;base64," + base64.b64encode(data).decode(),
        }
        start = len(data) - len(extra)
        document["bufferViews"] += [
            {"buffer": 0, "byteOffset": start, "byteLength": 2},
            {"buffer": 0, "byteOffset": start + 4, "byteLength": 4},
        ]
        del document["accessors"][2]["bufferView"]
        document["accessors"][2]["sparse"] = {
            "count": 1,
            "indices": {"bufferView": 3, "componentType": 5123},
            "values": {"bufferView": 4},
        }

    curve = read(["jawOpen"], [0, 1, 2], [9, 9, 9], changes=change)["jawOpen"]
    np.testing.assert_allclose(curve, [0, 0, 0.75])


def test_cut_off_anywhere(lively, tmp_path):
    export(lively, tmp_path / "a.glb")
    whole = (tmp_path / "a.glb").read_bytes()
    for share in (0, 1e-6, 1e-5, 1e-3, 0.1, 0.5, 0.9, 0.999999):
        (tmp_path / "b.glb").write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(ValueError, match=r"b\.glb"):
            load_animation(tmp_path / "b.glb")


def test_shapes_are_those_that_were_drawn(lively, tmp_path):
    export(lively, tmp_path / "a.glb")
    np.testing.assert_array_equal(load_animation(tmp_path / "a.glb").weights[:, :52], lively.weights[:, :52])
    assert len(ARKIT_SHAPES) == 52
