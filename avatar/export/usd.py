"""USD: the head with UsdSkel blend shapes and a skeleton for neck, head and eyes, and the animation.

Beside the rig's shapes it holds a few that are made for the clip, see `avatar.export.correctives`: with them lids and
tongue are where the rig has them, within a tenth of a millimetre.
"""

from typing import Any

import numpy as np
import pxr.UsdShade
import pxr.UsdSkel
import torch
from numpy.typing import NDArray
from torch import Tensor

from avatar.animation import Animation
from avatar.export.correctives import correctives
from avatar.export.head import identity_vector, worn
from avatar.export.options import ExportOptions
from avatar.export.skeleton import Joint, Jointed, joint_shares, joint_turns, jointed, quaternions, skeleton
from avatar.files import replacing
from avatar.renderers import material_for, vertex_normals

Array = NDArray[Any]

_SMALLEST_STEP = 1e-6
"""Metres; displacements under it are not written."""
_SMALLEST_TILT = 2e-3
"""Changes of normals under it are not written."""


def write(animation: Animation, path: str, options: ExportOptions) -> None:
    """Write the head, wearing the identity asked for, and the animation; time code t is frame t."""
    head = jointed(options.chosen_rig, f"write {path}")
    animation = worn(animation, options.chosen_rig, f"write {path}")
    identity = identity_vector(options.chosen_rig, options.identity)
    with replacing(path) as temporary:
        # An empty file is no layer yet, so that it can be made anew; the extension picks text or binary.
        temporary.unlink()
        _save(str(temporary), head, identity, animation)


def _save(path: str, head: Jointed, identity: Tensor, animation: Animation) -> None:
    """Write the stage; it is closed on return, since Windows moves no file that is open."""
    stage = pxr.Usd.Stage.CreateNew(path)
    _describe(stage, animation)
    joints = skeleton(head, identity)
    root = pxr.UsdSkel.Root.Define(stage, "/Avatar")
    stage.SetDefaultPrim(root.GetPrim())
    _skeleton(stage, joints)
    with torch.inference_mode():
        positions, steps = head.neutral(identity)[0].numpy(), head.morph_targets(identity).numpy()
    mesh = _mesh(stage, head, positions)
    extra = correctives(head, identity, animation)
    more = np.zeros((len(extra.steps), *positions.shape), np.float32)
    more[:, extra.vertices] = extra.steps
    names = [*head.morph_names, *(f"corrective{index + 1}" for index in range(len(more)))]
    _blend_shapes(stage, mesh, head, positions, names, np.concatenate([steps, more]))
    weights = animation.weights[:, animation.space.indices(head.morph_names)]
    _animation(stage, animation, head, joints, names, np.concatenate([weights, extra.weights], axis=1))
    stage.GetRootLayer().Save()


def _describe(stage: Any, animation: Animation) -> None:
    pxr.UsdGeom.SetStageUpAxis(stage, pxr.UsdGeom.Tokens.y)
    pxr.UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    stage.SetTimeCodesPerSecond(animation.fps)
    stage.SetFramesPerSecond(animation.fps)
    stage.SetStartTimeCode(0)
    stage.SetEndTimeCode(len(animation) - 1)


def _names(joints: list[Joint]) -> list[str]:
    """Joints as paths through their parents, as UsdSkel orders them."""
    names: list[str] = []
    for joint in joints:
        names.append(joint.name if joint.parent is None else f"{names[joint.parent]}/{joint.name}")
    return names


def _steps(joints: list[Joint]) -> Array:
    """From each joint's parent to it [J, 3]."""
    starts = [np.zeros(3) if joint.parent is None else joints[joint.parent].place for joint in joints]
    return np.stack([joint.place - start for joint, start in zip(joints, starts, strict=True)]).astype(np.float32)


