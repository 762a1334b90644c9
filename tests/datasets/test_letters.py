import numpy as np
import pytest

from avatar.articulation.phones import SILENCE
from avatar.datasets.letters import Spoken, read_ipa, read_letters, timed


@pytest.mark.parametrize(
    ("letters", "symbols", "frames"),
    [
        ("ˈOvəɹ", ["OW", "V", "ER"], [3, 3, 9]),
        ("ə ɹˈOd", ["AH", "R", "OW", "D"], [1, 5, 9, 6]),
        ("əɹˈWnd", ["AH", "R", "AW", "N", "D"], [1, 2, 7, 5, 6]),
        ("hˈɜɹi", ["HH", "ER", "IY"], [1, 9, 5]),
        ("hˈɜːɹi", ["HH", "ER", "R", "IY"], [1, 9, 5, 6]),
        ("bˈi, mˈi", ["B", "IY", SILENCE, "M", "IY"], [1, 5, 4, 11, 15]),
    ],
)
def test_marks_give_their_time_to_a_neighbour(letters: str, symbols: list[str], frames: list[float]) -> None:
    spoken = read_letters(letters, np.arange(1, len(letters) + 1, dtype=np.float32))
    assert [item.symbol for item in spoken] == symbols
    assert [item.frames for item in spoken] == frames
    assert sum(frames) == len(letters) * (len(letters) + 1) / 2


def test_letters_keep_their_words() -> None:
    spoken = read_letters("bˈi, mˈi tˈu", np.ones(12, np.float32))
    assert [item.word for item in spoken] == [0, 0, -1, 1, 1, 2, 2]


@pytest.mark.parametrize(
    ("letters", "symbols", "frames"),
    [
        ("ˈɲo ˈpwe", ["NY", "OH", "P", "W", "EH"], [3, 3, 15, 7, 8]),
        ("ɔ̃ba", ["AO", "B", "AA"], [3, 3, 4]),
        ("ma→ʂu↘", ["M", "AA", "SH", "UW"], [1, 5, 4, 11]),
        ("toːpp, a", ["T", "OH", "P", SILENCE, "AA"], [1, 5, 9, 6, 15]),
        ("ap pa", ["AA", "P", "P", "AA"], [1, 2, 7, 5]),
    ],
)
def test_marks_of_languages_give_their_time_to_a_neighbour(
    letters: str, symbols: list[str], frames: list[float]
) -> None:
    spoken = read_ipa(letters, np.arange(1, len(letters) + 1, dtype=np.float32))
    assert [item.symbol for item in spoken] == symbols
    assert [item.frames for item in spoken] == frames


def test_frames_become_seconds_between_silences() -> None:
    spoken = [Spoken("M", 0, 2), Spoken("AA", 0, 4), Spoken(SILENCE, -1, 2), Spoken("B", 1, 2)]
    phones, words = timed(spoken, frame=0.05, start=0.1, seconds=1.0)
    assert words == (("M", "AA"), ("B",))
    assert [phone.symbol for phone in phones] == [SILENCE, "M", "AA", SILENCE, "B", SILENCE]
    assert (phones[2].start, phones[2].end) == (pytest.approx(0.2), pytest.approx(0.4))
    assert phones[-1].end == 1.0
