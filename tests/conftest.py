"""What every test may ask for."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of development data beside the checkout; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("AVATAR_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"needs the development data folder {folder.name!r} beside the checkout (or AVATAR_SHARED)")
    return folder


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The root folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def blender() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run Blender without a window; a script that fails in it fails the test, unless `check` is False."""
    program = shutil.which("blender")
    if program is None:
        pytest.skip("needs Blender on the path")

    def run(*arguments: object, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = [program, "-b", "--factory-startup", "--python-exit-code", "1", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0 or not check, done.stdout + done.stderr
        return done

    return run
