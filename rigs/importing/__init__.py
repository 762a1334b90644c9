"""Heads from other people's files."""

from pathlib import Path

from avatar.rigs.importing.assemble import Imported, assemble
from avatar.rigs.importing.overrides import Overrides, read_overrides
from avatar.rigs.importing.source import Source

__all__ = ["Imported", "Overrides", "import_rig", "read_overrides", "read_source"]

READ = "a .glb or .gltf with morph targets, a folder of .obj files (neutral and shapes), or an .npz"
"""What can be imported, for people."""


def import_rig(path: str | Path, *, overrides: Overrides | None = None, space: str | None = None) -> Imported:
    """Make a rig of a file or folder.

    Args:
        path: a .glb or .gltf, a folder of OBJs (ICT-FaceKit's among them), or an .npz.
        overrides: the user's own word, see `read_overrides`.
        space: a name in `avatar.spaces.SPACES`; the one that most shapes are named after when left out.

    Raises:
        OSError: there is no such file.
        KeyError: a name in the overrides is unknown.
        ValueError: the file is damaged or unknown, or something cannot be found in it.
    """
    return assemble(read_source(path), overrides or Overrides(), space=space)


def read_source(path: str | Path) -> Source:
    """What a file or folder holds, in its own names, units and axes.

    Raises:
        OSError: there is no such file.
        ValueError: the file is damaged, or of a kind that is not read.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"no such file or folder: {path}")
    kind = path.suffix.lower()
    if path.is_dir():
        from avatar.rigs.importing.folder import read_folder

        return read_folder(path)
    if kind in (".glb", ".gltf"):
        from avatar.rigs.importing.gltf import read_gltf

        return read_gltf(path)
    if kind == ".npz":
        from avatar.rigs.importing.npz import read_npz

        return read_npz(path)
    raise ValueError(f"cannot import {path}: it must be {READ}")
