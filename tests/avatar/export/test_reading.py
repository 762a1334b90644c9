import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatar.animation import Animation
from avatar.controls import ARKIT, ARKIT_SHAPES
from avatar.export import export
from avatar.export.reading import READERS, load_animation
from avatar.spaces import FLAME, METAHUMAN, OCULUS, VRM, convert, flame_space

SHAPES = ARKIT.indices(ARKIT_SHAPES)


def clip(seed, frames, fps):
    weights = np.random.default_rng(seed).uniform(-1, 1, (frames, len(ARKIT)))
    return Animation(ARKIT, weights, fps)


@settings(deadline=None, max_examples=15)
@given(
    extension=st.sampled_from([".a2f.json", ".unity.json", ".npz", ".livelink.bin"]),
    fps=st.sampled_from([24.0, 25.0, 30.0, 60.0, 30000 / 1001]),
    frames=st.integers(1, 30),
    seed=st.integers(0, 99),
)
def test_what_is_written_comes_back(extension, fps, frames, seed, tmp_path_factory):
    animation = clip(seed, frames, fps)
    path = tmp_path_factory.mktemp("curves") / f"take.1{extension}"
    export(animation, path)
    back = load_animation(path)
    assert back.space == ARKIT and back.fps == pytest.approx(fps, rel=1e-9) and len(back) == frames
    columns = SHAPES if extension == ".a2f.json" else slice(None)
    np.testing.assert_allclose(back.weights[:, columns], animation.weights[:, columns], atol=1e-6)


@settings(deadline=None, max_examples=20)
@given(
    of=st.sampled_from(
        [
            (".oculus.json", OCULUS),
            (".vrm.json", VRM),
            (".rigmapper.csv", METAHUMAN),
            (".flame.npz", FLAME),
            (".flame.npz", flame_space(7, eyelids=False)),
            (".npz", METAHUMAN),
        ]
    ),
    frames=st.integers(1, 6),
    seed=st.integers(0, 99),
)
def test_other_controls_come_back_too(of, frames, seed, tmp_path_factory):
    extension, space = of
    weights = np.random.default_rng(seed).uniform(space.minimum, space.maximum, (frames, len(space)))
    path = tmp_path_factory.mktemp("curves") / f"a{extension}"
    export(Animation(space, weights, 60), path)
    back = load_animation(path)
    assert (back.space, back.fps) == (space, 60)
    np.testing.assert_allclose(back.weights, weights, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("extension", "space"), [(".oculus.json", OCULUS), (".vrm.json", VRM), (".rigmapper.csv", METAHUMAN)]
)
def test_arkit_is_converted(lively, tmp_path, extension, space):
    export(lively, tmp_path / f"a{extension}")
    back = load_animation(tmp_path / f"a{extension}")
    assert back.space == space
    np.testing.assert_allclose(back.weights, convert(lively, space).weights, atol=1e-6)
    # From visemes, expressions or curves of MetaHuman back to those of ARKit.
    export(back, tmp_path / "b.csv")
    assert load_animation(tmp_path / "b.csv").space == ARKIT


def test_flame_needs_its_own_controls(lively, tmp_path):
    with pytest.raises(ValueError, match="it takes the FLAME controls, got ARKit; solve for a FLAME model first"):
        export(lively, tmp_path / "a.flame.npz")


