"""Type-check the four code folders as the one package they install as.

The checkout keeps `rigs/`, `renderers/` and `datasets/` beside `avatar/`; a type checker reads folders, not the
packaging table. So a tree of links (copies where links are not allowed) is laid under `build/typing`.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TREE = ROOT / "build" / "typing"
FOLDERS = ("rigs", "renderers", "datasets")


def lay_tree() -> Path:
    """Lay the package tree anew and return its root folder."""
    shutil.rmtree(TREE, ignore_errors=True)
    package = TREE / "avatar"
    package.mkdir(parents=True)
    for source in [*(ROOT / "avatar").iterdir(), *(ROOT / name for name in FOLDERS)]:
        if source.name == "__pycache__":
            continue
        try:
            (package / source.name).symlink_to(source, target_is_directory=source.is_dir())
        except OSError:
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, package / source.name)
    return TREE


if __name__ == "__main__":
    tree = lay_tree()
    # The cache outlives the tree, which is laid anew each time.
    options = ["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(ROOT / "build" / "mypy")]
    command = [sys.executable, "-m", "mypy", *options, "-p", "avatar"]
    sys.exit(subprocess.run([*command, *sys.argv[1:]], cwd=tree, check=False).returncode)
