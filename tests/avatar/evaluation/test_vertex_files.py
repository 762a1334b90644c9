"""Files of moving vertices."""

from pathlib import Path

import numpy as np
import pytest

from avatar.evaluation.vertex_files import holds_vertices, read_vertices

VERTICES = np.random.default_rng(0).normal(size=(4, 5, 3)).astype(np.float32)


def test_arrays_of_research_code_are_read(tmp_path: Path) -> None:
    np.save(tmp_path / "flat.npy", VERTICES.reshape(4, 15))
    np.savez(tmp_path / "whole.npz", vertices=VERTICES, fps=25, template=VERTICES[0])
    flat, whole = read_vertices(tmp_path / "flat.npy"), read_vertices(tmp_path / "whole.npz")
    np.testing.assert_array_equal(flat.vertices, VERTICES)
    np.testing.assert_array_equal(whole.vertices, VERTICES)
    assert flat.fps is None and flat.neutral is None and whole.fps == 25
    np.testing.assert_array_equal(whole.neutral, VERTICES[0])


def test_files_of_vertices_are_told_from_curves(tmp_path: Path) -> None:
    np.savez(tmp_path / "vertices.npz", verts=VERTICES)
    np.savez(tmp_path / "curves.npz", weights=VERTICES)
    assert holds_vertices(tmp_path / "vertices.npz") and holds_vertices("some.npy")
    assert not holds_vertices(tmp_path / "curves.npz") and not holds_vertices(tmp_path / "none.npz")


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"curves": VERTICES}, 'no array "vertices"'),
        ({"vertices": VERTICES[..., :2]}, r"floats \[T, V, 3\] or \[T, 3 \* V\], got float32 \[4, 5, 2\]"),
        ({"vertices": VERTICES.astype(int)}, r"got int64 \[4, 5, 3\]"),
        ({"vertices": VERTICES, "fps": np.array([1, 2])}, r"one number above 0, got \[1, 2\]"),
        ({"vertices": VERTICES, "neutral": VERTICES[0, :2]}, r"one frame of the vertices, \[5, 3\], got \[2, 3\]"),
    ],
)
def test_other_arrays_are_refused(tmp_path: Path, arrays: dict[str, np.ndarray], message: str) -> None:
    np.savez(tmp_path / "clip.npz", **arrays)
    with pytest.raises(ValueError, match=message):
        read_vertices(tmp_path / "clip.npz")


def test_damaged_and_pickled_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.npy").write_bytes(b"\x93NUMPY")
    np.save(tmp_path / "pickled.npy", np.array([{}], object))
    for name in ("broken.npy", "pickled.npy"):
        with pytest.raises(ValueError, match="not a file of vertices"):
            read_vertices(tmp_path / name)
    with pytest.raises(FileNotFoundError, match="no such file of vertices"):
        read_vertices(tmp_path / "none.npy")