def test_flame_arrays_have_the_names_that_its_users_know(tmp_path):
    weights = np.zeros((3, len(FLAME)))
    weights[:, FLAME.index("jaw_pose_x")] = 0.3
    export(Animation(FLAME, weights, 25), tmp_path / "a.flame.npz")
    with np.load(tmp_path / "a.flame.npz") as arrays:
        shapes = {name: arrays[name].shape for name in arrays}
        assert arrays["jaw_pose"][:, 0] == pytest.approx(0.3)
    poses = dict.fromkeys(("global_orient", "neck_pose", "jaw_pose", "leye_pose", "reye_pose"), (3, 3))
    assert shapes == {"expression": (3, 100), "eyelids": (3, 2), "fps": ()} | poses


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"jaw_pose": np.zeros((2, 3))}, r"jaw_pose must be floats \[3, 3\], got float64 \[2, 3\]"),
        ({"jaw_pose": np.full((3, 3), np.nan)}, "weights must be finite, got nan in 'jaw_pose_x'"),
        ({"expression": np.zeros(3)}, r"expression must be \[T, 1\.\.300\], got \[3\]"),
        ({"expression": None}, "it lacks expression"),
        ({"fps": np.array(-1.0)}, "its frames per second must be a number within"),
        ({"fps": np.array(["a"])}, "fps must be one number"),
        ({"jaw_pose": np.array([print], object)}, "is not an .npz of FLAME parameters, or is damaged"),
    ],
)
def test_flame_with_wrong_contents(tmp_path, change, message):
    arrays = {"expression": np.zeros((3, 10)), "jaw_pose": np.zeros((3, 3)), "fps": np.array(30.0)} | change
    np.savez(tmp_path / "a.flame.npz", **{name: a for name, a in arrays.items() if a is not None})
    with pytest.raises(ValueError, match=message):
        load_animation(tmp_path / "a.flame.npz")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "its first line must be curve_name, frame_number, value"),
        ("curve_name, frame_number, value\n", "holds no frames, only a header"),
        ("curve_name, frame_number, value\nCTRL_expressions_jawOpen, 0\n", "line 2 must hold 3 values, got 2"),
        ("curve_name, frame_number, value\nCTRL_expressions_jawOpen, x, 1\n", "line 2 must hold a name, a whole"),
        ("curve_name, frame_number, value\nCTRL_expressions_jawOpen, 0, nan\n", "a finite value, got 0 and nan"),
        ("curve_name, frame_number, value\nCTRL_expressions_jawOpen, 99999999999, 1\n", "a frame from 0"),
        (
            "curve_name, frame_number, value\n" + "CTRL_expressions_jawOpen, 0, 1\n" * 2,
            "line 3 gives frame 0 of CTRL_expressions_jawOpen once more",
        ),
        ("curve_name, frame_number, value\njaw, 0, 1\n", "names no control of MetaHuman: jaw"),
    ],
)
def test_rigmapper_with_wrong_contents(tmp_path, text, message):
    (tmp_path / "a.rigmapper.csv").write_text(text)
    with pytest.raises(ValueError, match=message):
        load_animation(tmp_path / "a.rigmapper.csv")


def test_rigmapper_fills_in_between_keys(tmp_path):
    rows = "curve_name, frame_number, value\nctrl_expressions_jawopen, 4, 1.0\nctrl_expressions_jawopen,0,0.0\n"
    (tmp_path / "a.rigmapper.csv").write_text(rows)
    curve = load_animation(tmp_path / "a.rigmapper.csv")["CTRL_expressions_jawOpen"]
    np.testing.assert_allclose(curve, [0, 0.25, 0.5, 0.75, 1])


def test_every_reader_is_there():
    from importlib import import_module

    for module in READERS.values():
        assert callable(import_module(module).read)


@pytest.mark.parametrize("name", ["a.fbx", "a.json", "a", ".csv"])
def test_unknown_extension(tmp_path, name):
    with pytest.raises(ValueError, match="its extension must be one of " + re.escape(", ".join(READERS))):
        load_animation(tmp_path / name)


@pytest.mark.parametrize("extension", READERS)
def test_what_is_not_there_and_what_is_damaged(tmp_path, extension):
    path = tmp_path / f"a{extension}"
    with pytest.raises(FileNotFoundError, match=r"no such .*file"):
        load_animation(path)
    for damage in (b"", b"\0\xff\xfe", b"[" * 100_000, b"{}", b"PK\x03\x04", b"\x1f\x8b\x08"):
        path.write_bytes(damage)
        with pytest.raises(ValueError, match=re.escape(str(path))):
            load_animation(path)


