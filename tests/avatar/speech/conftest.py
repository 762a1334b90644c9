"""Speech to test with."""

from pathlib import Path

import numpy as np
import pytest

from avatar.audio import load_audio

HELLO = Path(__file__).resolve().parents[3] / "examples" / "hello.flac"


@pytest.fixture(scope="session")
def speech() -> np.ndarray:
    """A recording [N] at 16 kHz."""
    return load_audio(HELLO).samples
