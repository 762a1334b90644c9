"""`avatar rig`: heads from other people's files."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

if TYPE_CHECKING:
    from avatar.export.frames import Picture
    from avatar.rigs.importing import Imported, Overrides
    from avatar.rigs.shape_rig import ShapeRig

_SHEET = 320
"""Pixels of a shape's picture."""


@dataclass(frozen=True, kw_only=True)
class Import:
    """Make a rig of somebody's head: GLB or glTF, a folder of OBJs (ICT-FaceKit's too), npz, or a FLAME model.

    avatar rig import head.glb -o head.safetensors

    avatar animate talk.wav --rig head.safetensors -o talk.mp4

    Args:
        source: The file or folder.
        output: The .safetensors to write.
        map: A TOML with the user's own word: [names], [parts], [mouth], scale, up, front and more.
        scale: Metres in a unit of the file; guessed from the face's size when left out.
        up: The file's axis that points up, such as +y (--up=-y for a minus); found when left out.
        front: The file's axis that the face looks along, such as +z; found when left out.
        space: The controls: arkit, metahuman, oculus or vrm; what the shapes are named after when left out.
        identities: Of a FLAME model, how many of its shape directions are people; the others are expressions.
        extras: What becomes of shapes that are no control: drop, or keep them as further controls.
    """

    source: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="FILE")]
    output: Annotated[str, tyro.conf.arg(aliases=["-o"], metavar="RIG.safetensors")]
    map: str | None = None
    scale: float | None = None
    up: str | None = None
    front: str | None = None
    space: str | None = None
    identities: int = 300
    extras: str | None = None

    def run(self) -> int:
        """Import, say what was found, write."""
        from avatar.files import check_writable

        if Path(self.output).suffix.lower() != ".safetensors":
            raise ValueError(f"-o must be a .safetensors file, got {self.output}")
        check_writable(self.output)
        if Path(self.source).is_file() and _is_flame(Path(self.source)):
            _import_flame(Path(self.source), Path(self.output), self.identities)
            return 0
        from avatar.rigs.check import check
        from avatar.rigs.importing import import_rig
        from avatar.rigs.shape_rig import ShapeRig

        imported = import_rig(self.source, overrides=self._overrides(), space=self.space)
        rig = ShapeRig(imported.data)
        rig.save(self.output)
        errors = [str(finding) for finding in check(rig) if finding.severity == "error"]
        sys.stdout.write("\n".join([*_story(imported), *errors, f"{self.source} -> {self.output}"]) + "\n")
        return 0

    def _overrides(self) -> "Overrides":
        from avatar.rigs.importing import Overrides, read_overrides

        told = Overrides() if self.map is None else read_overrides(self.map)
        given = {name: getattr(self, name) for name in ("scale", "up", "front", "extras")}
        return replace(told, **{name: value for name, value in given.items() if value is not None})


@dataclass(frozen=True)
class RigInfo:
    """Say what a rig is: controls, size, parts, and what was found when it was imported.

    Args:
        file: The rig: a .safetensors, or built-in.
    """

    file: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="RIG")]

    def run(self) -> int:
        """Print it, one fact a line."""
        from avatar.rigs import load_rig

        rig = load_rig(self.file)
        rest = rig.neutral()[0]
        height, width = (1000 * float(rest[:, axis].max() - rest[:, axis].min()) for axis in (1, 0))
        facts = {
            "controls": f"{len(rig.space)} of {rig.space.name}",
            "identity": f"{len(rig.identity_space)} axes" if len(rig.identity_space) else "one person",
            "mesh": f"{len(rest)} vertices, {len(rig.faces)} triangles, {height:.0f} mm high and {width:.0f} mm wide",
            "parts": ", ".join(rig.parts),
            "regions": ", ".join(sorted(rig.regions)) or "none",
            "landmarks": f"{len(rig.landmarks)}" if len(rig.landmarks) else "none",
        }
        for name, value in [*facts.items(), *getattr(rig, "notes", {}).items()]:
            sys.stdout.write(f"{name + ':':<12} {value}\n")
        return 0


