"""FLAME's files: every edition, what lies beside them, what is wrong with some."""

import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from avatar.rigs.flame_file import FlameFile
from avatar.rigs.flame_import import is_flame, read_flame
from avatar.rigs.safe_pickle import RefusedFileError

from . import pickles
from . import synthetic_flame as synthetic


class System:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("echo caught > caught",)


@pytest.mark.parametrize(
    ("kind", "edition", "gender"),
    [
        ("2019", "2019", "generic"),
        ("2020", "2020", "female"),
        ("2023", "2023", "generic"),
        ("2023 Open", "2023 Open", "generic"),
        ("npz", "unknown", "generic"),
    ],
)
def test_every_edition_is_read(tmp_path: Path, kind: str, edition: str, gender: str) -> None:
    path = synthetic.write(tmp_path, kind)
    try:
        assert is_flame(path)
        file = read_flame(path)
    finally:
        path.unlink()
    wrote = synthetic.arrays()
    assert (file.edition, file.gender) == (edition, gender)
    assert len(file.identities) == 300 and len(file.expressions) == 100
    assert file.template.shape == (5023, 3) and file.faces.shape == (9976, 3)
    same = {
        "template": wrote["v_template"],
        "faces": wrote["f"],
        "identities": np.moveaxis(wrote["shapedirs"][..., :300], 2, 0),
        "expressions": np.moveaxis(wrote["shapedirs"][..., 300:], 2, 0),
        "pose_correctives": np.moveaxis(wrote["posedirs"], 2, 0),
        "joint_regressor": wrote["J_regressor"],
        "skinning_weights": wrote["weights"],
    }
    for name, array in same.items():
        np.testing.assert_array_equal(getattr(file, name), array.astype(getattr(file, name).dtype), err_msg=name)


@pytest.mark.parametrize("joined", [True, False])
@pytest.mark.parametrize("reverse", [True, False])
def test_what_lies_beside_is_read_whichever_way_the_outline_counts(tmp_path: Path, joined: bool, reverse: bool) -> None:
    synthetic.write_beside(tmp_path, joined=joined, reverse=reverse)
    file = read_flame(synthetic.write_small(tmp_path), identities=2)
    for name, rows in synthetic.masks().items():
        np.testing.assert_array_equal(file.regions[name], rows)
    assert file.eyelids is not None
    np.testing.assert_allclose(file.eyelids, [synthetic.eyelid(0), synthetic.eyelid(1)], atol=1e-7)
    wrote = synthetic.embeddings()
    assert file.landmarks is not None and file.landmarks.contour is not None
    np.testing.assert_array_equal(file.landmarks.inner.faces, wrote["static faces"])
    by_yaw = [*range(39, 0, -1), 0, *range(40, 79)]  # 39 degrees to the right .. 39 degrees to the left
    np.testing.assert_array_equal(file.landmarks.contour.faces, wrote["dynamic faces"][by_yaw])
    np.testing.assert_allclose(file.landmarks.contour.barycentrics, wrote["dynamic weights"][by_yaw], atol=1e-6)


def test_saving_and_loading_changes_nothing(tmp_path: Path) -> None:
    synthetic.write_beside(tmp_path)
    file = read_flame(synthetic.write_small(tmp_path), identities=2)
    file.save(tmp_path / "flame.safetensors")
    loaded = FlameFile.load(tmp_path / "flame.safetensors")
    for name, value in vars(file).items():
        if isinstance(value, np.ndarray):
            np.testing.assert_array_equal(getattr(loaded, name), value)
    assert (loaded.edition, loaded.gender) == (file.edition, file.gender)
    assert loaded.regions.keys() == file.regions.keys()
    assert loaded.landmarks is not None and file.landmarks is not None
    for name in ("inner", "contour"):
        for part in ("faces", "barycentrics"):
            one, other = (getattr(getattr(of.landmarks, name), part) for of in (loaded, file))
            np.testing.assert_array_equal(one, other)


def test_a_bare_model_has_no_landmarks(tmp_path: Path) -> None:
    file = read_flame(synthetic.write_small(tmp_path), identities=2)
    assert file.landmarks is None and file.eyelids is None and not file.regions
    file.save(tmp_path / "flame.safetensors")
    loaded = FlameFile.load(tmp_path / "flame.safetensors")
    assert loaded.landmarks is None and loaded.eyelids is None and not loaded.regions


def test_the_licence_note_names_the_edition(tmp_path: Path) -> None:
    file = read_flame(synthetic.write_small(tmp_path), identities=2)
    assert "2023" in file.licence and "do not pass it on" in file.licence
    free = FlameFile(**{**vars(file), "edition": "2023 Open"})
    assert "CC BY 4.0" in free.licence and "do not pass it on" not in free.licence


def test_the_description_says_what_was_found(tmp_path: Path) -> None:
    bare = read_flame(synthetic.write_small(tmp_path), identities=2)
    assert "2023, generic: 5023 vertices, 9976 triangles, 2 identity and 2 expression" in bare.description
    assert bare.description.endswith("neither masks nor landmarks nor lids")
    synthetic.write_beside(tmp_path)
    full = read_flame(tmp_path / "flame2023.pkl", identities=2)
    assert full.description.endswith("4 regions, 68 landmarks, lids")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_the_file_may_be_read_by_whom_the_user_lets(tmp_path: Path) -> None:
    read_flame(synthetic.write_small(tmp_path), identities=2).save(tmp_path / "flame.safetensors")
    (tmp_path / "any").touch()
    assert (tmp_path / "flame.safetensors").stat().st_mode == (tmp_path / "any").stat().st_mode


