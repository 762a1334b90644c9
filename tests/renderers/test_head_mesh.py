"""What turns a rig into a mesh that looks like a head."""

from types import SimpleNamespace

import numpy as np

from avatar.renderers import ambient_occlusion, head_mesh
from avatar.renderers.head_mesh import eyeball_offsets


def test_a_ball_is_open_all_around(fine_ball):
    assert ambient_occlusion(*fine_ball).mean() > 0.97


def test_a_hemispherical_bowl_sees_half_of_the_light_everywhere(fine_ball):
    # The view factor between any two pieces of a sphere's inside depends on their areas alone.
    vertices, faces = fine_ball
    bowl = faces[(vertices[faces][:, :, 1] < 0.001).all(1)][:, ::-1]
    inside = vertices[:, 1] < -0.01
    np.testing.assert_allclose(ambient_occlusion(vertices, bowl, directions=400)[inside], 0.5, atol=0.08)


def test_occlusion_does_not_depend_on_threads(ball_mesh):
    np.testing.assert_array_equal(ambient_occlusion(*ball_mesh, threads=1), ambient_occlusion(*ball_mesh, threads=3))


def test_offsets_from_part_of_a_ball(fine_ball):
    offsets = 0.12 * fine_ball[0][fine_ball[0][:, 2] > 0.03]
    np.testing.assert_allclose(eyeball_offsets(offsets + np.array([0.03, 1.6, 0.1])), offsets, atol=1e-9)


def test_head_mesh_reads_a_rig(ball_mesh):
    vertices, faces = ball_mesh
    count = len(vertices)
    eye = 0.12 * vertices + np.array([0.0, 0.0, 0.095])
    head = SimpleNamespace(
        faces=np.concatenate([faces, faces + count]),
        parts=("skin", "left_eye"),
        face_parts=np.repeat([0, 1], len(faces)),
        vertex_colours=np.full((2 * count, 3), 0.4),
    )
    mesh = head_mesh(head, np.concatenate([vertices, eye]))
    assert mesh.materials[1].eye
    np.testing.assert_allclose(mesh.eye_offsets[count:], 0.12 * vertices, atol=1e-6)
    assert not mesh.eye_offsets[:count].any()
    assert (mesh.occlusion[count:] == 1.0).all()
    assert mesh.occlusion[:count].min() < 0.6
