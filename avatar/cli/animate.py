"""`avatar animate`: recordings to videos and curves."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from avatar.cli.life import Life
from avatar.cli.look import Look, Outputs

if TYPE_CHECKING:
    from avatar.animator import Animator
    from avatar.export import ExportOptions


@dataclass(frozen=True, kw_only=True)
class Animate(Look, Life):
    """Animate recordings of speech.

    Each output's extension picks its format: .mp4 video with sound, .mov or .webm video with alpha, .csv Live Link
    Face curves, .glb head with morph targets and animation, .npz curves for Python, .png one picture (or, with %04d in
    the name, one a frame). avatar info lists all: Blender, Unreal, Unity, USD, VRM, Audio2Face ...

    avatar animate talk.wav -o talk.mp4 talk.csv talk.glb

    avatar animate recordings/ -o "out/{name}.mp4" "out/{name}.csv"

    Args:
        inputs: Recordings (wav, flac, mp3, ogg, m4a, the sound of a video) or folders of them.
        output: Files to write; with several recordings, {name} stands for the recording's.
        fps: Frames per second.
    """

    inputs: Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="IN...")]
    output: Outputs
    fps: float = 60.0

    def run(self) -> int:
        """Check everything, then work; one bad recording does not stop the others."""
        from avatar.animation import check_fps
        from avatar.cli.targets import find_recordings, plan

        check_fps(self.fps, "--fps")
        self.chosen_behaviour()
        recordings = find_recordings(self.inputs)
        options = self.options()
        for output in self.output:
            options.check(output)
        targets = plan(recordings, self.output)

        from avatar.animator import Animator

        animator = Animator.load()
        if len(recordings) == 1:
            self._animate(animator, recordings[0], targets[recordings[0]], options)
            return 0
        return self._animate_all(animator, targets, options)

    def _animate_all(self, animator: "Animator", targets: dict[Path, list[str]], options: "ExportOptions") -> int:
        from avatar.cli import FAILURE, describe

        failed = 0
        for recording, each in targets.items():
            try:
                self._animate(animator, recording, each, options)
            except (OSError, ValueError) as error:
                failed += 1
                sys.stderr.write(f"avatar: error: {describe(error)}\n")
        if failed:
            sys.stderr.write(f"avatar: {failed} of {len(targets)} recordings failed\n")
        return FAILURE if failed else 0

    def _animate(self, animator: "Animator", recording: Path, targets: list[str], options: "ExportOptions") -> None:
        from avatar.export.formats import write

        animation = animator.animate(recording, fps=self.fps, behaviour=self.chosen_behaviour(), seed=self.seed)
        for target in targets:
            write(animation, target, options)
            sys.stdout.write(f"{recording} -> {target} ({animation.duration:.1f} s)\n")
