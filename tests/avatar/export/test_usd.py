import sys

import numpy as np
import pytest
import torch

from avatar.animation import Animation
from avatar.controls import ARKIT, ARKIT_SHAPES
from avatar.export import export
from avatar.export.head import drawn_identity, identity_vector, shipped_head


@pytest.fixture
def pxr():
    return pytest.importorskip("pxr", reason="needs usd-core")


def opened(path):
    from pxr import Usd

    return Usd.Stage.Open(str(path))


def skinned(path, frame):
    """Points of the face at a frame as usd-core itself bakes blend shapes and skinning."""
    from pxr import Gf, UsdGeom, UsdSkel

    stage = opened(path)
    assert UsdSkel.BakeSkinning(UsdSkel.Root(stage.GetPrimAtPath("/Avatar")), Gf.Interval(frame, frame))
    return np.array(UsdGeom.Mesh(stage.GetPrimAtPath("/Avatar/Face")).GetPointsAttr().Get(frame))


@pytest.mark.parametrize(("extension", "seed"), [(".usda", None), (".usdc", 3), (".usd", None)])
def test_moves_as_the_rig_does(pxr, lively, tmp_path, extension, seed):
    """Lids and tongue too, which the rig fits to balls and lips: correctives add what shapes cannot."""
    head = shipped_head()
    values = {} if seed is None else drawn_identity(head, seed)
    export(lively, tmp_path / f"a{extension}", identity=values)
    with torch.inference_mode():
        truth = head(torch.tensor(lively.weights), identity_vector(head, values))[7].numpy()
    points = skinned(tmp_path / f"a{extension}", 7)
    assert np.linalg.norm(points - truth, axis=1).max() < 1e-4  # metres


def test_what_else_is_in_it(pxr, lively, tmp_path):
    from pxr import UsdGeom, UsdSkel

    export(lively, tmp_path / "a.usda")
    stage = opened(tmp_path / "a.usda")
    assert (stage.GetTimeCodesPerSecond(), stage.GetEndTimeCode()) == (30, 11)
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1 and UsdGeom.GetStageUpAxis(stage) == "Y"
    curves = UsdSkel.Animation(stage.GetPrimAtPath("/Avatar/Animation"))
    names = tuple(curves.GetBlendShapesAttr().Get())
    assert names[:52] == ARKIT_SHAPES and all(name.startswith("corrective") for name in names[52:])
    for frame in (0, 11):
        np.testing.assert_allclose(
            curves.GetBlendShapeWeightsAttr().Get(frame)[:52], lively.weights[frame, :52], atol=1e-7
        )
    assert stage.GetDefaultPrim().GetName() == "Avatar"
    subsets = UsdGeom.Subset.GetAllGeomSubsets(UsdGeom.Mesh(stage.GetPrimAtPath("/Avatar/Face")))
    assert [subset.GetPrim().GetName() for subset in subsets] == list(shipped_head().parts)


def test_a_single_frame(pxr, tmp_path):
    export(Animation.from_curves(ARKIT, {"jawOpen": [0.5]}, 60), tmp_path / "a.usdc")
    assert opened(tmp_path / "a.usdc").GetEndTimeCode() == 0


def test_without_usd_core_it_says_what_to_install(lively, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pxr", None)
    with pytest.raises(ValueError, match=r"install what it needs with: pip install avatar\[usd\]"):
        export(lively, tmp_path / "a.usda")
    assert list(tmp_path.iterdir()) == []
