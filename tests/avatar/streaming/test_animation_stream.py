import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatar.animation import Animation
from avatar.animator import Animator
from avatar.controls import ARKIT

RATES = (8000, 16000, 44100, 48000)


def noise(samples, seed=0):
    chance = np.random.default_rng(seed)
    swell = np.interp(np.arange(samples), np.linspace(0, samples, 9), chance.uniform(0, 1, 9))
    return (swell * chance.uniform(-1, 1, samples)).astype(np.float32)


def streamed(animator, sound, cuts=(), fps=60.0, **options):
    """All pieces of a stream as one animation."""
    stream = animator.stream(fps, **options)
    pieces = []
    for part in np.split(sound, sorted(cuts), axis=-1):
        pieces.append(stream.push(part))
        assert stream.frames == sum(map(len, pieces))
    pieces.append(stream.flush())
    assert stream.frames == sum(map(len, pieces))
    return Animation.concatenate(pieces)


def same(one, other):
    assert (one.space, one.fps) == (other.space, other.fps)
    np.testing.assert_array_equal(one.weights, other.weights)


@settings(deadline=None, max_examples=60)
@given(
    samples=st.integers(5000, 150_000),
    cuts=st.lists(st.integers(0, 150_000), max_size=40),
    fps=st.sampled_from([1.0, 24.0, 30000 / 1001, 50.0, 60.0, 120.0, 1000.0]),
    rate=st.sampled_from(RATES),
    lookahead=st.sampled_from([0.02, 0.1, 0.2, 1.0]),
    seed=st.integers(0, 99),
)
def test_pieces_add_up_to_the_whole(animator, samples, cuts, fps, rate, lookahead, seed):
    sound = noise(samples)
    options = {"sample_rate": rate, "fps": fps, "lookahead": lookahead, "seed": seed}
    same(streamed(animator, sound, cuts, **options), animator.animate(sound, **options))


