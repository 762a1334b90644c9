import ast
import json
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from avatar.animation import Animation
from avatar.audio import load_audio
from avatar.controls import ARKIT, ARKIT_SHAPES
from avatar.export import ExportOptions, export
from avatar.export.blender import upright
from avatar.export.formats import write
from avatar.export.frames import Portrait
from avatar.export.head import drawn_identity, shipped_head

FRAMES = (0, 5, 11)

_LOOK = """
import bpy, json
from array import array
from bpy_extras.object_utils import world_to_camera_view

scene, out = bpy.context.scene, {out!r}
face = scene.objects["Face"]
found = {{"objects": sorted(thing.name for thing in scene.objects)}}
found["others"] = sorted(thing.name for thing in bpy.data.scenes["Scene"].objects)
found["materials"] = [material.name for material in face.data.materials]
found["clock"] = [scene.render.fps / scene.render.fps_base, scene.frame_start, scene.frame_end]
found["images"] = [list(image.size) for image in bpy.data.images if image.packed_file]
for strip in scene.sequence_editor.sequences_all if scene.sequence_editor else []:
    found["strip"] = [strip.frame_start, strip.frame_final_duration]
    open(out + "/packed.ogg", "wb").write(strip.sound.packed_file.data)
for frame in {frames}:
    scene.frame_set(frame)
    found[f"keys {{frame}}"] = {{key.name: key.value for key in face.data.shape_keys.key_blocks[1:]}}
    mesh = face.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()
    points = array("f", bytes(12 * len(mesh.vertices)))
    mesh.vertices.foreach_get("co", points)
    open(f"{{out}}/{{frame}}.f32", "wb").write(points.tobytes())
    seen = [world_to_camera_view(scene, scene.camera, mesh.vertices[i].co)[:2] for i in {landmarks}]
    found[f"landmarks {{frame}}"] = seen
json.dump(found, open(out + "/found.json", "w"))
"""


@dataclass(frozen=True)
class Rebuilt:
    """What Blender made of a script."""

    found: dict
    points: dict
    picture: np.ndarray
    animation: Animation
    portrait: Portrait
    folder: Path

    def truth(self, frame):
        return self.portrait.vertices(self.animation, [frame])[0]

    def assert_landmarks_are_seen_where_ours_are(self, frame, camera):
        size = self.portrait.options.shape
        seen = np.array(self.found[f"landmarks {frame}"]) * (size[1], -size[0]) + (0, size[0])
        points = self.points[frame][self.portrait.head.landmarks]
        np.testing.assert_allclose(seen, camera.project(points, size), atol=0.02)


def rebuild(blender, out, animation, options, *words):
    write(animation, out / "it's.blend.py", options)
    landmarks = shipped_head().landmarks.tolist()
    (out / "look.py").write_text(_LOOK.format(out=str(out), frames=FRAMES, landmarks=landmarks))
    blender("-P", out / "it's.blend.py", "-P", out / "look.py", "--", "--render", out / "picture.png", *words)
    points = {}
    for frame in FRAMES:
        x, y, z = np.frombuffer((out / f"{frame}.f32").read_bytes(), np.float32).reshape(-1, 3).T
        points[frame] = np.stack([x, z, -y], axis=1)
    found = json.loads((out / "found.json").read_text())
    return Rebuilt(found, points, np.array(Image.open(out / "picture.png")), animation, Portrait(options), out)


@pytest.fixture(scope="module")
def rebuilt(blender, lively, tmp_path_factory):
    """Another person in a wide, transparent picture, with sound and with weights beyond 0..1."""
    out = tmp_path_factory.mktemp("blender")
    with wave.open(str(out / "a.wav"), "wb") as sound:
        sound.setparams((1, 2, 16000, 0, "NONE", "NONE"))
        sound.writeframes((8000 * np.sin(np.arange(6400) / 5)).astype("<i2").tobytes())
    animation = lively.with_curves({"browInnerUp": np.linspace(-0.1, 1.2, 12), "noseSneerLeft": np.full(12, 0.25)})
    identity = drawn_identity(shipped_head(), 3)
    options = ExportOptions(identity, (96, 128), background="transparent", audio=out / "a.wav")
    return rebuild(blender, out, animation, options, "--frame", 11, "--samples", 4, "--save", out / "a.blend")


def test_blender_moves_the_head_as_the_rig_does(rebuilt):
    """But for lids and tongue: the rig fits them to balls and lips, shape keys can only add up."""
    head = rebuilt.portrait.head
    furthest = np.full(len(head.rest), 1e-4)  # metres
    for fitted in head.lids.eyes:
        furthest[fitted.moved] = furthest[fitted.outside] = 3e-3
    furthest[head.regions["tongue"]] = 0.02
    for frame in FRAMES:
        assert (np.linalg.norm(rebuilt.points[frame] - rebuilt.truth(frame), axis=1) < furthest).all()


