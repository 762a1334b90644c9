import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from avatar.streaming.sound import SoundStream


@settings(deadline=None)
@given(
    st.sampled_from([8000, 11025, 16000, 22050, 44100, 48000, 96000]),
    st.integers(0, 30_000),
    st.lists(st.integers(0, 30_000), max_size=20),
)
def test_pieces_resample_to_the_samples_of_the_whole(rate, samples, cuts):
    sound = np.random.default_rng(samples).uniform(-1, 1, samples).astype(np.float32)
    stream = SoundStream(rate)
    pieces = [stream.push(part) for part in np.split(sound, sorted(cuts))]
    whole = sound if rate == 16000 else soxr.resample(sound, rate, 16000)
    np.testing.assert_array_equal(np.concatenate([*pieces, stream.flush()]), whole)
    assert stream.taken == samples and stream.seconds == samples / rate


def test_no_sample_is_lost_in_an_hour():
    stream, hop = SoundStream(44100), np.zeros(44100 * 10, np.float32)
    given = sum(len(stream.push(hop)) for _ in range(360)) + len(stream.flush())
    assert given == 3600 * 16000


@pytest.mark.parametrize("rate", [0, -1, np.nan, 44100.5])
def test_impossible_rates(rate):
    with pytest.raises(ValueError, match="sample_rate must be a whole number of Hz above 0"):
        SoundStream(rate)
