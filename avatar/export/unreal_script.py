"""Makes an AnimSequence of MetaHuman curves in Unreal Engine 5 (5.0 or newer).

Turn on the plugin "Python Editor Script Plugin", select the skeleton of the face (a Skeleton, or a SkeletalMesh that
has it) in the Content Browser, and run this file by Tools, Execute Python Script. The sequence appears in /Game/Avatar;
another folder or a skeleton by its path can be filled in below. Run it once more to replace the sequence.
"""

import array
import base64
import sys
import zlib
from typing import Any

import unreal

FOLDER = "/Game/Avatar"
SKELETON = ""  # for example "/Game/MetaHumans/Common/Face/Face_Archetype_Skeleton"; what is selected if empty
CLIP_NAME = ""
FPS = 0.0
FRAMES = 0
NAMES: list[str] = []
VALUES = ""  # 32-bit floats, one curve after another


def main() -> None:
    """Make the sequence and save it."""
    values = array.array("f", zlib.decompress(base64.b64decode(VALUES)))
    if sys.byteorder == "big":
        values.byteswap()
    curves = {name: values[i * FRAMES : (i + 1) * FRAMES].tolist() for i, name in enumerate(NAMES)}
    path = make_sequence(CLIP_NAME, chosen_skeleton(), FPS, FRAMES, curves)
    unreal.log(f"made {path}: {len(curves)} curves, {FRAMES} frames")


def chosen_skeleton() -> Any:
    """The skeleton named above, or the one selected in the Content Browser."""
    if SKELETON:
        chosen = [unreal.load_asset(SKELETON)]
    else:
        chosen = list(unreal.EditorUtilityLibrary.get_selected_assets())
    for asset in chosen:
        if isinstance(asset, unreal.Skeleton):
            return asset
        if isinstance(asset, unreal.SkeletalMesh):
            return asset.skeleton
    raise RuntimeError("select the face's Skeleton or SkeletalMesh in the Content Browser, or fill in SKELETON")


def make_sequence(name: str, skeleton: Any, fps: float, frames: int, curves: dict[str, list[float]]) -> str:
    """Make an AnimSequence in FOLDER, replacing one of that name.

    Args:
        name: of the asset.
        skeleton: an unreal.Skeleton.
        fps: frames per second.
        frames: how many keys each curve has.
        curves: name to values, one a frame.

    Returns:
        The asset's path.
    """
    path = f"{FOLDER}/{name}"
    if unreal.EditorAssetLibrary.does_asset_exist(path):
        unreal.EditorAssetLibrary.delete_asset(path)
    factory = unreal.AnimSequenceFactory()
    factory.set_editor_property("target_skeleton", skeleton)
    tools = unreal.AssetToolsHelpers.get_asset_tools()
    sequence = tools.create_asset(name, FOLDER, unreal.AnimSequence, factory)
    if sequence is None:
        raise RuntimeError(f"Unreal cannot make {path}")
    controller = sequence.controller
    controller.open_bracket(f"Make {name}", False)
    try:
        numerator, denominator = rate(fps)
        controller.set_frame_rate(unreal.FrameRate(numerator, denominator), False)
        # Unreal counts the steps between keys, and wants one at least.
        controller.set_number_of_frames(unreal.FrameNumber(max(frames - 1, 1)), False)
    finally:
        controller.close_bracket(False)
    times = [frame * denominator / numerator for frame in range(frames)]
    for curve, values in curves.items():
        unreal.AnimationLibrary.add_curve(sequence, curve, unreal.RawCurveTrackTypes.RCT_FLOAT, False)
        unreal.AnimationLibrary.add_float_curve_keys(sequence, curve, times, values)
    unreal.EditorAssetLibrary.save_loaded_asset(sequence)
    return path


def rate(fps: float) -> tuple[int, int]:
    """Numerator and denominator of frames per second: n/1, or n/1001 as broadcast has it, or thousandths."""
    for denominator in (1, 1001):
        if abs(round(fps * denominator) / denominator - fps) < 1e-4:
            return round(fps * denominator), denominator
    return round(fps * 1000), 1000