@pytest.mark.parametrize("extension", [".a2f.json", ".livelink.bin", ".oculus.json", ".unity.json", ".vrm.json"])
def test_cut_off_anywhere(tmp_path, extension, lively):
    path = tmp_path / f"a{extension}"
    export(lively, path)
    whole = path.read_bytes()
    for share in np.linspace(0, 0.999, 30):
        path.write_bytes(whole[: int(share * len(whole.rstrip()))])
        # Packets end to end are whole at their ends.
        if extension != ".livelink.bin" or int(share * len(whole)) % (len(whole) // len(lively)):
            with pytest.raises(ValueError, match=re.escape(str(path))):
                load_animation(path)


def test_audio2face_as_its_makers_write_it(lively, tmp_path):
    export(lively, tmp_path / "a.a2f.json")
    document = json.loads((tmp_path / "a.a2f.json").read_text())
    assert (document["exportFps"], document["numPoses"], document["numFrames"]) == (30, 52, 12)
    assert document["facsNames"] == list(ARKIT_SHAPES)
    np.testing.assert_allclose(document["weightMat"], lively.weights[:, SHAPES], atol=1e-6)


def test_unity_shows_percent_and_degrees(lively, tmp_path):
    export(lively, tmp_path / "a.unity.json")
    document = json.loads((tmp_path / "a.unity.json").read_text())
    curves = {curve["name"]: curve for curve in document["curves"]}
    assert document["frames"] == 12 and document["fps"] == 30
    assert curves["jawOpen"]["unit"] == "percent" and curves["headYaw"]["unit"] == "degree"
    np.testing.assert_allclose(curves["jawOpen"]["values"], lively["jawOpen"] * 100, atol=1e-5)
    np.testing.assert_allclose(curves["headYaw"]["values"], np.degrees(lively["headYaw"]), atol=1e-5)


def change(path, **entries):
    document = json.loads(path.read_text())
    for name, make in entries.items():
        document[name] = make(document[name])
    path.write_text(json.dumps(document))


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"numFrames": lambda n: n + 1}, "numFrames is 13, but weightMat holds 12"),
        ({"numPoses": lambda n: "52"}, "numPoses is '52', but facsNames holds 52"),
        ({"weightMat": lambda rows: [rows[0][:-1], *rows[1:]]}, "frame 0 must hold 52 values, got 51"),
        ({"weightMat": lambda rows: [*rows[:-1], [None] * 52]}, "frame 11 holds None, which is not a finite number"),
        ({"weightMat": lambda rows: [[float("nan")] * 52, *rows[1:]]}, "frame 0 holds nan, which is not a finite"),
        ({"weightMat": lambda rows: [[10**400] * 52, *rows[1:]]}, "which is not a finite number"),
        ({"weightMat": lambda rows: [], "numFrames": lambda n: 0}, "holds no frames"),
        ({"exportFps": lambda fps: 0}, "its frames per second must be a number within 0..1000, got 0"),
        ({"exportFps": lambda fps: "30"}, "its frames per second must be a number within 0..1000, got '30'"),
        ({"facsNames": lambda names: ["a"] * 52}, "names no control of ARKit: a, a"),
        ({"facsNames": lambda names: ["JawOpen", "jawopen", *names[2:]]}, "names the curve 'jawopen' twice"),
        ({"facsNames": lambda names: [1] * 52}, "the names of its curves must be a list of texts"),
    ],
)
def test_audio2face_with_wrong_contents(lively, tmp_path, entries, message):
    path = tmp_path / "a.a2f.json"
    export(lively, path)
    change(path, **entries)
    with pytest.raises(ValueError, match=re.escape(message)):
        load_animation(path)


def test_curves_that_arkit_lacks_are_left_out_and_said(lively, tmp_path, caplog):
    path = tmp_path / "a.a2f.json"
    export(lively, path)
    change(path, facsNames=lambda names: ["tongueTipUp", "EyeLookDownLeft", *names[2:]])
    back = load_animation(path)
    assert "left out what ARKit does not know: tongueTipUp" in caplog.text
    assert not back["eyeBlinkLeft"].any() and back["eyeLookDownLeft"].any()


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"frames": lambda n: 13}, "the curve 'eyeBlinkLeft' must hold 13 values, got 12"),
        ({"frames": lambda n: None}, "frames must be a whole number above 0, got None"),
        ({"curves": lambda curves: [{"name": "jawOpen"}]}, "each of its curves must have a name and values"),
        ({"curves": lambda curves: {}}, "each of its curves must have a name and values"),
    ],
)
def test_unity_with_wrong_contents(lively, tmp_path, entries, message):
    path = tmp_path / "a.unity.json"
    export(lively, path)
    change(path, **entries)
    with pytest.raises(ValueError, match=re.escape(message)):
        load_animation(path)
