"""Vertex errors of shapes that are known."""

import numpy as np
import pytest

from avatar.evaluation.surface import SurfaceErrors, surface_errors

REST = np.arange(30.0).reshape(10, 3)
LIPS, BROW = np.array([0, 1, 2]), np.array([7, 8, 9])


def moved(shifts: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Vertices [T, 10, 3] of which some are shifted along y by [T, N] mm."""
    vertices = np.tile(REST, (len(shifts), 1, 1))
    vertices[:, rows, 1] += shifts
    return vertices


def errors(ours: np.ndarray, theirs: np.ndarray, size: int = 2) -> SurfaceErrors:
    def cut(vertices: np.ndarray) -> list[np.ndarray]:
        return [vertices[i : i + size] for i in range(0, len(vertices), size)]

    return surface_errors(cut(ours), cut(theirs), neutral=REST, lips=LIPS, upper_face=BROW)


def test_the_worst_lip_vertex_of_each_frame_counts() -> None:
    ours = moved(np.array([[1.0, 2, 3], [0, 0, 1], [5, 0, 0]]), LIPS)
    found = errors(ours, moved(np.zeros((3, 3)), LIPS))
    assert found.lve.value == pytest.approx((3 + 1 + 5) / 3)
    assert found.lve_squared.value == pytest.approx((9 + 1 + 25) / 3)
    assert found.mve.value == pytest.approx((6 + 1 + 5) / 30)
    assert found.mve_largest.value == found.lve.value


def test_lips_do_not_count_elsewhere() -> None:
    found = errors(moved(np.ones((4, 3)), BROW), moved(np.zeros((4, 3)), BROW))
    assert found.lve.value == 0 and found.mve.value == pytest.approx(0.3)


def test_an_upper_face_that_moves_less_has_a_positive_deviation() -> None:
    swing = np.array([[0.0], [1], [2], [3], [4]]) * np.ones((1, 3))
    found = errors(moved(0.5 * swing, BROW), moved(swing, BROW))
    assert found.fdd.value == pytest.approx(0.5 * np.std([0, 1, 2, 3, 4]))
    assert errors(moved(swing, BROW), moved(0.5 * swing, BROW)).fdd.value == pytest.approx(-found.fdd.value)


@pytest.mark.parametrize("size", [1, 3, 50])
def test_pieces_of_any_size_add_up(size: int) -> None:
    rng = np.random.default_rng(0)
    ours, theirs = (REST + rng.normal(size=(11, 10, 3)) for _ in range(2))
    whole, pieces = errors(ours, theirs, 11), errors(ours, theirs, size)
    for name in SurfaceErrors.__slots__:
        assert getattr(pieces, name).value == pytest.approx(getattr(whole, name).value), name


def test_without_masks_only_the_whole_is_measured() -> None:
    found = surface_errors([REST[None]], [REST[None] + 1], neutral=REST)
    assert found.mve.value == pytest.approx(np.sqrt(3)) and np.isnan(found.lve.value) and np.isnan(found.fdd.value)


def test_shapes_must_agree() -> None:
    with pytest.raises(ValueError, match=r"got \[1, 10, 3\] and \[1, 9, 3\]"):
        surface_errors([REST[None]], [REST[None, 1:]], neutral=REST)
