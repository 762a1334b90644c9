import pytest

from avatar.speech.lookahead import FIXED, Lookahead, frames_within, share

MOST = Lookahead((30, 30), (3, 3, 6, 9, 9))
DILATIONS = (1, 1, 2, 3, 3)


@pytest.mark.parametrize("frames", [0, 1, 3, 4, 5, 8, 13, 40, 60])
def test_no_more_is_used_than_there_is(frames: int) -> None:
    shared = share(frames, MOST, DILATIONS)
    assert shared.frames <= frames
    assert frames - shared.frames < 3
    assert all(a % step == 0 for a, step in zip(shared.layers, DILATIONS, strict=True))


def test_plenty_is_all() -> None:
    assert share(90, MOST, DILATIONS) == share(10**6, MOST, DILATIONS) == MOST


def test_two_hundred_milliseconds() -> None:
    assert share(frames_within(0.2, 3), MOST, DILATIONS) == Lookahead((1, 1), (2, 0, 0, 0, 0))


def test_whole_frames_survive_rounding() -> None:
    assert frames_within(FIXED + 0.06, 3) == 0
    assert frames_within(FIXED + 0.06 + 7 * 0.02, 3) == 7


@pytest.mark.parametrize("seconds", [0.0, 0.11, float("nan"), float("inf"), -1.0])
def test_too_little_is_an_error(seconds: float) -> None:
    with pytest.raises(ValueError, match=r"lookahead must be at least 0.1125 seconds"):
        frames_within(seconds, 3)
