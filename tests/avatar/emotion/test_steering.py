"""Tracks that are steered."""

import numpy as np
import pytest

from avatar.emotion import EmotionKey, EmotionTrack
from avatar.emotion.steering import since, turned

TRACK = EmotionTrack(
    (
        EmotionKey(-1.0, {"angry": 1.0}),
        EmotionKey(0.0, {"happy": 0.5}),
        EmotionKey(1.0, {"sad": 0.5}, 0.4),
        EmotionKey(1.2, {"afraid": 1.0}),
        EmotionKey(5.0, {}, 3.0),
        EmotionKey(6.0, {"calm": 0.3}, 0.1),
    )
)


def test_since_some_instant_it_is_the_same_to_the_bit() -> None:
    for time in np.linspace(0.0, 10.0, 101):
        times = np.linspace(time, 10.0, 300)
        np.testing.assert_array_equal(since(TRACK, time).at(times), TRACK.at(times))
    assert since(TRACK, -5.0) is TRACK
    assert [key.time for key in since(TRACK, 2.9).keys] == [0.0, 5.0, 6.0]
    assert [key.time for key in since(TRACK, 7.9).keys] == [0.0, 5.0, 6.0]
    assert [key.time for key in since(TRACK, 8.1).keys] == [0.0]


def test_keys_before_the_beginning_are_left_out() -> None:
    early = EmotionTrack((EmotionKey(-9.0), EmotionKey(-8.0, {"sad": 1.0}), EmotionKey(0.0, {"happy": 1.0}, 5.0)))
    kept = since(early, 1.0)
    assert [key.time for key in kept.keys] == [-8.0, 0.0]
    np.testing.assert_array_equal(kept.at([1.0, 4.0]), early.at([1.0, 4.0]))


def test_another_track_takes_over_where_it_is_told_to() -> None:
    other = EmotionTrack((EmotionKey(0.0, {"sad": 1.0}, 2.0), EmotionKey(0.5, {"calm": 1.0}, 0.3)))
    after = turned(TRACK, 1.2, other)
    assert after.keys == (*TRACK.keys[:3], EmotionKey(1.2, {"sad": 1.0}, 2.0), EmotionKey(1.7, {"calm": 1.0}, 0.3))
    assert turned(TRACK, 1.2, other, transition=0.7).keys[3].transition == 0.7
    late = turned(TRACK, 1.2, EmotionTrack((EmotionKey(1.0, {"sad": 1.0}),)))
    assert late.keys[3:] == (EmotionKey(1.2), EmotionKey(2.2, {"sad": 1.0}))
    assert turned(TRACK, 0.0, EmotionTrack.parse("sad")).at([0.0, 9.0])[:, 1].tolist() == [1.0, 1.0]
    with pytest.raises(ValueError, match="transition must be above 0 seconds, got -1"):
        turned(TRACK, 1.0, other, transition=-1.0)
