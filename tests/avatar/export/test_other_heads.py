"""Heads that are not the built-in one, in pictures and GLB files."""

import numpy as np
import pytest
import torch
from PIL import Image

from avatar import ARKIT, Animation
from avatar.controls import ARKIT_SHAPES
from avatar.export import export
from avatar.export.head import rig_named
from avatar.rigs import BuiltInHead
from avatar.rigs.importing import Overrides, import_rig
from avatar.rigs.mouth import measure
from avatar.rigs.shape_rig import ShapeRig


@pytest.fixture(scope="module")
def talking():
    curves = {name: np.array([0.0, 0.7]) for name in ("jawOpen", "mouthSmileLeft", "mouthFunnel")}
    turns = {"headYaw": np.array([0.0, 0.4]), "headPitch": np.array([0.0, 0.2]), "leftEyeYaw": np.array([0.0, 0.3])}
    return Animation.from_curves(ARKIT, curves | turns, 30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("heads")


@pytest.fixture(scope="module")
def glb(folder, talking):
    """The built-in head as a GLB: another program's head with a skeleton, for all that the importer knows."""
    export(talking, folder / "head.glb")
    return folder / "head.glb"


@pytest.fixture(scope="module")
def imported(glb):
    return import_rig(glb)


@pytest.fixture(scope="module")
def saved(folder, imported):
    ShapeRig(imported.data).save(folder / "rig.safetensors")
    return folder / "rig.safetensors"


def test_our_own_glb_comes_back_as_the_head_it_was(imported, talking):
    """All controls but those that the built-in head does more with than adding up."""
    head, rig = BuiltInHead.load(), ShapeRig(imported.data)
    assert [len(ball) for ball in rig.balls] == [len(ball) for ball in head.balls]
    weights = torch.from_numpy(talking.weights.copy())
    weights[:, ARKIT.index("leftEyeYaw")] = 0
    ours, theirs = head(weights)[1].numpy(), rig(weights)[1].detach().numpy()
    rest = rig.rest.numpy()
    from scipy.spatial import cKDTree

    apart, order = cKDTree(head.rest.numpy()).query(rest)
    assert apart.max() < 1e-6
    skin = np.linalg.norm(rest - head.rest.numpy()[order], axis=1) < 1e-6
    error = np.linalg.norm(ours[order][skin] - theirs[skin], axis=1)
    assert np.quantile(error, 0.99) < 1e-4  # vertices at one place, such as lips that touch, may be told apart wrongly


def test_it_is_drawn_as_the_built_in_head_is(saved, talking, tmp_path):
    pictures = []
    for name in ("built-in", saved):
        export(talking, tmp_path / "a.png", rig=name, at=1 / 30, size=128, view="parts")
        pictures.append(np.asarray(Image.open(tmp_path / "a.png").convert("RGB")).astype(int))
    different = np.abs(pictures[0] - pictures[1]).max(-1) > 24
    assert different.mean() < 0.02


@pytest.mark.parametrize("look", [{"preset": "mouth"}, {"preset": "turntable"}, {"view": "normals"}])
def test_looks_work_with_any_head(saved, talking, tmp_path, look):
    export(talking, tmp_path / "a.png", rig=saved, size=64, at=1 / 30, **look)
    assert np.asarray(Image.open(tmp_path / "a.png")).std() > 10


def test_a_comparison_works_with_any_head(saved, talking, tmp_path):
    still = Animation(ARKIT, np.zeros_like(talking.weights), 30)
    export(talking, tmp_path / "a.png", rig=saved, size=64, at=1 / 30, against=still)
    assert (tmp_path / "a.png").is_file()


def test_its_glb_comes_back(saved, talking, tmp_path):
    export(talking, tmp_path / "again.glb", rig=saved)
    again, rig = ShapeRig(import_rig(tmp_path / "again.glb").data), rig_named(str(saved))
    assert len(again.rest) == len(rig.rest)
    weights = torch.from_numpy(talking.weights.copy())
    order = np.lexsort(rig.rest.numpy().round(5).T), np.lexsort(again.rest.numpy().round(5).T)
    error = (rig(weights)[1][order[0]] - again(weights)[1][order[1]]).norm(dim=1)
    assert error.quantile(0.98) < 1e-4


def test_clips_of_other_spaces_are_converted(imported, talking, tmp_path):
    """A head with visemes speaks what was made for ARKit."""
    data = imported.data
    shapes = {name: data.shapes[ARKIT.index(name)] for name in ("jawOpen", "mouthPucker", "mouthFunnel")}
    np.savez(
        tmp_path / "visemes.npz",
        vertices=data.rest,
        faces=data.faces,
        names=["viseme_aa", "viseme_U", "viseme_O"],
        shapes=np.stack(list(shapes.values())),
    )
    rig = import_rig(tmp_path / "visemes.npz", overrides=Overrides(scale=1.0))
    ShapeRig(rig.data).save(tmp_path / "visemes.safetensors")
    export(talking, tmp_path / "a.png", rig=tmp_path / "visemes.safetensors", size=64, at=1 / 30)
    assert (tmp_path / "a.png").is_file()


def test_what_only_the_built_in_head_has_is_refused_for_others(saved, talking, tmp_path, write_texture):
    with pytest.raises(ValueError, match="one person without identity axes, got age"):
        export(talking, tmp_path / "a.png", rig=saved, identity={"age": 0.5})
    with pytest.raises(ValueError, match="this head has no texture coordinates"):
        export(talking, tmp_path / "a.png", rig=saved, texture=write_texture)
    np.save(tmp_path / "colours.npy", np.zeros((5, 3)))
    with pytest.raises(ValueError, match="vertex_colours must be"):
        export(talking, tmp_path / "a.png", rig=saved, vertex_colours=tmp_path / "colours.npy")
    with pytest.raises(FileNotFoundError, match="no rig at"):
        export(talking, tmp_path / "a.png", rig="nothing.safetensors")
    assert not (tmp_path / "a.png").exists()


@pytest.fixture
def write_texture(tmp_path):
    Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save(tmp_path / "skin.png")
    return tmp_path / "skin.png"


def test_all_shapes_of_the_built_in_head_are_found_by_name(imported):
    assert {match.how for match in imported.matches} == {"same"}
    assert [match.shape for match in imported.matches] == list(ARKIT_SHAPES)


def test_its_mouth_can_be_measured_as_the_built_in_heads_can(imported, talking):
    weights = torch.from_numpy(talking.weights.copy())
    ours, theirs = (measure(rig(weights), rig) for rig in (BuiltInHead.load(), ShapeRig(imported.data)))
    assert ours.opening[1] > 20
    for name in ("opening", "width"):
        torch.testing.assert_close(getattr(theirs, name)[1], getattr(ours, name)[1], atol=1.5, rtol=0)
    torch.testing.assert_close(theirs.lower_lip_to_teeth[0], ours.lower_lip_to_teeth[0], atol=2.0, rtol=0)
