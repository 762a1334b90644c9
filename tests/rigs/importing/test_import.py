"""Whole imports: files of other programs become rigs that move as those files say."""

import numpy as np
import pytest
import torch

from avatar.controls import ARKIT
from avatar.rigs import BuiltInHead, load_rig
from avatar.rigs.importing import Overrides, import_rig, read_source
from avatar.rigs.shape_rig import ShapeRig

_OTHER_NAMES = {
    "jawOpen": "blendShape1.JawOpen",
    "eyeBlinkLeft": "eyeBlink_L",
    "eyeBlinkRight": "eyeBlink.R",
    "mouthSmileLeft": "MouthSmile_Left",
    "mouthSmileRight": "mouth_smile_right",
    "mouthLeft": "MOUTHLEFT",
    "jawForward": "JawFwd",
}


def _write_objs(folder, mesh, neutral="neutral.obj"):
    folder.mkdir()
    faces = "".join(f"f {a} {b} {c}\n" for a, b, c in mesh.faces + 1)
    for name, step in {neutral: 0, **{f"{name}.obj": step for name, step in mesh.shapes.items()}}.items():
        np.savetxt(folder / name, mesh.vertices + step, fmt="v %.6f %.6f %.6f")
        with (folder / name).open("a") as file:
            file.write(faces)
    return folder


def _write_npz(path, mesh):
    shapes = np.stack(list(mesh.shapes.values()))
    np.savez(path, vertices=mesh.vertices, faces=mesh.faces, names=list(mesh.shapes), shapes=shapes)
    return path


def _turned(points):
    """Z up and facing -y, in centimetres, as some modelling programs have it."""
    return 100 * np.stack([points[:, 0], -points[:, 2], points[:, 1]], 1)


def _near(data, mesh, name, control, tolerance):
    found = data.shapes[ARKIT.index(control)]
    order = _rows(data, mesh)
    assert np.abs(found[order] - mesh.shapes[name]).max() < tolerance


def _rows(data, mesh):
    from scipy.spatial import cKDTree

    apart, rows = cKDTree(data.rest).query(mesh.vertices)
    assert apart.max() < 2e-6
    return rows


def test_a_glb_gives_the_shapes_and_the_mouth(mesh, write_glb):
    imported = import_rig(write_glb(mesh))
    data = imported.data
    assert data.space == ARKIT
    assert {match.how for match in imported.matches} == {"same"}
    for name in ("jawOpen", "mouthSmileLeft", "eyeBlinkRight"):
        # Vertices that are at one place may be met in another order, lips among them.
        order = _rows(data, mesh)
        error = np.abs(data.shapes[ARKIT.index(name)][order] - mesh.shapes[name]).max(1)
        assert (error < 1e-6).mean() > 0.98
    upper, lower = data.inner_lip
    jaw = np.linalg.norm(data.shapes[ARKIT.index("jawOpen")], axis=1)
    assert jaw[upper] < 0.3 * jaw[lower]
    assert np.linalg.norm(data.rest[upper] - data.rest[lower]) < 0.003
    head = BuiltInHead.load()
    np.testing.assert_allclose(data.rest[upper], head.rest[head.inner_lip[0]], atol=0.004)
    np.testing.assert_allclose(data.rest[list(data.mouth_corners)], head.rest[list(head.mouth_corners)], atol=0.006)
    assert data.rest[data.mouth_corners[0], 0] > 0 > data.rest[data.mouth_corners[1], 0]


def test_eyeballs_are_found_and_turn_rigidly(mesh, write_glb):
    rig = ShapeRig(import_rig(write_glb(mesh)).data)
    centres = BuiltInHead.load().gaze.centres
    torch.testing.assert_close(rig.eye_centres, centres, atol=1e-4, rtol=0)
    weights = torch.zeros(1, len(ARKIT))
    weights[0, ARKIT.index("leftEyeYaw")] = 0.5
    ball = rig.regions["left_eye"]
    moved, rest = rig(weights)[0, ball] - rig.eye_centres[0], rig.rest[ball] - rig.eye_centres[0]
    torch.testing.assert_close(moved.norm(dim=1), rest.norm(dim=1), atol=1e-6, rtol=0)
    front = rest[:, 2].argmax()
    assert moved[front, 0] > rest[front, 0] + 0.003  # towards the subject's left


@pytest.mark.parametrize("kind", ["glb", "folder", "npz"])
def test_other_units_axes_and_names_are_seen_through(mesh, write_glb, tmp_path, kind):
    other = mesh.moved(_turned).renamed(_OTHER_NAMES)
    if kind == "glb":
        path = write_glb(other)
    elif kind == "npz":
        path = _write_npz(tmp_path / "head.npz", other)
    else:
        few = {_OTHER_NAMES.get(name, name) for name in ("jawOpen", "mouthSmileLeft", "mouthSmileRight", "mouthPucker")}
        path = _write_objs(tmp_path / "objs", other.renamed({name: "" for name in other.shapes if name not in few}))
    imported = import_rig(path)
    assert any("centimetres" in note for note in imported.notes)
    assert any("+z is up and the face looks along -y" in note for note in imported.notes)
    tolerance = 2e-6 if kind == "folder" else 1e-6
    np.testing.assert_allclose(imported.data.rest[_rows(imported.data, mesh)], mesh.vertices, atol=tolerance)
    by_shape = {match.shape: match.controls for match in imported.matches}
    for control in ("jawOpen", "mouthSmileLeft", "mouthSmileRight"):
        assert by_shape[_OTHER_NAMES[control]] == (control,)
    names = {match.shape for match in imported.matches if match.how == "no control"}
    assert not names


