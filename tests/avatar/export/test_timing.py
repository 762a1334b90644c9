import numpy as np
import pytest

from avatar.animation import Animation
from avatar.controls import ARKIT
from avatar.export.options import ExportOptions
from avatar.export.timing import alike, chosen_moments, held


def ramp(seconds, fps):
    return Animation.from_curves(ARKIT, {"jawOpen": np.arange(round(seconds * fps)) / fps}, fps)


def test_clips_get_the_highest_rate_and_the_shorter_one_stands_still_at_its_end(caplog):
    (long, short), none = alike([ramp(1.0, 25), ramp(0.5, 50)], None)
    assert none is None and (long.fps, short.fps) == (50, 50) and len(long) == len(short) == 50
    np.testing.assert_allclose(long["jawOpen"][:49], np.arange(49) / 50, atol=1e-6)
    np.testing.assert_allclose(short["jawOpen"][25:], 0.48, atol=1e-6)
    assert not caplog.records


def test_clips_are_compared_as_long_as_all_of_them_move(caplog):
    (clip,), reference = alike([ramp(1.0, 30)], ramp(0.5, 30))
    assert len(clip) == len(reference) == 15
    assert "the first 0.50 s, which they share, are compared" in caplog.text


def test_a_clip_alone_is_left_as_it_is():
    clip = ramp(1.0, 30)
    assert alike([clip], None)[0][0] is clip


def test_moments():
    clip = ramp(2.0, 30)
    assert chosen_moments(clip, ExportOptions()) == [0]
    assert chosen_moments(clip, ExportOptions(at=[1.0, 0.5])) == [30, 15]
    assert chosen_moments(clip, ExportOptions(sheet=4)) == [8, 22, 38, 52]
    with pytest.raises(ValueError, match=r"at must be before the animation's end at 2\.000 s, got 2\.0"):
        chosen_moments(clip, ExportOptions(at=[0.0, 2.0]))


def test_a_moment_stands_still_without_sound(tmp_path):
    clip = Animation.from_curves(ARKIT, {"jawOpen": [0.0, 0.7]}, 30, audio=tmp_path / "a.wav")
    still = held(clip, 1, 1.5)
    assert len(still) == 45 and still.audio is None
    np.testing.assert_allclose(still["jawOpen"], 0.7)
