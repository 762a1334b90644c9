"""Unreal: one Python script that makes an AnimSequence with the MetaHuman curves of an animation."""

from base64 import encodebytes
from importlib.resources import files
from pathlib import Path
from zlib import compress

from avatar.animation import Animation
from avatar.export.conversion import in_space
from avatar.export.options import ExportOptions
from avatar.files import replacing


def write(animation: Animation, path: str, options: ExportOptions) -> None:
    """Write the script; values are float32, exactly."""
    from avatar.spaces import METAHUMAN

    animation = in_space(animation, METAHUMAN, f"write {path}")
    kept = (animation.weights != 0).any(0)  # Unreal takes curves that are missing for 0
    names = [name for name, keep in zip(animation.space.names, kept, strict=True) if keep]
    values = animation.weights[:, kept].T.astype("<f4")
    code = (files("avatar.export") / "unreal_script.py").read_text("utf-8")
    for empty, full in (
        ('CLIP_NAME = ""', f"CLIP_NAME = {_asset_name(path)!r}"),
        ("FPS = 0.0", f"FPS = {animation.fps!r}"),
        ("FRAMES = 0", f"FRAMES = {len(animation)}"),
        ("NAMES: list[str] = []", "NAMES: list[str] = [\n" + "".join(f'    "{name}",\n' for name in names) + "]"),
        ('VALUES = ""', f'VALUES = """\n{encodebytes(compress(values.tobytes(), 9)).decode()}"""'),
    ):
        assert code.count(empty) == 1
        code = code.replace(empty, full)
    with replacing(path) as temporary:
        temporary.write_text(code + "\n\nmain()\n", encoding="utf-8", newline="\n")


def _asset_name(path: str) -> str:
    """The file's name, as far as Unreal allows it in the name of an asset."""
    stem = Path(path).name.split(".")[0]
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in stem) or "Speech"
