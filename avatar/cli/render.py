"""`avatar render`: curves to videos, pictures and other formats."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from avatar.cli.look import Look, Outputs

if TYPE_CHECKING:
    from avatar.animation import Animation
    from avatar.export import ExportOptions


@dataclass(frozen=True, kw_only=True)
class Render(Look):
    """Draw curves that are there already, or turn them into another format.

    avatar render talk.csv -o talk.mp4 --audio talk.wav

    avatar render ours.csv theirs.npz -o both.mp4 --labels ours theirs

    avatar render ours.csv -o error.mp4 --against theirs.csv

    Args:
        clips: The curves: Live Link Face .csv or recorded packets, .npz of ours, .glb, .a2f.json and more. Several are
            drawn side by side, or one after another where the output's name holds {name}.
        output: Files to write: .mp4, .mov, .webm, .png (one picture, or with %04d one a frame), .glb, .usd, .csv, .npz
            and more; `avatar info` lists them all.
        audio: The sound of a video; what the first .npz names when left out.
        fps: Frames per second of the result; the highest of the clips' when left out.
        labels: What is written into each clip's pictures; the files' names where several are side by side.
        against: Curves to compare with: the head's colours are the distance of its skin in millimetres.
        scale: Millimetres of the last of those colours; as many as the clips need when left out.
    """

    clips: Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="CLIP...")]
    output: Outputs
    audio: str | None = None
    fps: float | None = None
    labels: tuple[str, ...] = ()
    against: str | None = None
    scale: float | None = None

    def run(self) -> int:
        """Check everything, then work."""
        from avatar.animation import check_fps
        from avatar.cli.targets import plan

        if not self.clips:
            raise ValueError("name at least one clip, for example: avatar render talk.csv -o talk.mp4")
        if self.fps is not None:
            check_fps(self.fps, "--fps")
        if self.audio is not None and not Path(self.audio).is_file():
            raise FileNotFoundError(f"no such audio file: {self.audio}")
        paths = list(dict.fromkeys(Path(clip) for clip in self.clips))
        apart = any("{name}" in output for output in self.output)
        shots = [[path] for path in paths] if apart else [paths]
        works = [self._load(shot) for shot in shots]
        for animation, options in works:
            _check_instants(animation, options)
            for output in self.output:
                options.check(output)
        others = [Path(name) for name in (self.against, self.audio) if name is not None]
        targets = plan(paths if apart else paths[:1], self.output, also_read=[*paths, *others])
        for shot, (animation, options) in zip(shots, works, strict=True):
            self._write(shot, animation, targets[shot[0]], options)
        return 0

    def _load(self, paths: Sequence[Path]) -> tuple["Animation", "ExportOptions"]:
        """The first of the clips that are drawn together, and everything else about them."""
        first, *others = [self._clip(path) for path in paths]
        against = None if self.against is None else self._clip(Path(self.against))
        labels = self.labels or (_names(paths) if others else ())
        audio = None if self.audio is None else Path(self.audio)
        return first, self.options(audio=audio, beside=others, labels=labels, against=against, scale=self.scale)

    def _clip(self, path: Path) -> "Animation":
        clip = load_clip(path)
        return clip if self.fps is None else clip.resample(self.fps)

    def _write(
        self, paths: Sequence[Path], animation: "Animation", targets: Sequence[str], options: "ExportOptions"
    ) -> None:
        from avatar.export.formats import write

        for target in targets:
            write(animation, target, options)
            sys.stdout.write(f"{', '.join(map(str, paths))} -> {target}\n")


def load_clip(path: Path) -> "Animation":
    """The animation in a file of curves, any that `avatar.export.load_animation` reads."""
    from avatar.export.reading import load_animation

    return load_animation(path)


def _check_instants(animation: "Animation", options: "ExportOptions") -> None:
    """Refuse instants after the end now, not when other outputs have been written."""
    end = max(clip.duration for clip in (animation, *options.beside))
    late = max(options.instants)
    if len(animation) and late >= end:
        raise ValueError(f"--at must be before the clips' end at {end:.3f} s, got {late}")


def _names(paths: Sequence[Path]) -> tuple[str, ...]:
    """Short names that tell files apart."""
    stems = [path.stem for path in paths]
    return tuple(stems if len(set(stems)) == len(stems) else map(str, paths))
