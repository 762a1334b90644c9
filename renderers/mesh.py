"""What is drawn, apart from where its vertices are."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from avatar.renderers.arrays import IntArray, floats, to_numpy, triangles
from avatar.renderers.colour import Colour, linear_colour
from avatar.renderers.materials import Material, material_for
from avatar.renderers.surface_texture import NO_TEXTURE, Pyramid, check_texture

GREY: Colour = (0.45, 0.45, 0.45)


@dataclass(frozen=True, eq=False)
class Mesh:
    """The surface of a head or of anything else; the vertices' places come with each frame.

    Attributes:
        faces: [F, 3] vertex indices, counter-clockwise seen from outside.
        parts: names of the parts, such as ("skin", "left_eye"); they choose the materials.
        face_parts: [F] index of each face's part; all 0 by default.
        part_colours: [P, 3] linear RGB; grey by default.
        vertex_colours: [V, 3] linear RGB; where they are given, part_colours are not used.
        materials: one for each part; by default what the parts' names suggest.
        occlusion: [V] share of the surroundings' light that reaches a vertex (1 is open); see `ambient_occlusion`.
        eye_offsets: [V, 3] metres, from the eyeball's centre to its vertices while it looks along +z; they place the
            iris. Not needed where no material is an eye. See `eyeball_offsets`.
        texture: [H, W, 3] or [H, W, 4] with alpha, uint8 sRGB or float linear RGB from 0 to 1; it lies over the other
            colours, and repeats beyond its borders.
        corner_uv: [F, 3, 2] where in the texture each face's corners are: u = 0 is left, and v = 0 the bottom row, as
            in OBJ (glTF has it at the top, see `read_texture`).
        textured_parts: names of the parts that wear the texture; those with "skin" in their name by default, or all
            if none has.

    Example:
        >>> Mesh([[0, 1, 2]], part_colours=[[0.8, 0.2, 0.2]]).parts
        ('surface',)
    """

    faces: IntArray
    parts: tuple[str, ...] = ("surface",)
    face_parts: IntArray | None = None
    part_colours: npt.NDArray[Any] | None = None
    vertex_colours: npt.NDArray[Any] | None = None
    materials: tuple[Material, ...] | None = None
    occlusion: npt.NDArray[Any] | None = None
    eye_offsets: npt.NDArray[Any] | None = None
    texture: npt.NDArray[Any] | None = None
    corner_uv: npt.NDArray[Any] | None = None
    textured_parts: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        faces = triangles(self.faces, np.iinfo(np.int64).max)
        parts = tuple(self.parts)
        face_parts = np.zeros(len(faces), np.int64) if self.face_parts is None else to_numpy(self.face_parts)
        if face_parts.dtype.kind not in "iu" or face_parts.shape != (len(faces),):
            raise ValueError(
                f"face_parts must be [{len(faces)}] integers, one for each face, got {face_parts.dtype} "
                f"{list(face_parts.shape)}"
            )
        if len(faces) and not 0 <= face_parts.min() <= face_parts.max() < len(parts):
            raise ValueError(
                f"face_parts must index the {len(parts)} parts, got {face_parts.min()} to {face_parts.max()}; "
                "name every part in parts"
            )
        if self.materials is None:
            materials = tuple(material_for(part) for part in parts)
        else:
            materials = tuple(self.materials)
        if len(materials) != len(parts):
            raise ValueError(f"materials must be one for each of the {len(parts)} parts, got {len(materials)}")
        if self.vertex_colours is not None:
            part_colours: npt.NDArray[Any] = np.ones((len(parts), 3))
        elif self.part_colours is None:
            part_colours = np.tile(np.array(GREY), (len(parts), 1))
        else:
            part_colours = floats("part_colours", self.part_colours, (len(parts), 3))
        values: dict[str, Any] = {
            "faces": faces,
            "parts": parts,
            "face_parts": np.ascontiguousarray(face_parts, np.int64),
            "part_colours": np.ascontiguousarray(part_colours, np.float32),
            "materials": materials,
        }
        for name, shape in (("vertex_colours", ("V", 3)), ("occlusion", ("V",)), ("eye_offsets", ("V", 3))):
            given = getattr(self, name)
            if given is not None:
                values[name] = floats(name, given, shape).astype(np.float32)
        if self.texture is not None:
            values["texture"], values["corner_uv"] = check_texture(self.texture, self.corner_uv, len(faces))
            values["textured_parts"] = _textured(self.textured_parts, parts)
        for name, value in values.items():
            if isinstance(value, np.ndarray):
                value = value.copy()
                value.flags.writeable = False
            object.__setattr__(self, name, value)

    @classmethod
    def plain(cls, faces: Any, colour: Any = GREY, *, material: Material | None = None) -> "Mesh":
        """Return a mesh of one colour (linear RGB) and one material."""
        materials = None if material is None else (material,)
        return cls(faces, part_colours=np.array([linear_colour("colour", colour)]), materials=materials)

    @cached_property
    def pyramid(self) -> Pyramid:
        """The texture as the shading kernel reads it; made once."""
        return NO_TEXTURE if self.texture is None else Pyramid.of(self.texture)

    def vertex_table(self, count: int) -> npt.NDArray[np.float32]:
        """Return [count, 7] rows of colour, occlusion and eye offset for the shading kernel.

        Raises:
            ValueError: if the mesh was made for another number of vertices.
        """
        table = np.zeros((count, 7), np.float32)
        table[:, :4] = 1.0
        columns = (("vertex_colours", slice(0, 3)), ("occlusion", 3), ("eye_offsets", slice(4, 7)))
        for name, where in columns:
            values = getattr(self, name)
            if values is None:
                continue
            if len(values) != count:
                raise ValueError(
                    f"vertices must be [B, {len(values)}, 3] to fit the mesh's {name}, got {count} vertices; "
                    "pass the vertices of the rig that the mesh was made for"
                )
            table[:, where] = values
        return table


def _textured(chosen: tuple[str, ...] | None, parts: tuple[str, ...]) -> tuple[str, ...]:
    if chosen is None:
        return tuple(part for part in parts if "skin" in part.lower()) or parts
    unknown = [part for part in chosen if part not in parts]
    if unknown:
        raise ValueError(f"textured_parts must be names from {parts}, got {chosen!r}")
    return tuple(chosen)