def test_blender_plays_the_curves_at_their_rate(rebuilt):
    assert rebuilt.found["clock"] == [30, 0, 11]
    for frame in FRAMES:
        keys = rebuilt.found[f"keys {frame}"]
        assert tuple(keys) == ARKIT_SHAPES
        np.testing.assert_allclose(list(keys.values()), rebuilt.animation.weights[frame, :52], atol=1e-6)


def test_blenders_camera_sees_landmarks_where_ours_does(rebuilt):
    for frame in FRAMES:
        rebuilt.assert_landmarks_are_seen_where_ours_are(frame, rebuilt.portrait.camera)


def test_cycles_draws_the_head_where_we_do(rebuilt):
    mine = rebuilt.portrait.draw(rebuilt.truth(11)[None])[0]
    inside, theirs = mine[..., 3] > 127, rebuilt.picture[..., 3] > 127
    assert inside.shape == (96, 128)
    assert (inside & theirs).sum() / (inside | theirs).sum() > 0.97
    # As bright and of the same hue too, within what shadows and another shading model make of it.
    both = inside & theirs
    np.testing.assert_allclose(rebuilt.picture[both, :3].mean(0), mine[both, :3].mean(0), atol=25)


def test_blender_gets_parts_sound_and_a_scene_of_its_own(rebuilt):
    assert rebuilt.found["materials"] == list(shipped_head().parts)
    assert rebuilt.found["strip"] == [0, 12]
    heard = load_audio(rebuilt.folder / "packed.ogg")
    assert heard.duration == pytest.approx(0.4, abs=0.01) and heard.peak > 0.15
    assert (rebuilt.folder / "a.blend").stat().st_size > 100_000
    assert rebuilt.found["objects"] == ["Face", "Light 1", "Light 2", "Light 3", "Portrait", "Skeleton"]
    assert rebuilt.found["others"] == ["Camera", "Cube", "Light"]


def test_a_turning_camera_parallel_rays_lights_and_textures_come_along(blender, lively, tmp_path):
    Image.new("RGB", (8, 4), "#20a040").save(tmp_path / "green.png")
    options = ExportOptions(
        size=32, preset="turntable", field_of_view=0.0, lights="even", texture=tmp_path / "green.png"
    )
    rebuilt = rebuild(blender, tmp_path, lively, options, "--samples", 16)
    for frame in FRAMES:
        rebuilt.assert_landmarks_are_seen_where_ours_are(frame, rebuilt.portrait.camera_at(frame / 12))
    assert rebuilt.found["images"] == [[8, 4]] and len(rebuilt.found["objects"]) == 4
    (mine,) = rebuilt.portrait.pictures(lively, [0])
    assert rebuilt.picture.shape == (32, 32, 3)
    np.testing.assert_allclose(rebuilt.picture[:3], mine[:3, :, :3], atol=3)  # the studio's background
    chin = rebuilt.picture[18:22, 14:18].mean((0, 1))
    assert chin[1] > 1.5 * max(chin[0], chin[2])


def tables(path):
    """The values that a script gives to its names in capitals, read without running it."""
    assigned = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.AnnAssign)]
    return {node.target.id: ast.literal_eval(node.value) for node in assigned}


def test_a_script_is_small_and_names_no_path(lively, tmp_path):
    with wave.open(str(tmp_path / "private.wav"), "wb") as sound:
        sound.setparams((1, 2, 16000, 0, "NONE", "NONE"))
        sound.writeframes(bytes(12800))
    target = tmp_path / 'o\'neil "x".blend.py'
    export(Animation(ARKIT, lively.weights, 30, tmp_path / "private.wav"), target)
    script = target.read_text()
    assert len(script) < 2_000_000 and max(map(len, script.splitlines())) <= 120
    assert str(tmp_path) not in script and "private" not in script
    found = tables(target)
    assert found["SCENE"]["name"] == 'o\'neil "x"' and found["SCENE"]["frames"] == 12
    assert set(found["ARRAYS"]) >= {"positions", "sound", "weights of jawOpen", "turns of leftEye"}


def test_without_sound_there_is_none(lively, tmp_path):
    export(lively, tmp_path / "a.blend.py")
    assert "sound" not in tables(tmp_path / "a.blend.py")["ARRAYS"]


def test_upright_turns_y_up_into_z_up():
    np.testing.assert_array_equal(upright(np.array([[1.0, 2.0, 3.0]])), [[1, -3, 2]])
