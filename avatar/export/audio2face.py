"""Audio2Face JSON: the 52 ARKit weights a frame, as NVIDIA's Audio2Face exports and imports them.

Head and eyes' own angles are not part of it; weights have six decimals.
"""

import os

from avatar.animation import Animation
from avatar.controls import ARKIT, ARKIT_SHAPES
from avatar.export.conversion import in_space
from avatar.export.json_files import frame_rate, matrix, named_curves, read_json, rounded, write_json
from avatar.export.options import ExportOptions


def write(animation: Animation, path: str, options: ExportOptions) -> None:
    """Write the shapes' weights."""
    animation = in_space(animation, ARKIT, f"write {path}")
    whole = animation.fps == round(animation.fps)
    document = {
        "exportFps": round(animation.fps) if whole else animation.fps,
        "trackPath": "" if animation.audio is None else animation.audio.name,
        "numPoses": len(ARKIT_SHAPES),
        "numFrames": len(animation),
        "facsNames": list(ARKIT_SHAPES),
        "weightMat": rounded(animation.weights[:, ARKIT.indices(ARKIT_SHAPES)]),
    }
    write_json(document, path)


def read(path: str | os.PathLike[str]) -> Animation:
    """Read what `write` or Audio2Face wrote; curves are found by name, those that ARKit lacks are left out.

    Raises:
        OSError: there is no such file, or it may not be read.
        ValueError: not such a file, or its counts, names or values are wrong.
    """
    needed = ("exportFps", "numPoses", "numFrames", "facsNames", "weightMat")
    document = read_json(path, "Audio2Face JSON", needed)
    names, rows = document["facsNames"], document["weightMat"]
    for count, what in (("numPoses", "facsNames"), ("numFrames", "weightMat")):
        if not isinstance(document[what], list) or document[count] != len(document[what]):
            held = len(document[what]) if isinstance(document[what], list) else "no list"
            raise ValueError(f"{path}: {count} is {document[count]!r}, but {what} holds {held}")
    return named_curves(ARKIT, names, matrix(rows, len(names), path), frame_rate(document["exportFps"], path), path)
