"""What the JSON files of visemes and of expressions share: names, and a row of values a frame."""

import os

from avatar.animation import Animation
from avatar.controls import ControlSpace
from avatar.export.conversion import in_space
from avatar.export.json_files import frame_rate, matrix, named_curves, read_json, rounded, write_json


def write_frames(animation: Animation, path: str, space: ControlSpace) -> None:
    """Write an animation in a space, which it is converted into."""
    animation = in_space(animation, space, f"write {path}")
    document = {
        "space": space.name,
        "fps": animation.fps,
        "names": list(space.names),
        "frames": rounded(animation.weights),
    }
    write_json(document, path)


def read_frames(path: str | os.PathLike[str], space: ControlSpace, kind: str) -> Animation:
    """Read what `write_frames` wrote.

    Raises:
        OSError: there is no such file, or it may not be read.
        ValueError: not such a file, or its names or values are wrong.
    """
    document = read_json(path, kind, ("space", "fps", "names", "frames"))
    if document["space"] != space.name:
        raise ValueError(f"{path} is not {kind}: its space must be {space.name}, got {document['space']!r:.40}")
    names = document["names"]
    values = matrix(document["frames"], len(names) if isinstance(names, list) else 0, path)
    return named_curves(space, names, values, frame_rate(document["fps"], path), path)
