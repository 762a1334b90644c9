"""Import a Live Link Face CSV into Unreal Engine 5 as an AnimSequence of its curves.

The curves keep the app's names (JawOpen, HeadYaw ...), which animation blueprints for ARKit faces take; for a MetaHuman
write a `.unreal.py` instead. Turn on the plugin "Python Editor Script Plugin", select the face's Skeleton or
SkeletalMesh in the Content Browser, and enter in the Output Log's Cmd line:

    py "path/to/unreal_live_link.py" "path/to/talk.csv" 60

The number is how many frames the recording has a second; 60 when left out.
"""

import csv
import re
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import unreal

FOLDER = "/Game/Avatar"


def read(path: Path, fps: float) -> tuple[list[float], dict[str, list[float]]]:
    """Seconds since the first row, and each curve's values."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        header, *rows = [row for row in csv.reader(file) if row]
    if header[:2] != ["Timecode", "BlendshapeCount"] or not rows:
        raise RuntimeError(f"{path} is not a Live Link Face CSV with frames")
    times = []
    for row in rows:
        hours, minutes, seconds, frames = map(float, row[0].split(":"))
        times.append(3600 * hours + 60 * minutes + seconds + frames / fps)
    curves = {name: [float(row[i]) for row in rows] for i, name in enumerate(header) if i > 1}
    return [time - times[0] for time in times], curves


def selected_skeleton() -> Any:
    """The skeleton selected in the Content Browser."""
    for asset in unreal.EditorUtilityLibrary.get_selected_assets():
        if isinstance(asset, unreal.Skeleton):
            return asset
        if isinstance(asset, unreal.SkeletalMesh):
            return asset.skeleton
    raise RuntimeError("select the face's Skeleton or SkeletalMesh in the Content Browser")


def main(path: Path, fps: float) -> None:
    """Make the sequence, replacing one of that name, and save it."""
    times, curves = read(path, fps)
    name = re.sub(r"\W", "_", path.stem, flags=re.ASCII)
    if unreal.EditorAssetLibrary.does_asset_exist(f"{FOLDER}/{name}"):
        unreal.EditorAssetLibrary.delete_asset(f"{FOLDER}/{name}")
    factory = unreal.AnimSequenceFactory()
    factory.set_editor_property("target_skeleton", selected_skeleton())
    sequence = unreal.AssetToolsHelpers.get_asset_tools().create_asset(name, FOLDER, unreal.AnimSequence, factory)
    controller = sequence.controller
    controller.open_bracket(f"Import {name}", False)
    rate = Fraction(fps).limit_denominator(1001)
    controller.set_frame_rate(unreal.FrameRate(rate.numerator, rate.denominator), False)
    controller.set_number_of_frames(unreal.FrameNumber(max(round(times[-1] * fps), 1)), False)
    controller.close_bracket(False)
    for curve, values in curves.items():
        unreal.AnimationLibrary.add_curve(sequence, curve, unreal.RawCurveTrackTypes.RCT_FLOAT, False)
        unreal.AnimationLibrary.add_float_curve_keys(sequence, curve, times, values)
    unreal.EditorAssetLibrary.save_loaded_asset(sequence)
    unreal.log(f"made {FOLDER}/{name}: {len(curves)} curves, {len(times)} frames")


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 60.0)
