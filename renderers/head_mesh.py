"""A head's mesh, with all that makes it look like one."""

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from avatar.renderers.arrays import floats, to_numpy
from avatar.renderers.materials import Material, material_for
from avatar.renderers.mesh import Mesh
from avatar.renderers.occlusion import ambient_occlusion


class HeadSurface(Protocol):
    """What `head_mesh` reads from a rig such as `avatar.rigs.BuiltInHead`.

    Attributes:
        faces: [F, 3].
        parts: names of the parts.
        face_parts: [F] part of each face.
        vertex_colours: [V, 3] linear RGB.
        corner_uv: [F, 3, 2] texture coordinates, read where there is a texture.
    """

    faces: Any
    parts: tuple[str, ...]
    face_parts: Any
    vertex_colours: Any
    corner_uv: Any


def head_mesh(
    head: HeadSurface,
    neutral_vertices: Any,
    *,
    texture: Any = None,
    textured_parts: tuple[str, ...] | None = None,
    vertex_colours: Any = None,
) -> Mesh:
    """Return the mesh of a head: materials by the parts' names, creases that are darker, eyes with round irises.

    Args:
        head: a rig, see `HeadSurface`.
        neutral_vertices: [V, 3] metres, the head at rest with closed mouth and eyes that look along +z.
        texture: [H, W, 3 or 4] a picture for the head's texture coordinates, see `Mesh` and `read_texture`.
        textured_parts: the parts that wear it, the skin by default.
        vertex_colours: [V, 3] linear RGB instead of the head's own.

    Returns:
        The mesh; use it for every frame and expression of this identity.

    Example:
        >>> from avatar.rigs import BuiltInHead
        >>> head = BuiltInHead.load()
        >>> head_mesh(head, head.neutral()[0]).materials[0].double_sided
        False
    """
    vertices = floats("neutral_vertices", neutral_vertices, ("V", 3))
    faces, face_parts = to_numpy(head.faces), to_numpy(head.face_parts)
    parts = tuple(head.parts)
    materials = tuple(material_for(part) for part in parts)
    occlusion = ambient_occlusion(vertices, faces)
    offsets = np.zeros_like(vertices)
    for index, material in enumerate(materials):
        own = np.unique(faces[face_parts == index])
        if _moves_out_of_shelter(material):
            occlusion[own] = 1.0
        if material.eye and len(own):
            offsets[own] = eyeball_offsets(vertices[own])
    return Mesh(
        faces,
        parts=parts,
        face_parts=face_parts,
        vertex_colours=head.vertex_colours if vertex_colours is None else vertex_colours,
        materials=materials,
        occlusion=occlusion,
        eye_offsets=offsets,
        texture=texture,
        corner_uv=None if texture is None else head.corner_uv,
        textured_parts=textured_parts,
    )


def eyeball_offsets(vertices: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the offsets [V, 3] of one eyeball's vertices [V, 3] from the centre of the sphere nearest to them."""
    # |v|^2 = 2 v.c + (r^2 - |c|^2) is linear in the centre c; about the mean, for the sake of precision.
    mean = vertices.mean(axis=0)
    around = (vertices - mean).astype(np.float64)
    design = np.concatenate([2.0 * around, np.ones((len(around), 1))], axis=1)
    solution = np.linalg.lstsq(design, (around**2).sum(axis=1), rcond=None)[0]
    return np.asarray(around - solution[:3], vertices.dtype)


def _moves_out_of_shelter(material: Material) -> bool:
    # What the closed mouth and the lids hide in neutral is sheltered by what the pictures show instead.
    return material.shelter > 0.0