def test_only_pickles_and_archives_with_its_entries_are_taken_for_flame(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", vertices=np.ones(3))
    (tmp_path / "text.npz").write_text("no archive")
    assert is_flame(tmp_path / "any.pkl")
    assert not is_flame(tmp_path / "other.npz")
    assert not is_flame(tmp_path / "text.npz")
    assert not is_flame(tmp_path / "head.glb")


def test_a_model_that_would_run_code_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "flame2023.pkl"
    path.write_bytes(pickle.dumps({"v_template": np.ones((3, 3)), "bs_style": System()}))
    with pytest.raises(RefusedFileError, match=r"flame2023\.pkl.*(posix|nt|os)\.system.*nothing of it was run"):
        read_flame(path)
    synthetic.write_small(tmp_path)
    (tmp_path / "FLAME_masks.pkl").write_bytes(pickle.dumps({"lips": System()}))
    with pytest.raises(RefusedFileError, match=r"FLAME_masks\.pkl.*(posix|nt|os)\.system"):
        read_flame(path, identities=2)
    (tmp_path / "FLAME_masks.pkl").unlink()
    np.save(tmp_path / "landmark_embedding.npy", {"static_lmk_faces_idx": System()})
    with pytest.raises(RefusedFileError, match=r"landmark_embedding\.npy.*(posix|nt|os)\.system"):
        read_flame(path, identities=2)
    assert not (tmp_path / "caught").exists()


def changed(name: str, change: Any) -> dict[str, Any]:
    array = np.array(synthetic.arrays()[name])
    change(array)
    return {name: array}


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"weights": None}, "got none named weights"),
        ({"kintree_table": np.zeros((2, 24))}, "bodies such as SMPL-X"),
        ({"shapedirs": np.zeros((5023, 3, 2))}, "say how many of them are identities"),
        ({"shapedirs": np.zeros((5023, 3))}, "say how many of them are identities"),
        ({"posedirs": np.zeros((5023, 3, 9))}, r"pose_correctives must be \[36, 5023, 3\], got \[9, 5023, 3\]"),
        ({"weights": np.zeros((5022, 5))}, r"skinning_weights must be \[5023, 5\]"),
        ({"J_regressor": "none"}, "J_regressor must be an array of numbers"),
        (changed("v_template", lambda a: a.__setitem__((3, 1), np.nan)), "template must be finite"),
        (changed("f", lambda a: a.__setitem__((3, 1), 5023)), r"faces must be within 0\.\.5022"),
        (changed("weights", lambda a: a.__setitem__((3, 1), 2.0)), "skinning_weights must add up to 1"),
    ],
)
def test_files_that_are_no_flame_say_why(tmp_path: Path, entries: dict[str, Any], message: str) -> None:
    path = synthetic.write_small(tmp_path, **entries)
    with pytest.raises(ValueError, match=rf"flame2023\.pkl.*{message}"):
        read_flame(path, identities=2)


def test_what_does_not_fit_beside_the_model_says_why(tmp_path: Path) -> None:
    path = synthetic.write_small(tmp_path)
    masks = tmp_path / "FLAME_masks.pkl"
    masks.write_bytes(pickle.dumps({"lips": np.array([6000])}))
    with pytest.raises(ValueError, match="region lips must be within"):
        read_flame(path, identities=2)
    masks.unlink()
    still = synthetic.embeddings()["dynamic faces"][:1].repeat(79, 0), np.full((79, 17, 3), 1 / 3)
    static = {"lmk_face_idx": np.arange(51), "lmk_b_coords": np.full((51, 3), 1 / 3)}
    (tmp_path / "flame_static_embedding.pkl").write_bytes(pickles.dumps(static))
    np.save(tmp_path / "flame_dynamic_embedding.npy", {"lmk_face_idx": still[0], "lmk_b_coords": still[1]})
    with pytest.raises(ValueError, match="must wander as the head turns"):
        read_flame(path, identities=2)
    static["lmk_b_coords"] *= 2
    (tmp_path / "flame_static_embedding.pkl").write_bytes(pickles.dumps(static))
    with pytest.raises(ValueError, match=r"lmk_b_coords must be \[51, 3\] and add up to 1"):
        read_flame(path, identities=2)


def test_other_rigs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="avatar rig import"):
        FlameFile.load(tmp_path / "none.safetensors")
    save_file({"rest": np.zeros((3, 3))}, tmp_path / "other.safetensors")
    with pytest.raises(ValueError, match="must be a FLAME rig"):
        FlameFile.load(tmp_path / "other.safetensors")
    (tmp_path / "text.safetensors").write_text("nothing of the kind")
    with pytest.raises(ValueError, match="damaged or foreign"):
        FlameFile.load(tmp_path / "text.safetensors")
    with pytest.raises(FileNotFoundError, match=r"flame\.is\.tue\.mpg\.de"):
        read_flame(tmp_path / "none.pkl")