@dataclass(frozen=True, kw_only=True)
class Check:
    """Look for what is wrong with a rig: topology, size, sides, dead shapes, lips that do not close.

    Each finding is a line with its severity and its cure; the exit code is 1 where one is an error.

    Args:
        file: The rig, a .safetensors made by avatar rig import.
        output: A .png with a picture of each shape.
    """

    file: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="RIG")]
    output: Annotated[str | None, tyro.conf.arg(aliases=["-o"], metavar="SHEET.png")] = None

    def run(self) -> int:
        """Print the findings; draw the sheet."""
        from avatar.cli import FAILURE
        from avatar.rigs import load_rig
        from avatar.rigs.check import check
        from avatar.rigs.shape_rig import ShapeRig

        if self.output is not None and Path(self.output).suffix.lower() != ".png":
            raise ValueError(f"-o must be a .png file, got {self.output}")
        rig = load_rig(self.file)
        if not isinstance(rig, ShapeRig):
            raise ValueError(
                f"{self.file} must be a rig of shapes made by avatar rig import, got a {type(rig).__name__}"
            )
        findings = check(rig)
        for finding in findings:
            sys.stdout.write(f"{finding}\n")
        if not findings:
            sys.stdout.write("nothing is wrong\n")
        if self.output is not None:
            _draw_sheet(rig, self.file, self.output)
        return FAILURE if any(finding.severity == "error" for finding in findings) else 0


def _is_flame(path: Path) -> bool:
    from avatar.rigs.flame_import import is_flame

    return is_flame(path)


def _import_flame(source: Path, output: Path, identities: int) -> None:
    from avatar.rigs.flame_import import read_flame

    file = read_flame(source, identities=identities)
    file.save(output)
    sys.stdout.write(f"{file.description}\n{file.licence}\n{source} -> {output}\n")


def _story(imported: "Imported") -> list[str]:
    """What was found and what became of each shape, one thing a line."""
    lines = list(imported.notes)
    groups: dict[str, list[str]] = {}
    for match in imported.matches:
        shown = match.shape if match.how in ("same", "no control") else f"{match.shape} = {' + '.join(match.controls)}"
        groups.setdefault(match.how, []).append(shown)
    space = imported.data.space
    known = sum(bool(match.controls) for match in imported.matches)
    lines.append(f"{known} of {len(imported.matches)} shapes are {space.name} controls")
    lines += [f"  {how}: {', '.join(names)}" for how, names in groups.items()]
    missing = [
        control.name
        for control, step in zip(space.controls, imported.data.shapes, strict=True)
        if control.unit == "weight" and not step.any()
    ]
    if missing:
        lines.append(f"  without a shape: {', '.join(missing)}")
    return lines


def _draw_sheet(rig: "ShapeRig", file: str, output: str) -> None:
    """A picture of each shape at 1, the neutral first."""
    from avatar.export.layout import columns_for, grid
    from avatar.export.pictures import encode_png
    from avatar.files import replacing

    pictures = _pictures(rig, file)
    sheet = grid(pictures, columns_for(len(pictures)))
    with replacing(output) as temporary:
        temporary.write_bytes(encode_png(sheet))
    sys.stdout.write(f"{file} -> {output}\n")


def _pictures(rig: "ShapeRig", file: str) -> "Sequence[Picture]":
    import numpy as np

    from avatar.animation import Animation
    from avatar.export.frames import Portrait
    from avatar.export.labels import write_text
    from avatar.export.look import Look

    columns = [rig.space.index(name) for name in rig.morph_names]
    weights = np.tile(rig.space.neutral, (1 + len(columns), 1))
    weights[np.arange(1, len(weights)), columns] = rig.space.maximum[columns]
    portrait = Portrait(Look(rig=file, size=_SHEET))
    pictures = list(portrait.pictures(Animation(rig.space, weights, 1.0)))
    for picture, name in zip(pictures, ("neutral", *rig.morph_names), strict=True):
        write_text(picture, name)
    return pictures


Rig = (
    Annotated[Import, tyro.conf.subcommand("import")]
    | Annotated[RigInfo, tyro.conf.subcommand("info")]
    | Annotated[Check, tyro.conf.subcommand("check")]
)

# A union has no docstring of its own; help would show Python's.
DESCRIPTION = """Make rigs of heads in other people's files: import them, say what they are, look for what is wrong.

avatar rig import head.glb -o head.safetensors"""
