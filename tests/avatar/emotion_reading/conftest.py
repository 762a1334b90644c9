"""A head, its face drawn, and clips of it."""

import pytest

from avatar.emotion_reading import FacePictures
from avatar.emotion_reading.clips import ClipStyle, FaceClips
from avatar.rigs import BuiltInHead


@pytest.fixture(scope="session")
def head() -> BuiltInHead:
    return BuiltInHead.load()


@pytest.fixture(scope="session")
def pictures(head) -> FacePictures:
    return FacePictures(head)


@pytest.fixture(scope="session")
def source(pictures) -> FaceClips:
    return FaceClips(["Mama bought a boat.", "Five of them left."], pictures, style=ClipStyle(people=4, frames=2))
