from fractions import Fraction
from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.animation import Animation
from avatar.controls import Control, ControlSpace
from avatar.streaming.frames import FrameStream, frames_covering

SPACE = ControlSpace("two", (Control("a"), Control("b")))
FPS = st.sampled_from([1.0, 23.976, 24.0, 25.0, 30000 / 1001, 30.0, 50.0, 60.0, 60000 / 1001, 90.0, 999.0])


@given(st.integers(1, 400), st.lists(st.integers(0, 400), max_size=12), FPS, st.sampled_from([25.0, 50.0, 60.0]))
def test_pieces_resample_to_the_frames_of_the_whole(rows, cuts, fps, source_fps):
    weights = np.random.default_rng(rows).uniform(0, 1, (rows, 2)).astype(np.float32)
    frames = max(round(rows / source_fps * fps), 1)
    stream = FrameStream(source_fps, fps, 2)
    pieces = [stream.push(part) for part in np.split(weights, sorted(cuts))]
    # Frames are final as soon as the row at or after them is there.
    assert stream.given == next(t for t in range(100_000) if t * source_fps / fps > rows - 1)
    whole = np.concatenate([*pieces, stream.flush(frames)])
    expected = Animation(SPACE, weights, source_fps).resample(fps, frames=len(whole)).weights
    np.testing.assert_array_equal(whole, expected)
    assert len(whole) == max(frames, sum(map(len, pieces)))


def test_nothing_gives_nothing():
    stream = FrameStream(50, 60, 2)
    assert stream.push(np.zeros((0, 2), np.float32)).shape == stream.flush(0).shape == (0, 2)


@given(st.integers(0, 10**12), st.sampled_from([8000, 16000, 44100]), st.integers(1, 1000))
def test_whole_rates_are_counted_exactly(samples, rate, fps):
    assert frames_covering(samples, rate, float(fps)) == ceil(Fraction(samples * fps, rate))


@pytest.mark.parametrize("hours", [1, 24, 24 * 365])
def test_ntsc_rates_are_the_fractions_that_they_stand_for(hours):
    # In 1001 seconds there are exactly 30000 frames, however often.
    samples = 1001 * 16000 * 4 * hours
    assert frames_covering(samples, 16000, 30000 / 1001) == 120_000 * hours
    assert frames_covering(samples + 1, 16000, 30000 / 1001) == 120_000 * hours + 1


def test_any_rate_is_covered():
    fps = 12.3456789
    for samples in (1, 16000, 10**9):
        frames = frames_covering(samples, 16000, fps)
        assert (frames - 1) / fps < samples / 16000 <= frames / fps * (1 + 1e-15)
