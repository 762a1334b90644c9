"""A head, its mouth drawn, and a sentence."""

import pytest

from avatar.articulation.phones import Phone
from avatar.lipreading import MouthPictures
from avatar.rigs import BuiltInHead


@pytest.fixture(scope="session")
def head() -> BuiltInHead:
    return BuiltInHead.load()


@pytest.fixture(scope="session")
def pictures(head) -> MouthPictures:
    return MouthPictures(head)


@pytest.fixture(scope="session")
def sentence() -> tuple[Phone, ...]:
    """Mama saw you, slowly."""
    symbols = ("SIL", "M", "AA", "M", "AH", "S", "AO", "Y", "UW", "SIL")
    return tuple(Phone(symbol, 0.16 * index, 0.16 * (index + 1)) for index, symbol in enumerate(symbols))
