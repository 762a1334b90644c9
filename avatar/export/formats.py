"""The table of formats, and the one way to write any of them."""

import os
from dataclasses import dataclass, fields
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

from avatar.animation import Animation
from avatar.export.options import ExportOptions
from avatar.export.pattern import is_folder, sequence_pattern
from avatar.files import check_writable


@dataclass(frozen=True)
class Format:
    """One kind of file.

    Args:
        title: what it is, for people.
        module: the module whose `write(animation, path, options)` makes it; imported when it is needed, because the
            renderer and torch take seconds.
        needs: a module that not everybody has, and the extra of this package that brings it.
    """

    title: str
    module: str
    needs: tuple[str, str] | None = None


_USD = ("avatar.export.usd", ("pxr", "usd"))

FORMATS: dict[str, Format] = {
    ".a2f.json": Format("Audio2Face JSON", "avatar.export.audio2face"),
    ".blend.py": Format("script that rebuilds the scene in Blender", "avatar.export.blender"),
    ".csv": Format("Live Link Face CSV", "avatar.export.livelink"),
    ".flame.npz": Format("FLAME parameters", "avatar.export.flame"),
    ".glb": Format("glTF head with morph targets and the animation", "avatar.export.gltf"),
    ".livelink.bin": Format("recording of Live Link Face packets", "avatar.export.livelink_packets"),
    ".mov": Format("video with sound and alpha for editors (ProRes 4444)", "avatar.export.video"),
    ".mp4": Format("video with sound", "avatar.export.video"),
    ".npz": Format("curves for avatar itself and numpy", "avatar.export.npz"),
    ".oculus.json": Format("Oculus visemes", "avatar.export.oculus"),
    ".png": Format("a picture, or one a frame where the name holds %04d or ends in /", "avatar.export.pictures"),
    ".rigmapper.csv": Format("MetaHuman curves for Unreal's RigMapper", "avatar.export.rigmapper"),
    ".unity.json": Format("curves for Unity", "avatar.export.unity"),
    ".unreal.py": Format("script that makes an AnimSequence of MetaHuman curves", "avatar.export.unreal"),
    ".usd": Format("USD head with blend shapes, skeleton and the animation, binary", *_USD),
    ".usda": Format("the same as text", *_USD),
    ".usdc": Format("the same, binary", *_USD),
    ".vrm.json": Format("VRM expressions", "avatar.export.vrm"),
    ".vrma": Format("VRM animation: expressions and gaze for VRM avatars", "avatar.export.vrma"),
    ".webm": Format("video with sound and alpha for browsers (VP9)", "avatar.export.video"),
}
"""Extension to format. A new format is one module and one line here."""


def export(animation: Animation, path: str | os.PathLike[str], **options: Any) -> None:
    """Write an animation in the format that the extension of `path` names; an older file survives any error.

    Args:
        animation: at least one frame in the ARKit space (.npz takes any space).
        path: ends as one of `FORMATS`; a folder (ends in /) or a name with %04d gets a PNG a frame.
        options: the fields of `ExportOptions` by name, such as `size`, `preset` or `background`.

    Raises:
        OSError: the target cannot be written.
        TypeError: there is no such option.
        KeyError: an identity axis has no such name.
        ValueError: unknown extension, no frames, another control space, an option out of range, or one that the format
            cannot show.

    Example:
        >>> export(Animation(ARKIT, ARKIT.neutral[None], 60), "rest.csv")
    """
    names = [field.name for field in fields(ExportOptions)]
    for name in options:
        if name not in names:
            near = get_close_matches(name, names, 1)
            raise TypeError(
                f"export has no option {name!r}; "
                + (f"did you mean {near[0]}?" if near else f"it has {', '.join(names)}")
            )
    write(animation, path, ExportOptions(**options))


def write(animation: Animation, path: str | os.PathLike[str], options: ExportOptions) -> None:
    """What `export` does, with the options in one piece."""
    form = check_target(path)
    options.check(path)
    if len(animation) == 0:
        raise ValueError(f"cannot write {path}: the animation has no frames")
    import_module(form.module).write(animation, os.fspath(path), options)


def check_target(path: str | os.PathLike[str]) -> Format:
    """The format of a target; whether it can be written is found out at once.

    Args:
        path: see `export`.

    Raises:
        OSError: the target cannot be written.
        ValueError: the extension is unknown, what it needs is not installed, or a pattern of names is wrong.
    """
    if is_folder(path):
        check_writable(Path(path) / "frame.png")
        return FORMATS[".png"]
    extension = extension_of(path)
    if extension is None:
        raise ValueError(f"cannot write {path}: its extension must be one of {', '.join(FORMATS)}")
    form = FORMATS[extension]
    if form.needs is not None:
        module, extra = form.needs
        try:
            import_module(module)
        except ImportError:
            raise ValueError(f"cannot write {path}: install what it needs with: pip install avatar[{extra}]") from None
    sequence_pattern(path)
    check_writable(path)
    return form


def extension_of(path: str | os.PathLike[str]) -> str | None:
    """The longest of the known extensions that a file name ends in, None if it ends in none or is nothing else."""
    name = Path(path).name.lower()
    known = [extension for extension in FORMATS if name.endswith(extension) and name != extension]
    return max(known, key=len, default=None)


def in_arkit(animation: Animation, path: str | os.PathLike[str]) -> None:
    """Refuse another control space than the one that the built-in head and Live Link speak."""
    from avatar.controls import ARKIT

    if animation.space != ARKIT:
        raise ValueError(f"cannot write {path}: it takes the {ARKIT.name} controls, got {animation.space.name}")
