"""A talking head in Blender.

Rebuilds the scene in Blender 3.4 or newer: head, shape keys, bones, animation, sound, camera, lights. It makes a scene
of its own and leaves others alone. Open it in Blender's text editor and run it, or draw a frame without a window:

    blender -b -P clip.blend.py -- --render frame.png --frame 0 --engine CYCLES --size 512

or keep the scene as a file, or draw all frames:

    blender -b -P clip.blend.py -- --save clip.blend
    blender -b -P clip.blend.py -o frames/#### -a
"""

import argparse
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import bpy
from mathutils import Matrix, Quaternion, Vector

from avatar.export.blender_surface import build_head
from avatar.export.blender_tools import ARRAYS, SCENE, Value, animate, arrange, numbers, only_node, unpacked

EEVEE = ("BLENDER_EEVEE_NEXT", "BLENDER_EEVEE")  # 4.2 to 4.5 call it by the longer name
SENSOR = 24.0  # millimetres; only the ratio to the focal length counts
SUN_OF_WHITE = 3.141592653589793  # W/m2 that make a white surface look white


def main() -> None:
    """Build the scene; draw and save what the words after -- ask for."""
    wanted = parse(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else [])
    scene = bpy.data.scenes.new(SCENE["name"])
    if bpy.context.window is not None:
        bpy.context.window.scene = scene
    build_clock(scene)
    skeleton = build_skeleton(scene)
    build_head(scene, skeleton)
    build_camera(scene)
    build_lights(scene)
    build_sound(scene)
    set_engine(scene, wanted)
    scene.frame_set(wanted.frame)
    if wanted.save:
        bpy.ops.wm.save_as_mainfile(filepath=str(Path(wanted.save).resolve()))
    if wanted.render:
        scene.render.filepath = str(Path(wanted.render).resolve())
        bpy.ops.render.render(write_still=True, scene=scene.name)


def parse(words: list[str]) -> argparse.Namespace:
    """What to draw and save."""
    parser = argparse.ArgumentParser(prog="blender -b -P SCRIPT --", description="Build the scene, draw and save it.")
    parser.add_argument("--render", metavar="PNG", help="draw one frame into this file")
    parser.add_argument("--frame", type=int, default=0, help="which one; the first is 0")
    parser.add_argument("--engine", choices=("CYCLES", "EEVEE"), default="CYCLES")
    parser.add_argument("--size", type=int, default=SCENE["size"][0], help="height of the picture in pixels")
    parser.add_argument("--samples", type=int, default=128, help="light paths a pixel")
    parser.add_argument("--save", metavar="BLEND", help="save the scene into this file")
    return parser.parse_args(words)


def build_clock(scene: Any) -> None:
    """Frame t is the instant t / fps."""
    render = scene.render
    render.fps = max(round(SCENE["fps"]), 1)
    render.fps_base = render.fps / SCENE["fps"]
    scene.frame_start, scene.frame_end = 0, SCENE["frames"] - 1


def build_skeleton(scene: Any) -> Any:
    """Bones of neck, head and eyes, turning."""
    armature = bpy.data.armatures.new("Skeleton")
    skeleton = bpy.data.objects.new("Skeleton", armature)
    scene.collection.objects.link(skeleton)
    skeleton.show_in_front = True
    layer = scene.view_layers[0]
    layer.objects.active = skeleton
    with bpy.context.temp_override(scene=scene, view_layer=layer, object=skeleton, active_object=skeleton):
        bpy.ops.object.mode_set(mode="EDIT")
        for described in SCENE["bones"]:
            bone = armature.edit_bones.new(described["name"])
            bone.head, bone.tail = described["head"], described["tail"]
            bone.parent = armature.edit_bones.get(described["parent"] or "")
        bpy.ops.object.mode_set(mode="OBJECT")
    for name in SCENE["turning"]:
        rest = armature.bones[name].matrix_local.to_quaternion()
        turns = numbers("turns of " + name)
        own = [rest.inverted() @ Quaternion(turns[i : i + 4]) @ rest for i in range(0, len(turns), 4)]
        for part in range(4):
            animate(skeleton, f'pose.bones["{name}"].rotation_quaternion', [turn[part] for turn in own], part)
    return skeleton


def build_camera(scene: Any) -> None:
    """The camera, framing what avatar frames."""
    described = SCENE["camera"]
    lens = bpy.data.cameras.new("Portrait")
    lens.sensor_fit = "VERTICAL"
    lens.sensor_height = SENSOR
    if described["orthographic"]:
        lens.type, lens.ortho_scale = "ORTHO", 1.0 / described["focal"]
    else:
        lens.lens = described["focal"] * SENSOR
    lens.shift_x, lens.shift_y = described["shift"]
    lens.clip_start, lens.clip_end = described["near"], described["far"]
    camera = bpy.data.objects.new("Portrait", lens)
    scene.collection.objects.link(camera)
    scene.camera = camera
    table = numbers("camera")
    matrices = [Matrix([table[i + j : i + j + 4] for j in range(0, 16, 4)]) for i in range(0, len(table), 16)]
    turns = [matrix.to_quaternion() for matrix in matrices]
    for before, turn in pairwise(turns):
        turn.make_compatible(before)
    camera.rotation_mode = "QUATERNION"
    camera.location, camera.rotation_quaternion = matrices[0].to_translation(), turns[0]
    if len(matrices) > 1:
        for axis in range(3):
            animate(camera, "location", [matrix[axis][3] for matrix in matrices], axis)
        for part in range(4):
            animate(camera, "rotation_quaternion", [turn[part] for turn in turns], part)


