"""How emotions hold the head."""

import numpy as np

from avatar.emotion import EmotionKey, EmotionTrack, head_home
from avatar.emotion.track import ONSET

TIMES = np.arange(0.0, 8.0, 1 / 60)


def pitch(*keys: EmotionKey) -> np.ndarray:
    """Degrees [T]."""
    return np.degrees(head_home(EmotionTrack(keys))(TIMES)[:, 1])


def test_an_emotion_that_rises_evenly_moves_the_head_evenly() -> None:
    keys = [EmotionKey(1.0 + 0.25 * step, {"sad": 0.05 * step}) for step in range(1, 21)]
    speed = np.gradient(pitch(EmotionKey(0.0), *keys), TIMES)[(TIMES > 2.4) & (TIMES < 6.1)]
    assert speed.min() > 1.15 and speed.max() < 1.25  # 6 degrees in 5 s


def test_between_two_keys_the_head_rests_at_both_ends() -> None:
    course = pitch(EmotionKey(0.0), EmotionKey(2.0, {"sad": 1.0}))
    arrived = 2.0 + ONSET["sad"] <= TIMES
    np.testing.assert_allclose(course[TIMES <= 2.0], 0.0, atol=1e-12)
    np.testing.assert_allclose(course[arrived], 6.0, atol=1e-12)
    speed = np.gradient(course, TIMES)
    assert abs(speed[120]) < 0.1 and abs(speed[arrived][0]) < 0.1
    assert (speed > -1e-9).all() and np.abs(np.diff(speed)).max() < 0.9  # it starts and stops within frames, not at one


def test_the_head_goes_as_the_emotion_does() -> None:
    keys = (EmotionKey(0.0, {"happy": 0.3}), EmotionKey(1.0, {"sad": 0.9}), EmotionKey(1.4, {"sad": 0.2, "angry": 0.7}))
    intensities = EmotionTrack(keys).at(TIMES)
    expected = intensities[:, 0] * -1.5 + intensities[:, 1] * 6.0 + intensities[:, 2] * 4.0
    np.testing.assert_allclose(pitch(*keys), expected, atol=1e-9)


def test_changes_of_any_length_and_time_are_said_by_few_angles() -> None:
    track = EmotionTrack((EmotionKey(1.0, {"sad": 1.0}, 1e9), EmotionKey(1e17, {"happy": 1.0}, 1e-3)))
    assert len(head_home(track).times) < 1300
    assert head_home(EmotionTrack.parse("sad")).times == (0.0,)