@pytest.mark.parametrize(
    ("factor", "unit"), [(1.0, "metres"), (100.0, "centimetres"), (39.37, "inches"), (1e3, "millimetres")]
)
def test_units_are_told_from_the_size_of_the_face(mesh, tmp_path, factor, unit):
    imported = import_rig(_write_npz(tmp_path / "head.npz", mesh.moved(lambda points: factor * points)))
    assert any(unit in note for note in imported.notes)
    np.testing.assert_allclose(np.ptp(imported.data.rest, axis=0), np.ptp(mesh.vertices, axis=0), rtol=1e-3)


def test_what_is_given_is_believed(mesh, tmp_path):
    path = _write_npz(tmp_path / "head.npz", mesh.renamed({"jawOpen": "Mund auf", "noseSneerLeft": "Zorn"}))
    given = Overrides(names={"Mund auf": "jawOpen", "mouthPucker": ""}, scale=0.5, inner_lip=(3, 4), corners=(5, 6))
    imported = import_rig(path, overrides=given)
    how = {match.shape: match.how for match in imported.matches}
    assert (how["Mund auf"], how["Zorn"], how["mouthPucker"]) == ("given", "no control", "given")
    assert not imported.data.shapes[ARKIT.index("mouthPucker")].any()
    assert (imported.data.inner_lip, imported.data.mouth_corners) == ((3, 4), (5, 6))
    np.testing.assert_allclose(imported.data.rest, 0.5 * mesh.vertices, rtol=1e-6)
    kept = import_rig(path, overrides=Overrides(names={"Mund auf": "jawOpen"}, extras="keep")).data
    assert kept.space.names[-1] == "Zorn"
    assert kept.shapes[-1].any()
    assert kept.space.names[: len(ARKIT)] == ARKIT.names


def test_sides_that_are_swapped_can_be_swapped_back(mesh, tmp_path):
    sides = {"Left": "Right", "Right": "Left"}
    swapped = {
        name: name.removesuffix(side) + sides[side] for side in sides for name in mesh.shapes if name.endswith(side)
    }
    path = _write_npz(tmp_path / "head.npz", mesh.renamed(swapped))
    data = import_rig(path, overrides=Overrides(swap_sides=True)).data
    np.testing.assert_allclose(data.shapes[ARKIT.index("eyeBlinkLeft")], mesh.shapes["eyeBlinkLeft"], atol=1e-7)
    np.testing.assert_allclose(data.shapes[ARKIT.index("mouthLeft")], mesh.shapes["mouthLeft"], atol=1e-7)


def test_a_shape_of_both_sides_becomes_two(mesh, tmp_path):
    both = mesh.shapes["mouthSmileLeft"] + mesh.shapes["mouthSmileRight"]
    one = mesh.renamed({"mouthSmileLeft": "smile", "mouthSmileRight": ""})
    one.shapes["smile"] = both
    data = import_rig(_write_npz(tmp_path / "head.npz", one)).data
    left, right = (data.shapes[ARKIT.index(f"mouthSmile{side}")] for side in ("Left", "Right"))
    np.testing.assert_allclose(left + right, both, atol=1e-6)
    assert not left[mesh.vertices[:, 0] < -0.01].any()
    assert not right[mesh.vertices[:, 0] > 0.01].any()


def test_triangles_that_face_inwards_are_turned(mesh, tmp_path):
    mirrored = type(mesh)(mesh.vertices, mesh.faces[:, ::-1].copy(), mesh.shapes)
    imported = import_rig(_write_npz(tmp_path / "head.npz", mirrored))
    np.testing.assert_array_equal(imported.data.faces, mesh.faces)
    assert any("faced inwards" in note for note in imported.notes)


def test_a_head_of_five_hundred_vertices(mesh, tmp_path):
    """Cut down to a coarse mask of what is near the mouth, with its slit."""
    lips = np.linalg.norm(mesh.vertices - (0, -0.05, 0.09), axis=1)
    near = np.argsort(lips)[:500]
    place = np.full(len(mesh.vertices), -1)
    place[near] = np.arange(500)
    faces = place[mesh.faces]
    coarse = type(mesh)(
        mesh.vertices[near], faces[(faces >= 0).all(1)], {name: step[near] for name, step in mesh.shapes.items()}
    )
    data = import_rig(_write_npz(tmp_path / "head.npz", coarse), overrides=Overrides(scale=1.0)).data
    assert np.linalg.norm(data.rest[data.inner_lip[0]] - data.rest[data.inner_lip[1]]) < 0.003
    assert data.eyeballs is None


