"""Large pictures in bands."""

import numpy as np
import pytest

from avatar.renderers import STUDIO, Background, Camera, Material, Mesh, bands, hex_colour, render
from avatar.renderers.bands import Bands

RAMP = Background(hex_colour("#ff2000"), hex_colour("#0040ff"))


@pytest.fixture
def scene(fine_ball):
    """A wall with a hole before a ball that it shelters, and a sheet that runs out of the picture and behind it all."""
    hole, wall = 0.05, 0.12
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    ring = [(hole * x, hole * y, 0.11) for x, y in corners] + [(wall * x, wall * y, 0.12) for x, y in corners]
    ring_faces = [[k, 4 + k, 4 + (k + 1) % 4] for k in range(4)] + [[k, 4 + (k + 1) % 4, (k + 1) % 4] for k in range(4)]
    sheet = [(-9.0, -0.09, 3.0), (9.0, -0.08, 3.0), (0.0, -0.1, -9.0)]
    ball = fine_ball[0]
    vertices = np.concatenate([ball, ring, sheet])
    faces = np.concatenate([fine_ball[1], len(ball) + np.array(ring_faces), len(ball) + 8 + np.array([[0, 1, 2]])])
    mesh = Mesh(
        faces,
        parts=("eye", "wall", "floor"),
        face_parts=np.repeat([0, 1, 2], [len(fine_ball[1]), 8, 1]),
        part_colours=[[0.8, 0.7, 0.7], [0.3, 0.5, 0.3], [0.2, 0.2, 0.5]],
        materials=(Material(shelter=1.0, shelter_radius=0.05), Material(), Material()),
    )
    return vertices[None], mesh


CAMERAS = {
    "perspective": Camera.look_at((0.1, 0.1, 0.7), (0, 0, 0), field_of_view=0.4),
    "close": Camera.look_at((0.02, 0.05, 0.2), (0, 0, 0.1), field_of_view=0.6),
    "orthographic": Camera.look_at((0.1, 0.1, 0.7), (0, 0, 0), height=0.3),
}


@pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS)
@pytest.mark.parametrize("samples", [1, 3])
def test_bands_change_no_pixel(scene, monkeypatch, camera, samples):
    vertices, mesh = scene
    for view in ("shaded", "shaded+wireframe", "wireframe"):
        pictures = []
        for rows in (None, 1, 3, 20):
            if rows is not None:
                monkeypatch.setattr(bands, "MOST_SAMPLES", 100)
                monkeypatch.setattr(bands, "BAND_SAMPLES", rows * 37 * samples**2)
            else:
                monkeypatch.undo()
            pictures.append(render(vertices, mesh, camera, (41, 37), view=view, background=RAMP, supersample=samples))
        for picture in pictures[1:]:
            np.testing.assert_array_equal(picture, pictures[0])


def test_shelter_reaches_across_bands(scene, monkeypatch):
    vertices, mesh = scene
    free = Mesh(mesh.faces, mesh.parts, mesh.face_parts, mesh.part_colours, materials=(Material(),) * 3)
    monkeypatch.setattr(bands, "MOST_SAMPLES", 1)
    monkeypatch.setattr(bands, "BAND_SAMPLES", 1)
    camera = CAMERAS["perspective"]
    dark, plain = (render(vertices, each, camera, (40, 40), background=STUDIO)[0].astype(int) for each in (mesh, free))
    assert dark.sum() < plain.sum()


def test_bands_and_threads_change_no_pixel(scene, monkeypatch):
    vertices, mesh = scene
    monkeypatch.setattr(bands, "MOST_SAMPLES", 100)
    monkeypatch.setattr(bands, "BAND_SAMPLES", 400)
    batch = np.concatenate([vertices, 0.9 * vertices])
    one, more = (render(batch, mesh, CAMERAS["close"], (40, 30), supersample=2, threads=count) for count in (1, 4))
    np.testing.assert_array_equal(one, more)


@pytest.mark.parametrize("margin", [0, 5, 40, 1000])
@pytest.mark.parametrize("height", [97, 300])
def test_the_ring_holds_what_shading_looks_at(monkeypatch, height, margin):
    monkeypatch.setattr(bands, "MOST_SAMPLES", 100)
    monkeypatch.setattr(bands, "BAND_SAMPLES", 10 * 20)
    plan = Bands.of(height, 10, 1, margin)
    ring = np.full(plan.ring, -1)
    drawn = 0
    for band in range(plan.count):
        while drawn < min(band + plan.ahead + 1, plan.count):
            ring[plan.slot(drawn)] = np.arange(*plan.span(drawn))
            drawn += 1
        first, last = plan.span(band)
        for row in range(max(first - margin, 0), min(last + margin, height)):
            place = row - plan.base(band)
            assert 0 <= place < 2 * plan.ring
            assert ring[place % plan.ring] == row
    assert plan.span(plan.count - 1)[1] == height


def test_memory_does_not_grow_with_height():
    low, high = Bands.of(2048, 8192, 2, 100), Bands.of(16384, 8192, 2, 100)
    assert low.ring == high.ring < 2048
    assert Bands.of(1024, 1024, 2, 100).count == 1
