import pytest

from avatar.progress import track


def test_track_passes_everything_on_and_is_silent_without_a_terminal(capfd):
    assert list(track(range(5), "counting")) == [0, 1, 2, 3, 4]
    assert list(track(iter("ab"), "letters", total=2)) == ["a", "b"]
    assert capfd.readouterr() == ("", "")


def test_errors_pass_through():
    with pytest.raises(ValueError, match="stop"):
        for _ in track(range(3), "failing"):
            raise ValueError("stop")
