import runpy
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from avatar.controls import ARKIT
from avatar.export import export
from avatar.spaces import METAHUMAN, convert


class Skeleton:
    pass


class SkeletalMesh:
    skeleton = Skeleton()


@pytest.fixture
def unreal(monkeypatch):
    """Stands in for the module `unreal`: of its editor's library, what the script may ask for, and what it did."""
    module = ModuleType("unreal")
    module.curves, module.made, module.settings, module.selected = {}, [], {}, [SkeletalMesh()]
    module.Skeleton, module.SkeletalMesh, module.AnimSequence = Skeleton, SkeletalMesh, object
    module.FrameRate = lambda numerator, denominator: (numerator, denominator)
    module.FrameNumber = int
    module.RawCurveTrackTypes = SimpleNamespace(RCT_FLOAT="float")
    module.log = lambda text: module.made.append(text)
    module.EditorUtilityLibrary = SimpleNamespace(get_selected_assets=lambda: module.selected)
    module.EditorAssetLibrary = SimpleNamespace(
        does_asset_exist=lambda path: path in module.made,
        delete_asset=module.made.remove,
        save_loaded_asset=lambda sequence: True,
    )
    controller = SimpleNamespace(
        open_bracket=lambda title, undo: None,
        close_bracket=lambda undo: None,
        set_frame_rate=lambda rate, undo: module.settings.update(rate=rate),
        set_number_of_frames=lambda number, undo: module.settings.update(frames=number),
    )

    class AnimSequenceFactory:
        def set_editor_property(self, name, value):
            module.settings[name] = value

    def create_asset(name, folder, kind, factory):
        assert isinstance(module.settings["target_skeleton"], Skeleton)
        module.made.append(f"{folder}/{name}")
        module.curves.clear()
        return SimpleNamespace(controller=controller)

    module.AnimSequenceFactory = AnimSequenceFactory
    module.AssetToolsHelpers = SimpleNamespace(get_asset_tools=lambda: SimpleNamespace(create_asset=create_asset))
    module.AnimationLibrary = SimpleNamespace(
        add_curve=lambda sequence, name, kind, meta: module.curves.update({name: None}),
        add_float_curve_keys=lambda sequence, name, times, values: module.curves.update({name: (times, values)}),
    )
    monkeypatch.setitem(sys.modules, "unreal", module)
    return module


def test_the_script_makes_the_sequence(lively, tmp_path, unreal):
    export(lively, tmp_path / "hello there.unreal.py")
    for _ in range(2):  # the second time it is replaced
        runpy.run_path(str(tmp_path / "hello there.unreal.py"))
    assert unreal.made.count("/Game/Avatar/hello_there") == 1
    assert (unreal.settings["rate"], unreal.settings["frames"]) == ((30, 1), 11)
    truth = convert(lively, METAHUMAN)
    moved = {name for name in METAHUMAN.names if truth[name].any()}
    assert set(unreal.curves) == moved and len(moved) > 60
    for name, (times, values) in unreal.curves.items():
        np.testing.assert_array_equal(np.float32(values), truth[name])
        np.testing.assert_allclose(times, lively.times, atol=1e-9)


def test_a_csv_becomes_a_sequence_of_arkit_curves(lively, tmp_path, unreal, checkout, monkeypatch):
    export(lively, tmp_path / "talk.csv")
    monkeypatch.setattr(sys, "argv", ["unreal_live_link.py", str(tmp_path / "talk.csv"), "30"])
    runpy.run_path(str(checkout / "examples" / "unreal_live_link.py"), run_name="__main__")
    assert "/Game/Avatar/talk" in unreal.made and len(unreal.curves) == 61
    times, values = unreal.curves["JawOpen"]
    np.testing.assert_allclose(values, lively["jawOpen"], atol=1e-7)
    np.testing.assert_allclose(times, lively.times, atol=1e-4)
    np.testing.assert_allclose(unreal.curves["HeadYaw"][1], -lively["headYaw"], atol=1e-7)
    assert {name[0].lower() + name[1:] for name in unreal.curves} == set(ARKIT.names)


def test_a_skeleton_must_be_chosen(lively, tmp_path, unreal):
    export(lively, tmp_path / "a.unreal.py")
    unreal.selected = []
    with pytest.raises(RuntimeError, match="select the face's Skeleton or SkeletalMesh"):
        runpy.run_path(str(tmp_path / "a.unreal.py"))
