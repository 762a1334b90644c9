"""`avatar render`: curves to videos, pictures and other formats."""

import sys
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from avatar.cli.look import Look, Outputs

if TYPE_CHECKING:
    from avatar.animation import Animation


@dataclass(frozen=True, kw_only=True)
class Render(Look):
    """Draw curves that are there already, or turn them into another format.

    avatar render talk.csv -o talk.mp4 --audio talk.wav

    Args:
        clip: The curves: a Live Link Face .csv or an .npz of ours.
        output: Files to write: .mp4, .png (one picture, or with %04d one a frame), .glb, .csv, .npz.
        audio: The sound of a video; what the .npz names when left out.
        fps: Frames per second of the result; those of the clip when left out.
    """

    clip: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="CLIP")]
    output: Outputs
    audio: str | None = None
    fps: float | None = None

    def run(self) -> int:
        """Check everything, then work."""
        from avatar.cli.targets import plan
        from avatar.export.formats import write

        clip = Path(self.clip)
        if self.fps is not None and not (isfinite(self.fps) and self.fps > 0):
            raise ValueError(f"--fps must be a number above 0, got {self.fps}")
        animation = load_clip(clip)
        audio = self.audio if self.audio is None else Path(self.audio)
        if audio is not None and not audio.is_file():
            raise FileNotFoundError(f"no such audio file: {audio}")
        targets = plan([clip], self.output)[clip]
        options = replace(self.options(), audio=audio)
        if self.fps is not None:
            animation = animation.resample(self.fps)
        for target in targets:
            write(animation, target, options)
            sys.stdout.write(f"{clip} -> {target} ({animation.duration:.1f} s)\n")
        return 0


def load_clip(path: Path) -> "Animation":
    """The animation in a .csv or .npz file.

    Raises:
        OSError: there is no such file, or it may not be read.
        ValueError: another extension, or not such a file.
    """
    from avatar.animation import Animation
    from avatar.export import livelink

    readers = {".csv": livelink.read, ".npz": Animation.load}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ValueError(f"cannot read curves from {path}: its extension must be one of {', '.join(readers)}")
    return reader(path)
