"""Part of the script for Blender: the head, its shape keys and its materials."""

from array import array
from typing import Any

import bpy

from avatar.export.blender_tools import SCENE, Value, animate, arrange, numbers, only_node, unpacked


def build_head(scene: Any, skeleton: Any) -> None:
    """The mesh with its parts, shape keys and what hangs on which bone."""
    mesh = bpy.data.meshes.new("Face")
    positions, corners = numbers("positions"), numbers("faces")
    points = [positions[i : i + 3] for i in range(0, len(positions), 3)]
    mesh.from_pydata(points, [], [corners[i : i + 3] for i in range(0, len(corners), 3)])
    mesh.polygons.foreach_set("use_smooth", [True] * len(mesh.polygons))
    mesh.polygons.foreach_set("material_index", numbers("face_parts"))
    mesh.uv_layers.new(name="UVMap").data.foreach_set("uv", numbers("corner_uv"))
    mesh.color_attributes.new("Colour", "FLOAT_COLOR", "POINT").data.foreach_set("color", numbers("colours"))
    mesh.attributes.new("EyeOffset", "FLOAT_VECTOR", "POINT").data.foreach_set("vector", numbers("eye_offsets"))
    for described in SCENE["materials"]:
        mesh.materials.append(build_material(described))
    mesh.update()
    face = bpy.data.objects.new("Face", mesh)
    scene.collection.objects.link(face)
    for bone in SCENE["bones"]:
        group = face.vertex_groups.new(name=bone["name"])
        for vertex, share in enumerate(numbers("shares of " + bone["name"])):
            if share > 0:
                group.add([vertex], share, "REPLACE")
    face.parent = skeleton
    face.modifiers.new("Skeleton", "ARMATURE").object = skeleton
    build_shapes(face, positions)


def build_shapes(face: Any, positions: "array[float]") -> None:
    """The shape keys and their curves."""
    face.shape_key_add(name="Basis", from_mix=False)
    rows, steps = numbers("shape_rows"), numbers("shape_steps")
    start = 0
    for name, count in zip(SCENE["shapes"], numbers("shape_counts"), strict=True):
        moved = positions[:]
        for i in range(start, start + count):
            for axis in range(3):
                moved[3 * rows[i] + axis] += steps[3 * i + axis]
        start += count
        values = numbers("weights of " + name)
        key = face.shape_key_add(name=name, from_mix=False)
        key.data.foreach_set("co", moved)
        # Blender would clip the curve at the slider's ends.
        key.slider_min, key.slider_max = min(0.0, *values), max(1.0, *values)
        key.value = values[0]
        animate(face.data.shape_keys, f'key_blocks["{name}"].value', values)


def build_material(described: dict[str, Any]) -> Any:
    """A Principled surface of the vertices' colours; eyes get iris and pupil."""
    material = bpy.data.materials.new(described["name"])
    material.use_nodes = True
    material.use_backface_culling = not described["double_sided"]
    surface = only_node(material.node_tree, "ShaderNodeBsdfPrincipled", "ShaderNodeOutputMaterial")
    nodes, link = material.node_tree.nodes, material.node_tree.links.new
    colour = nodes.new("ShaderNodeVertexColor")
    colour.layer_name = "Colour"
    shade = Value(material.node_tree, colour.outputs["Color"])
    if described["textured"]:
        shade = lay_texture(shade)
    if described["iris"]:
        shade = build_eye(surface, shade, described["iris"])
    link(shade.socket, surface.inputs["Base Color"])
    surface.inputs["Roughness"].default_value = described["roughness"]
    first_of(surface, "Specular IOR Level", "Specular").default_value = described["specular"]
    radius = described["subsurface"]
    if radius:
        surface.inputs["Subsurface Radius"].default_value = radius
        first_of(surface, "Subsurface Weight", "Subsurface").default_value = 1.0
        if "Subsurface Color" in surface.inputs:
            link(shade.socket, surface.inputs["Subsurface Color"])
        if "Subsurface Scale" in surface.inputs:
            surface.inputs["Subsurface Scale"].default_value = 1.0
    arrange(material.node_tree)
    return material


def lay_texture(under: "Value") -> "Value":
    """The user's texture over another colour."""
    picture = under.tree.nodes.new("ShaderNodeTexImage")
    with unpacked("texture") as file:
        picture.image = bpy.data.images.load(file)
        picture.image.pack()
    return under.mix(*(Value(under.tree, picture.outputs[name]) for name in ("Color", "Alpha")))


def build_eye(surface: Any, white: "Value", iris: Any) -> "Value":
    """Paint iris and pupil, and give the cornea's curve to reflections; the resting eye looks along -y."""
    eye, tree = SCENE["eye"], white.tree
    attribute = tree.nodes.new("ShaderNodeAttribute")
    attribute.attribute_name = "EyeOffset"
    x, y, z = Value(tree, attribute.outputs["Vector"]).parts()
    front = y.math("LESS_THAN", 0.0)
    across = (x * x + z * z).math("SQRT")
    share, angle = across * (1.0 / eye["iris"]), z.math("ARCTAN2", x)
    fibres = (angle * 23.0 + share * 5.0).math("SINE") * 0.10 + (angle * 41.0 + share * -9.0).math("SINE") * 0.08 + 0.82
    glow = (z * (-0.55 / eye["iris"]) + 0.75) * fibres * (share * -0.6 + 1.35)
    light = (
        glow * share.smooth(0.78, 1.0, 1.0, 0.25) * across.smooth(0.88 * eye["pupil"], 1.08 * eye["pupil"], 0.0, 1.0)
    )
    bulge = across.smooth(0.9 * eye["iris"], 1.2 * eye["iris"], eye["cornea"], 0.0) * front
    tilt = tree.nodes.new("ShaderNodeCombineXYZ")
    tree.links.new((x * bulge).socket, tilt.inputs[0])
    tree.links.new((z * bulge).socket, tilt.inputs[2])
    ball = Value(tree, tree.nodes.new("ShaderNodeNewGeometry").outputs["Normal"])
    bulged = ball.vector("ADD", Value(tree, tilt.outputs[0])).vector("NORMALIZE")
    tree.links.new(bulged.socket, surface.inputs["Normal"])
    return white.mix(light.vector("MULTIPLY", iris), share.smooth(0.93, 1.08, 1.0, 0.0) * front)


def first_of(node: Any, *names: str) -> Any:
    """The input that newer Blenders call by the first name and older ones by another."""
    return next(node.inputs[name] for name in names if name in node.inputs)