def _skeleton(stage: Any, joints: list[Joint]) -> None:
    bones = pxr.UsdSkel.Skeleton.Define(stage, "/Avatar/Skeleton")
    bones.CreateJointsAttr(_names(joints))
    for attribute, places in (
        (bones.CreateBindTransformsAttr(), np.stack([joint.place for joint in joints])),
        (bones.CreateRestTransformsAttr(), _steps(joints)),
    ):
        matrices = [pxr.Gf.Matrix4d(1).SetTranslate(pxr.Gf.Vec3d(*map(float, place))) for place in places]
        attribute.Set(pxr.Vt.Matrix4dArray(matrices))
    binding = pxr.UsdSkel.BindingAPI.Apply(bones.GetPrim())
    binding.CreateAnimationSourceRel().SetTargets(["/Avatar/Animation"])


def _mesh(stage: Any, head: Jointed, positions: Array) -> Any:
    geometry, kinds, vt = pxr.UsdGeom, pxr.Sdf.ValueTypeNames, pxr.Vt
    mesh = geometry.Mesh.Define(stage, "/Avatar/Face")
    faces = head.faces.numpy().astype(np.int32)
    mesh.CreatePointsAttr(vt.Vec3fArray.FromNumpy(positions.astype(np.float32)))
    mesh.CreateFaceVertexCountsAttr(vt.IntArray.FromNumpy(np.full(len(faces), 3, np.int32)))
    mesh.CreateFaceVertexIndicesAttr(vt.IntArray.FromNumpy(faces.reshape(-1)))
    mesh.CreateExtentAttr(vt.Vec3fArray.FromNumpy(np.stack([positions.min(0), positions.max(0)]).astype(np.float32)))
    mesh.CreateSubdivisionSchemeAttr(geometry.Tokens.none)
    mesh.CreateNormalsAttr(vt.Vec3fArray.FromNumpy(_normals(positions, faces)))
    mesh.SetNormalsInterpolation(geometry.Tokens.vertex)
    values = geometry.PrimvarsAPI(mesh)
    corner_uv = getattr(head, "corner_uv", None)
    if corner_uv is not None:
        uv = values.CreatePrimvar("st", kinds.TexCoord2fArray, geometry.Tokens.faceVarying)
        uv.Set(vt.Vec2fArray.FromNumpy(corner_uv.numpy().reshape(-1, 2)))
    colours = values.CreatePrimvar("displayColor", kinds.Color3fArray, geometry.Tokens.vertex)
    colours.Set(vt.Vec3fArray.FromNumpy(head.vertex_colours.numpy()))
    _materials(stage, mesh, head)
    binding = pxr.UsdSkel.BindingAPI.Apply(mesh.GetPrim())
    binding.CreateSkeletonRel().SetTargets(["/Avatar/Skeleton"])
    shares = joint_shares(head)
    order = np.argsort(-shares, axis=1, kind="stable")[:, :2]  # neck and head, or an eye: never more than two
    binding.CreateJointIndicesPrimvar(False, 2).Set(vt.IntArray.FromNumpy(order.astype(np.int32).reshape(-1)))
    largest = np.take_along_axis(shares, order, axis=1).reshape(-1)
    binding.CreateJointWeightsPrimvar(False, 2).Set(vt.FloatArray.FromNumpy(largest))
    binding.CreateGeomBindTransformAttr(pxr.Gf.Matrix4d(1))
    return mesh


