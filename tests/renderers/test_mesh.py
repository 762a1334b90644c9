"""What a mesh accepts."""

import numpy as np
import pytest
import torch

from avatar.renderers import Material, Mesh, material_for
from avatar.renderers.materials import EYE, HAIR, PLAIN, SKIN, TEETH

FACES = [[0, 1, 2], [2, 1, 3]]


def test_faces_alone_are_enough():
    mesh = Mesh(FACES)
    assert mesh.parts == ("surface",)
    assert mesh.face_parts.tolist() == [0, 0]
    assert mesh.materials == (PLAIN,)


def test_torch_parts_and_colours():
    mesh = Mesh(
        torch.tensor(FACES),
        parts=("skin", "upper_teeth"),
        face_parts=torch.tensor([0, 1]),
        part_colours=torch.tensor([[0.5, 0.3, 0.2], [0.7, 0.7, 0.6]]),
    )
    assert mesh.materials == (SKIN, TEETH)
    np.testing.assert_allclose(mesh.part_colours[1], [0.7, 0.7, 0.6])


def test_vertex_colours_take_the_place_of_part_colours():
    mesh = Mesh(FACES, part_colours=[[0.5, 0.5, 0.5]], vertex_colours=np.full((4, 3), 0.2))
    np.testing.assert_allclose(mesh.part_colours, 1.0)
    np.testing.assert_allclose(mesh.vertex_table(4)[:, :3], 0.2)


@pytest.mark.parametrize(
    ("part", "material"),
    [
        ("skin", SKIN),
        ("left_eye", EYE),
        ("left_eyebrow", HAIR),
        ("lashes", HAIR),
        ("box", PLAIN),
        ("Lower Teeth", TEETH),
    ],
)
def test_names_choose_materials(part, material):
    assert material_for(part) is material


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"face_parts": [0]}, r"face_parts must be \[2\] integers"),
        ({"face_parts": [0.0, 0.0]}, r"face_parts must be \[2\] integers"),
        ({"face_parts": [0, 1]}, "face_parts must index the 1 parts, got 0 to 1"),
        ({"materials": ()}, "materials must be one for each of the 1 parts, got 0"),
        ({"part_colours": [[1.0, 1.0]]}, r"part_colours must be \[1, 3\], got \[1, 2\]"),
        ({"vertex_colours": [[np.inf, 0, 0]]}, "vertex_colours must be finite"),
        ({"faces": [[0, -1, 2]]}, "faces must index"),
    ],
)
def test_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        Mesh(**{"faces": FACES} | arguments)


def test_vertices_of_another_mesh():
    with pytest.raises(ValueError, match=r"vertices must be \[B, 4, 3\] to fit the mesh's occlusion, got 5"):
        Mesh(FACES, occlusion=np.ones(4)).vertex_table(5)


def test_materials_are_checked():
    with pytest.raises(ValueError, match="roughness must be above 0"):
        Material(roughness=0.0)
    with pytest.raises(ValueError, match="shelter must be 0 to 1"):
        Material(shelter=2.0)