@pytest.mark.parametrize("rate", [16000, 44100])
def test_single_samples_add_up_to_the_whole(animator, rate):
    sound = noise(rate // 20)
    same(streamed(animator, sound, range(len(sound)), sample_rate=rate), streamed(animator, sound, sample_rate=rate))


def test_the_speech_model_streams_what_it_predicts():
    import torch

    from avatar.speech import SpeechModel

    torch.manual_seed(0)
    animator, sound = Animator(SpeechModel().eval()), noise(44100)
    whole = animator.animate(sound, sample_rate=44100, lookahead=0.2, fps=60)
    assert np.ptp(whole["jawOpen"]) > 1e-3
    cuts = np.random.default_rng(1).integers(0, len(sound), 12)
    same(streamed(animator, sound, cuts, sample_rate=44100), whole)
    stream = animator.stream(60, lookahead=0.2)
    for hop in sound[:9600].reshape(-1, 320):
        stream.push(hop)
        assert stream.seconds - stream.frames / 60 <= 0.2, "no frame waits for more than that"


def test_minutes_in_one_push(animator):
    sound = noise(16000 * 100)
    same(streamed(animator, sound), animator.animate(sound, sample_rate=16000, lookahead=0.2))


def test_the_model_meets_few_lengths(animator, monkeypatch):
    """Libraries keep what they prepared for each, so that memory would grow by every new one."""
    stream, met = animator.stream(), []
    push = stream._speech.push
    monkeypatch.setattr(stream._speech, "push", lambda samples: met.append(len(samples)) or push(samples))
    pushed = np.random.default_rng(0).integers(0, 200_000, 60)
    for size in pushed:
        stream.push(np.zeros(size))
    stream.push(np.zeros(2_000_000))
    assert sum(met) == pushed.sum() + 2_000_000
    assert {length for length in met if length >= 1600} == {1600 * 2**k for k in range(9)}
    met.clear()
    for size in (0, 1, 320, 1599):
        stream.push(np.zeros(size))
    assert met == [0, 1, 320, 1599]


def test_frames_come_when_their_lookahead_was_heard(animator):
    stream = animator.stream(60, lookahead=0.1)
    for hop in range(1, 101):
        stream.push(np.zeros(320))
        rows = max(hop - 5, 0)  # of the model, which waits for 0.1 s after the 20 ms that a row stands for
        assert stream.frames == ((rows - 1) * 60 // 50 + 1 if rows else 0)
    assert stream.seconds == 2.0 and (stream.fps, stream.sample_rate) == (60, 16000)


def test_days_keep_count_and_memory(animator):
    """Frame numbers are absolute: what holds after five days is what held at the start."""
    stream = animator.stream(30000 / 1001, sample_rate=48000, behaviour=None)
    rows = 5 * 24 * 3600 * 50
    stream._frames._first, stream._frames.given = rows, -(-rows * 30000 // (50 * 1001))
    stream._frames.push(np.linspace(0, 1, 500, dtype=np.float32)[:, None].repeat(2, 1))
    assert stream.frames == (rows + 499) * 30000 // (50 * 1001) + 1
    assert len(stream._frames._rows) <= 3


@pytest.mark.parametrize("seconds", [0.0, 1e-4, 0.01, 0.02, 0.035])
@pytest.mark.parametrize("rate", RATES)
def test_even_the_shortest_sound_is_covered(animator, seconds, rate):
    samples = round(seconds * rate)
    whole = streamed(animator, noise(samples), sample_rate=rate, fps=60)
    assert len(whole) == int(np.ceil(round(samples * 16000 / rate) * 60 / 16000))


def test_silence_only_is_rest_that_lives(animator):
    silent = np.zeros(16000 * 8)
    still = streamed(animator, silent, range(0, len(silent), 999), behaviour=None)
    assert not still.weights.any()
    lids = streamed(animator, silent, range(0, len(silent), 999))["eyeBlinkLeft"]
    assert lids.max() == 1.0
    same(streamed(animator, silent), animator.animate(silent, sample_rate=16000, lookahead=0.2))


def test_curves_stay_within_their_range(animator):
    loud = streamed(animator, np.ones(16000))
    assert loud["jawOpen"].max() == 1.0 and not loud.out_of_range()


def test_channels_and_integers(animator):
    sound = noise(48000)
    whole = streamed(animator, sound)
    same(streamed(animator, np.stack([sound, sound]), [7, 20_000]), whole)
    integers = np.round(sound * 32767).astype(np.int16)
    same(streamed(animator, integers, [1, 1, 3]), streamed(animator, integers.astype(np.float32) / 32768))


def test_empty_pushes_change_nothing(animator):
    stream = animator.stream()
    assert len(stream.push([])) == len(stream.push(np.zeros((2, 0)))) == stream.frames == stream.seconds == 0
    assert len(stream.flush()) == 0


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (np.array([0.0, np.nan]), r"samples must be finite, got nan at 0\.500 s"),
        (np.array([np.inf]), "samples must be finite, got inf"),
        (np.array([2000.0]), r"samples must be within -1\.\.1, got a peak of 2000; divide 16-bit samples"),
        (np.zeros((800, 2)), "transpose it"),
        (np.zeros((1, 2, 3)), "must be real samples"),
        (np.array(["a"]), "must be real samples"),
    ],
)
def test_refused_samples_leave_the_stream_as_it_was(animator, bad, message):
    sound = noise(16000)
    stream = animator.stream()
    first = stream.push(sound[:8000])
    with pytest.raises(ValueError, match=message):
        stream.push(bad)
    assert stream.seconds == 0.5
    same(Animation.concatenate([first, stream.push(sound[8000:]), stream.flush()]), streamed(animator, sound))


def test_a_flushed_stream_takes_no_more(animator):
    stream = animator.stream()
    assert len(stream.flush()) == 0
    for call in (stream.flush, lambda: stream.push(np.zeros(10)), lambda: stream.push([])):
        with pytest.raises(ValueError, match="the stream was flushed, which ended it; begin another"):
            call()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fps": 0}, "fps must be a number above 0"),
        ({"fps": np.nan}, "fps must be a number above 0"),
        ({"sample_rate": 0}, "sample_rate must be a whole number of Hz"),
        ({"sample_rate": 44100.5}, "sample_rate must be a whole number of Hz"),
        ({"lookahead": 0.0}, "lookahead must be at least"),
        ({"seed": -1}, "seed must be 0 or more"),
    ],
)
def test_impossible_streams(animator, options, message):
    with pytest.raises(ValueError, match=message):
        animator.stream(**options)


def test_the_controls_must_be_known(animator, monkeypatch):
    from types import SimpleNamespace

    monkeypatch.setattr(type(animator._model), "config", SimpleNamespace(controls=("jawOpen", "jowlShake")))
    with pytest.raises(KeyError, match="jowlShake"):
        animator.stream()
    assert "jowlShake" not in ARKIT
