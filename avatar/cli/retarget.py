"""`avatar retarget`: what one rig does, in the controls of another."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from avatar.cli.look import Outputs

if TYPE_CHECKING:
    from avatar.rigs import Rig


@dataclass(frozen=True, kw_only=True)
class Retarget:
    """Find the controls with which another rig does the same, by what its skin does and not by the controls' names.

    avatar retarget talk.npz --to my_head.safetensors -o talk_on_my_head.npz

    avatar retarget talk.npz --to flame --rig my_flame.safetensors -o talk.flame.npz

    avatar retarget take.flame.npz --from my_flame.safetensors -o take.csv

    Args:
        clip: The curves: any file that avatar reads, such as Live Link Face .csv or .npz.
        source: The rig that the curves were made for: built-in, or a file that `avatar rig import` wrote.
        target: The rig that is to do the same: arkit (the built-in head), flame (with --rig), or a rig's file.
        rig: The rig's file where --to names a kind of rig.
        output: Files to write, such as .npz, .csv or .flame.npz.
        sparsity: Price of shapes that are not at rest: more keeps more shapes at rest.
        smoothness: Price of changes from frame to frame.
        quiet: Do not say how well the rig follows.
    """

    clip: Annotated[str, tyro.conf.Positional]
    source: Annotated[str, tyro.conf.arg(name="from", metavar="RIG")] = "built-in"
    target: Annotated[str, tyro.conf.arg(name="to", metavar="arkit|flame|RIG")] = "arkit"
    rig: Annotated[str | None, tyro.conf.arg(metavar="FILE")] = None
    output: Outputs
    sparsity: float = 0.005
    smoothness: float = 0.02
    quiet: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False

    def run(self) -> int:
        """Check everything, then work."""
        from avatar.cli.targets import plan
        from avatar.export.formats import write
        from avatar.export.head import rig_named, worn
        from avatar.export.options import ExportOptions
        from avatar.export.reading import load_animation
        from avatar.rigs.preferences import Preferences
        from avatar.rigs.retarget import retarget

        preferences = Preferences(sparsity=self.sparsity, smoothness=self.smoothness)
        path = Path(self.clip)
        source, target = rig_named(self.source), self._target()
        clip = worn(load_animation(path), source, f"retarget {path} from {self.source}")
        outputs = plan([path], self.output)[path]
        solution = retarget(clip, source, target, preferences=preferences)
        for output in outputs:
            write(solution.animation, output, ExportOptions())
            sys.stdout.write(f"{path} -> {output}\n")
        if not self.quiet:
            sys.stdout.write(solution.residual.summary() + "\n")
        return 0

    def _target(self) -> "Rig":
        from avatar.export.head import rig_named
        from avatar.rigs.rig import BUILT_IN

        kind = self.target.lower()
        if kind not in ("arkit", "flame"):
            if self.rig is not None:
                raise ValueError(f"--to names the rig {self.target} already; leave out --rig {self.rig}")
            return rig_named(self.target)
        if kind == "flame" and self.rig is None:
            raise ValueError(
                "--to flame needs your FLAME file: make it with avatar rig import FLAME.pkl -o my_flame.safetensors, "
                "then add --rig my_flame.safetensors"
            )
        rig = rig_named(self.rig or BUILT_IN)
        wanted = "jaw_pose_x" if kind == "flame" else "jawOpen"
        if wanted not in rig.space:
            raise ValueError(f"--to {kind} needs a rig with the control {wanted}, got {self.rig} of {rig.space.name}")
        return rig