def _materials(stage: Any, mesh: Any, head: Jointed) -> None:
    """A preview surface for each part, coloured by the vertices."""
    shade, kinds = pxr.UsdShade, pxr.Sdf.ValueTypeNames
    pxr.UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim())
    for part, name in enumerate(head.parts):
        place = f"/Avatar/Materials/{_identifier(name)}"
        material = shade.Material.Define(stage, place)
        reader = shade.Shader.Define(stage, f"{place}/Colour")
        reader.CreateIdAttr("UsdPrimvarReader_float3")
        reader.CreateInput("varname", kinds.String).Set("displayColor")
        surface = shade.Shader.Define(stage, f"{place}/Surface")
        surface.CreateIdAttr("UsdPreviewSurface")
        # The renderer's width of a highlight is the square of this roughness.
        roughness = round(float(np.sqrt(material_for(name).roughness)), 3)
        surface.CreateInput("roughness", kinds.Float).Set(roughness)
        colour = surface.CreateInput("diffuseColor", kinds.Color3f)
        colour.ConnectToSource(reader.CreateOutput("result", kinds.Float3))
        material.CreateSurfaceOutput().ConnectToSource(surface.CreateOutput("surface", kinds.Token))
        mine = np.flatnonzero((head.face_parts == part).numpy()).astype(np.int32)
        subset = pxr.UsdGeom.Subset.CreateGeomSubset(
            mesh, _identifier(name), pxr.UsdGeom.Tokens.face, pxr.Vt.IntArray.FromNumpy(mine), "materialBind"
        )
        shade.MaterialBindingAPI.Apply(subset.GetPrim()).Bind(material)


def _identifier(name: str) -> str:
    """A name as far as USD allows it in paths."""
    return str(pxr.Tf.MakeValidIdentifier(name))


def _normals(positions: Array, faces: Array) -> NDArray[np.float32]:
    """Normals of length 1, upwards where a vertex has none."""
    normals = vertex_normals(positions, faces)
    lengths = np.linalg.norm(normals, axis=-1, keepdims=True)
    return np.where(lengths > 0.5, normals / np.maximum(lengths, 1e-12), (0.0, 1.0, 0.0)).astype(np.float32)


def _blend_shapes(stage: Any, mesh: Any, head: Jointed, positions: Array, names: list[str], steps: Array) -> None:
    faces = head.faces.numpy()
    targets, normals = [], _normals(positions, faces)
    for name, step in zip(names, steps, strict=True):
        shape = pxr.UsdSkel.BlendShape.Define(stage, f"/Avatar/Face/{_identifier(name)}")
        tilt = _normals(positions + step, faces) - normals
        moved = np.flatnonzero((np.linalg.norm(step, axis=1) >= _SMALLEST_STEP) | (abs(tilt) >= _SMALLEST_TILT).any(1))
        shape.CreateOffsetsAttr(pxr.Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(step[moved], np.float32)))
        shape.CreateNormalOffsetsAttr(pxr.Vt.Vec3fArray.FromNumpy(tilt[moved]))
        shape.CreatePointIndicesAttr(pxr.Vt.IntArray.FromNumpy(moved.astype(np.int32)))
        targets.append(shape.GetPath())
    binding = pxr.UsdSkel.BindingAPI(mesh.GetPrim())
    binding.CreateBlendShapesAttr(names)
    binding.CreateBlendShapeTargetsRel().SetTargets(targets)


def _animation(
    stage: Any, animation: Animation, head: Jointed, joints: list[Joint], names: list[str], weights: Array
) -> None:
    skel = pxr.UsdSkel.Animation.Define(stage, "/Avatar/Animation")
    skel.CreateJointsAttr(_names(joints))
    skel.CreateTranslationsAttr(pxr.Vt.Vec3fArray.FromNumpy(_steps(joints)))
    skel.CreateScalesAttr(pxr.Vt.Vec3hArray([pxr.Gf.Vec3h(1, 1, 1)] * len(joints)))
    skel.CreateBlendShapesAttr(names)
    shapes, rotations = skel.CreateBlendShapeWeightsAttr(), skel.CreateRotationsAttr()
    turns = np.tile(np.array([0, 0, 0, 1], np.float32), (len(animation), len(joints), 1))
    for joint, angles in joint_turns(animation, head).items():
        turns[:, joint] = quaternions(angles)
    for frame, row in enumerate(weights):
        shapes.Set(pxr.Vt.FloatArray.FromNumpy(row.copy()), frame)
        quaternion = [pxr.Gf.Quatf(float(w), float(x), float(y), float(z)) for x, y, z, w in turns[frame]]
        rotations.Set(pxr.Vt.QuatfArray(quaternion), frame)
