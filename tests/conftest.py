"""What every test may ask for."""

import os
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