def build_lights(scene: Any) -> None:
    """Suns, the light of the surroundings, and what is seen behind the head."""
    for number, described in enumerate(SCENE["lights"]):
        sun = bpy.data.lights.new(f"Light {number + 1}", "SUN")
        sun.color = described["colour"]
        sun.energy = SUN_OF_WHITE * described["intensity"]
        sun.angle = 0.15  # radians across: lamps have a size
        lamp = bpy.data.objects.new(sun.name, sun)
        towards = Vector(described["direction"])
        lamp.rotation_euler = towards.to_track_quat("Z", "Y").to_euler()
        lamp.location = 0.8 * towards.normalized()  # of no effect on the light; easier to find
        scene.collection.objects.link(lamp)
    world = bpy.data.worlds.new(SCENE["name"])
    world.use_nodes = True
    scene.world = world
    build_surroundings(world.node_tree)
    arrange(world.node_tree)
    scene.render.film_transparent = SCENE["background"] is None
    scene.view_settings.view_transform = "Standard"


def build_surroundings(tree: Any) -> None:
    """Light from above and from below; the camera sees the background instead."""
    light = only_node(tree, "ShaderNodeBackground", "ShaderNodeOutputWorld")
    nodes, link = tree.nodes, tree.links.new
    place = nodes.new("ShaderNodeTexCoord")
    height = Value(tree, place.outputs["Generated"]).parts()[2]
    rise = [sky - ground for sky, ground in zip(SCENE["sky"], SCENE["ground"], strict=True)]
    both = height.math("GREATER_THAN", 0.0).vector("MULTIPLY_ADD", rise, SCENE["ground"])
    link(both.socket, light.inputs["Color"])
    if SCENE["background"] is None:
        return
    up = Value(tree, place.outputs["Window"]).parts()[1]
    ramp = nodes.new("ShaderNodeValToRGB")
    stops = ramp.color_ramp.elements
    while len(stops) < len(SCENE["background"]):
        stops.new(1.0)
    for stop, (position, rgb) in zip(stops, SCENE["background"], strict=True):
        stop.position, stop.color = position, (*rgb, 1.0)
    link(up.socket, ramp.inputs["Fac"])
    seen = nodes.new("ShaderNodeBackground")
    link(ramp.outputs["Color"], seen.inputs["Color"])
    rays = nodes.new("ShaderNodeLightPath")
    either = nodes.new("ShaderNodeMixShader")
    link(rays.outputs["Is Camera Ray"], either.inputs[0])
    link(light.outputs[0], either.inputs[1])
    link(seen.outputs[0], either.inputs[2])
    link(either.outputs[0], next(node for node in nodes if node.type == "OUTPUT_WORLD").inputs["Surface"])


def build_sound(scene: Any) -> None:
    """The sound, packed into the scene, as a strip that starts with the animation."""
    if "sound" not in ARRAYS:
        return
    editor = scene.sequence_editor_create()
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences  # 4.4 changed the name
    with unpacked("sound") as file:
        strip = strips.new_sound("Speech", file, channel=1, frame_start=0)
        strip.sound.pack()
    scene.sync_mode = "AUDIO_SYNC"


def set_engine(scene: Any, wanted: argparse.Namespace) -> None:
    """Engine, size and samples of the pictures."""
    if wanted.engine == "CYCLES":
        import _cycles
        import addon_utils

        addon_utils.enable("cycles")
        scene.render.engine = "CYCLES"
        scene.cycles.samples = wanted.samples
        scene.world.cycles.sampling_method = "MANUAL"  # finding bright spots takes long, and there are none
        scene.world.cycles.sample_map_resolution = 64
        # Debian's Blender comes without its denoiser, and would stop.
        scene.cycles.use_denoising = getattr(_cycles, "with_openimagedenoise", False)
    else:
        for name in EEVEE:
            try:
                scene.render.engine = name
                break
            except TypeError:
                continue
        scene.eevee.taa_render_samples = wanted.samples
        if bpy.app.background and wanted.render:
            sys.stderr.write("Eevee draws through OpenGL: should Blender end here, use --engine CYCLES.\n")
    height, width = SCENE["size"]
    scene.render.resolution_y = wanted.size
    scene.render.resolution_x = round(wanted.size * width / height)
    scene.render.resolution_percentage = 100
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGBA" if SCENE["background"] is None else "RGB"
