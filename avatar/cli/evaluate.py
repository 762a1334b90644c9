"""`avatar evaluate`: how good motion is, beside a reference and beside what the loudness alone reaches."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from avatar.cli.side_files import check_not_read

if TYPE_CHECKING:
    from avatar.evaluation.comparison import Comparing, Scene
    from avatar.evaluation.face import Mask
    from avatar.evaluation.pairing import Case


@dataclass(frozen=True, kw_only=True)
class Evaluate:
    """Measure the motion of faces in millimetres, of anybody's curves or vertices.

    avatar evaluate talk.csv --reference captured.csv --audio talk.wav

    avatar evaluate ours/ theirs/ --reference truth/ --audio sounds/ --phones aligned/ --json scores.json

    avatar evaluate talk.npz --phones talk.TextGrid --plot talk.png

    Files belong together by their names without extension. Without a reference, only what needs none is measured:
    closures, silence and jitter.

    Args:
        clips: Curves (Live Link Face .csv, ARKit .npz, .flame.npz and whatever else avatar reads) or vertices (.npy or
            .npz [T, V, 3]); a folder is one system, and a column of the table.
        reference: How it should move: files or folders of the same kinds.
        audio: The sound, a file or a folder; what lies beside the clips when left out.
        phones: What is said when, a file or a folder: .TextGrid, .lab, .json, .csv, .tsv, .txt.
        text: What is said, a file or a folder of .txt, instead of --phones: its phones are looked for in the sound.
        rig: The head that curves drive and vertices belong to: built-in, or a file that `avatar rig import` wrote.
        reference_rig: The same for the reference; --rig when left out.
        fps: Frame rate to which everything is brought.
        vertex_fps: Frame rate of files of vertices that do not say theirs.
        unit: Metres of the unit of files of vertices.
        overlap: Compare what clip and reference share if one is longer.
        lips: File of vertex numbers (commas or lines) for LVE instead of the rig's lips.
        upper_face: The same for FDD instead of the rig's upper face.
        each: Also print a table for each recording.
        json: Write the numbers to this file; - writes them to standard output instead of the table.
        plot: Picture of the curves against the sound (.png, .svg, .pdf), or a folder of one for each recording.
        curves: Controls to draw as well, such as jawOpen.
    """

    clips: Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="CLIP...")]
    reference: tuple[str, ...] = ()
    audio: str | None = None
    phones: str | None = None
    text: str | None = None
    rig: str = "built-in"
    reference_rig: str | None = None
    fps: float | None = None
    vertex_fps: float | None = None
    unit: float = 1.0
    overlap: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    lips: Path | None = None
    upper_face: Path | None = None
    each: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    json: str | None = None
    plot: str | None = None
    curves: tuple[str, ...] = ()

    def run(self) -> int:
        """Measure everything, then print."""
        from avatar.evaluation.comparison import compare, pooled
        from avatar.evaluation.pairing import pair

        if self.phones is not None and self.text is not None:
            raise ValueError("give --phones or --text, not both: phones say where the words are already")
        how = self._comparing()
        systems = pair(self.clips, references=self.reference, audio=self.audio, phones=self.phones, text=self.text)
        pictures = self._pictures(len({case.scene for cases in systems.values() for case in cases}))
        if self.json is not None and self.json != "-":
            _check_json(Path(self.json), systems)
        scenes = compare(systems, how)
        total = pooled(scenes)
        if self.json != "-":
            self._print(scenes, total)
        if self.json is not None:
            _write_json(self.json, scenes, total)
        if pictures is not None:
            self._plot(scenes, pictures)
        return 0

    def _comparing(self) -> "Comparing":
        from avatar.animation import check_fps
        from avatar.evaluation.comparison import Comparing
        from avatar.evaluation.recording import Reader

        for value, name in ((self.fps, "--fps"), (self.vertex_fps, "--vertex-fps")):
            if value is not None:
                check_fps(value, name)
        if not 0 < self.unit < 1e6:
            raise ValueError(f"--unit must be metres above 0, got {self.unit}; for example 0.001 for millimetres")
        return Comparing(
            read=Reader(self.rig, self.vertex_fps, self.unit),
            read_reference=Reader(self.reference_rig or self.rig, self.vertex_fps, self.unit),
            fps=self.fps,
            overlap=self.overlap,
            lips=_mask(self.lips),
            upper_face=_mask(self.upper_face),
        )

    def _pictures(self, recordings: int) -> Path | None:
        """Where pictures of so many recordings go; refused before the work where they cannot be."""
        if self.plot is None:
            if self.curves:
                raise ValueError("--curves are drawn into the picture of --plot, which is missing; add --plot talk.png")
            return None
        path = Path(self.plot)
        if path.suffix.lower() not in ("", ".png", ".svg", ".pdf"):
            raise ValueError(f"--plot must end in .png, .svg or .pdf, or be a folder, got {self.plot}")
        if path.suffix and recordings > 1:
            raise ValueError(f"{recordings} recordings do not fit into {path}; name a folder: --plot {path.stem}/")
        try:
            import matplotlib  # noqa: F401
        except ImportError:
            raise ValueError("--plot needs matplotlib; pip install 'avatar[plot]'") from None
        return path

    def _plot(self, scenes: "Sequence[Scene]", path: Path) -> None:
        from avatar.evaluation.plot import plot_scene

        if not path.suffix:
            path.mkdir(parents=True, exist_ok=True)
        for scene in scenes:
            target = path if path.suffix else path / f"{scene.name}.png"
            plot_scene(scene, target, controls=self.curves)
            if self.json != "-":
                sys.stdout.write(f"{scene.name} -> {target}\n")

    def _print(self, scenes: "Sequence[Scene]", total: dict[str, Any]) -> None:
        from avatar.evaluation.table import numbers, table

        if self.each and len(scenes) > 1:
            for scene in scenes:
                sys.stdout.write(f"{scene.name}\n\n{table(scene.judgements)}\n\n")
        if len(scenes) > 1:
            sys.stdout.write(f"{len(scenes)} recordings together\n\n")
        sys.stdout.write(table(total) + "\n")
        if not any(value is not None for judgement in total.values() for value in numbers(judgement).values()):
            sys.stdout.write("nothing could be measured: give --reference, or --phones and clips of several frames\n")
        masks = next((scene.masks for scene in scenes if scene.masks), {})
        if masks:
            sys.stdout.write("\nmasks: " + "; ".join(f"{name}: {mask}" for name, mask in masks.items()) + "\n")


def _check_json(target: Path, systems: "Mapping[str, Sequence[Case]]") -> None:
    """Refuse now what cannot be written, or is read."""
    from avatar.files import check_writable

    for case in chain.from_iterable(systems.values()):
        given = (case.clip, case.reference, case.audio, case.phones, case.text)
        check_not_read("--json", target, [path for path in given if path is not None])
    check_writable(target)


def _write_json(target: str, scenes: "Sequence[Scene]", total: dict[str, Any]) -> None:
    import json

    import avatar
    from avatar.evaluation.table import numbers
    from avatar.files import replacing

    masks = next((scene.masks for scene in scenes if scene.masks), {})
    content = {
        "avatar": avatar.__version__,
        "masks": {name: {"name": mask.name, "vertices": len(mask.vertices)} for name, mask in masks.items()},
        "together": {heading: numbers(judgement) for heading, judgement in total.items()},
        "recordings": {
            scene.name: {heading: numbers(judgement) for heading, judgement in scene.judgements.items()}
            for scene in scenes
        },
    }
    text = json.dumps(content, indent=1, allow_nan=False) + "\n"
    if target == "-":
        sys.stdout.write(text)
        return
    with replacing(target) as unfinished:
        unfinished.write_text(text, encoding="utf-8")


def _mask(path: Path | None) -> "Mask | None":
    if path is None:
        return None
    import numpy as np

    from avatar.evaluation.face import Mask

    if not path.is_file():
        raise FileNotFoundError(f"no such file of vertex numbers: {path}")
    try:
        rows = [int(word) for word in path.read_text("utf-8").replace(",", " ").split()]
    except ValueError as error:
        raise ValueError(
            f"{path} must hold vertex numbers with commas, spaces or lines between them ({error})"
        ) from None
    if not rows or min(rows) < 0:
        raise ValueError(f"{path} must hold vertex numbers of 0 and more, got {min(rows, default='none')}")
    return Mask(path.name, np.unique(np.array(rows, np.int64)))