def test_a_head_without_a_jaw_is_refused_unless_the_mouth_is_given(mesh, tmp_path):
    path = _write_npz(tmp_path / "head.npz", mesh.renamed({"jawOpen": ""}))
    with pytest.raises(ValueError, match=r"the mouth is not found: no shape opens the jaw.*\[mouth\]"):
        import_rig(path)
    assert import_rig(path, overrides=Overrides(inner_lip=(3, 4), corners=(5, 6))).data.inner_lip == (3, 4)


def test_shapes_of_nobody_are_refused(mesh, tmp_path):
    path = _write_npz(
        tmp_path / "head.npz", mesh.renamed({name: f"x{place}" for place, name in enumerate(mesh.shapes)})
    )
    with pytest.raises(ValueError, match="none of the 52 shapes is a control of ARKit"):
        import_rig(path)


def test_visemes_become_a_rig_of_the_oculus_space(mesh, tmp_path):
    names = {
        "jawOpen": "viseme_aa",
        "mouthPucker": "viseme_U",
        "mouthFunnel": "viseme_O",
        "mouthPressLeft": "viseme_PP",
    }
    few = mesh.renamed({name: names.get(name, "") for name in mesh.shapes})
    data = import_rig(_write_npz(tmp_path / "head.npz", few)).data
    assert data.space.name == "Oculus"
    assert data.shapes[data.space.index("aa")].any()


@pytest.mark.parametrize("change", ["nan", "count", "faces", "case", "empty"])
def test_bad_arrays_are_refused(mesh, tmp_path, change):
    vertices, faces, names = mesh.vertices.copy(), mesh.faces.copy(), list(mesh.shapes)
    shapes = np.stack(list(mesh.shapes.values()))
    message = {
        "nan": r"vertices must be finite, got NaN or infinity at 1 of \d+ vertices, the first is 7",
        "count": r"shapes must be \[52, \d+, 3\], got \[51,",
        "faces": r"faces must index the \d+ vertices, got 99999",
        "case": "shapes 'jawOpen' and 'JAWOPEN' differ only in case",
        "empty": "no shape moves anything",
    }[change]
    if change == "nan":
        vertices[7, 1] = np.nan
    elif change == "count":
        shapes = shapes[1:]
    elif change == "faces":
        faces[3, 1] = 99999
    elif change == "case":
        names[names.index("tongueOut")] = "JAWOPEN"
    else:
        shapes[:] = 0
    path = tmp_path / "head.npz"
    np.savez(path, vertices=vertices, faces=faces, names=names, shapes=shapes)
    with pytest.raises(ValueError, match=message):
        import_rig(path)


def test_other_files_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such file or folder"):
        import_rig(tmp_path / "nothing.glb")
    (tmp_path / "head.fbx").write_text("")
    with pytest.raises(ValueError, match=r"cannot import .*head\.fbx: it must be a \.glb"):
        import_rig(tmp_path / "head.fbx")
    np.savez(tmp_path / "x.npz", vertices=np.zeros((3, 3)))
    with pytest.raises(ValueError, match="lacks faces, names, shapes"):
        import_rig(tmp_path / "x.npz")
    (tmp_path / "text.npz").write_text("not numpy")
    with pytest.raises(ValueError, match=r"is not an \.npz"):
        import_rig(tmp_path / "text.npz")


def test_folders_of_objs_are_checked(mesh, tmp_path):
    few = mesh.renamed({name: "" for name in mesh.shapes if name not in ("jawOpen", "mouthPucker")})
    folder = _write_objs(tmp_path / "objs", few)
    (folder / "jawOpen.obj").write_text("v 0 0 0\n")
    with pytest.raises(ValueError, match=r"jawOpen\.obj must have the neutral's \d+ vertices, got 1"):
        read_source(folder)
    (folder / "jawOpen.obj").write_text("v 0 0 x\n")
    with pytest.raises(ValueError, match="a vertex must be three numbers, got '0 0 x'"):
        read_source(folder)
    (folder / "neutral.obj").rename(folder / "mine.obj")
    with pytest.raises(ValueError, match=r"must hold one OBJ named neutral .* got none"):
        read_source(folder)


def test_ict_facekit(shared):
    imported = import_rig(shared / "data" / "ict")
    data = imported.data
    assert data.rest.shape == (26719, 3)
    assert 0.2 < np.ptp(data.rest[:, 1]) < 0.4
    assert data.landmarks.shape == (68,)
    assert len(data.identity_space) == 100
    assert not {"tear_fluid", "eye_occlusion"} & {data.parts[part] for part in np.unique(data.face_parts)}
    missing = [name for name in ARKIT.names[:52] if not data.shapes[ARKIT.index(name)].any()]
    assert missing == ["tongueOut"]
    how = {match.shape: match.how for match in imported.matches}
    assert (how["browInnerUp_L"], how["PupilDilate_L"]) == ("half", "no control")


def test_a_rig_can_be_used_without_importing_it_first(mesh, write_glb):
    assert isinstance(load_rig(write_glb(mesh)), ShapeRig)
