"""What a printed number was made with: the commit, and the folder of development data."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from avatar.files import replacing

ROOT = Path(__file__).resolve().parent.parent


def commit() -> str:
    """The checkout's commit, with "+" if files differ from it."""
    git = ["git", "-C", str(ROOT)]
    name = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    changed = subprocess.run([*git, "diff", "--quiet", "HEAD"], capture_output=True, check=False)
    return (name.stdout.strip() or "unknown") + ("+" if changed.returncode == 1 else "")


def save_numbers(path: Path, **numbers: Any) -> None:
    """Write numbers as JSON, beside the commit that they were made with."""
    with replacing(path) as unfinished:
        unfinished.write_text(json.dumps({"commit": commit(), **numbers}, indent=1), encoding="utf-8")


def shared(part: str) -> Path:
    """A part of the development data beside the checkout (or at AVATAR_SHARED); leaves with a message without it."""
    folder = Path(os.environ.get("AVATAR_SHARED", ROOT.parent / "shared"))
    if not (folder / part).exists():
        sys.exit(f"needs {part} of the development data folder {folder.name!r} beside the checkout (or AVATAR_SHARED)")
    return folder / part
