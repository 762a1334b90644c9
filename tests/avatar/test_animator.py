from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatar.animation import Animation
from avatar.animator import Animator, animate_phones
from avatar.articulation.phones import Phone
from avatar.audio import Sound
from avatar.behaviour import Behaviour, perform
from avatar.controls import ARKIT


class Loudness:
    """A stand-in for the speech model: the jaw opens by the loudness of each 20 ms."""

    def predict(self, samples, *, lookahead=None):
        frames = ceil(len(samples) / 320)
        padded = np.pad(samples, (0, frames * 320 - len(samples))).reshape(frames, 320)
        return Animation.from_curves(ARKIT, {"jawOpen": np.abs(padded).max(1)}, 50)


class Forbidden:
    def predict(self, samples, *, lookahead=None):
        raise AssertionError("the model must not be asked")


@pytest.fixture
def animator():
    return Animator(Loudness())


def burst(seconds=2.0, rate=16000):
    """Silence, with a loud half second in the middle."""
    t = np.arange(round(seconds * rate)) / rate
    return np.where(abs(t - seconds / 2) < 0.25, 0.8 * np.sin(2 * np.pi * 300 * t), 0.0).astype(np.float32)


@pytest.mark.parametrize("fps", [24.0, 25.0, 30.0, 50.0, 60.0])
def test_frame_t_is_the_instant_t_over_fps(animator, fps):
    animation = animator.animate(burst(), sample_rate=16000, fps=fps)
    loud = animation.times[animation["jawOpen"] > 0.4]
    assert loud[0] == pytest.approx(0.75, abs=0.02 + 1 / fps)
    assert loud[-1] == pytest.approx(1.25, abs=0.02 + 1 / fps)
    assert animation.fps == fps and animation.space is ARKIT


@settings(deadline=None)
@given(samples=st.integers(800, 40000), fps=st.sampled_from([24.0, 30.0, 60.0, 30000 / 1001]))
def test_covers_the_audio(samples, fps):
    animation = Animator(Loudness()).animate(np.full(samples, 0.1), sample_rate=16000, fps=fps)
    assert 0 <= animation.duration - samples / 16000 < 1 / fps + 1e-9


def test_three_frames_are_three_frames(animator):
    assert len(animator.animate(np.full(1600, 0.1), sample_rate=16000, fps=30)) == 3


def test_a_file_and_its_samples_give_the_same(animator, write_sound):
    path = write_sound("a.wav", burst(), codec="pcm_f32le")
    from_file = animator.animate(path)
    np.testing.assert_array_equal(from_file.weights, animator.animate(burst(), sample_rate=16000).weights)
    np.testing.assert_array_equal(from_file.weights, animator.animate(Sound(burst(), 16000)).weights)
    assert from_file.audio == path


def test_behaviour_can_be_switched_off_and_seeded(animator):
    silent = np.zeros(16000 * 20)
    still = animator.animate(silent, sample_rate=16000, behaviour=None)
    assert not still.weights.any()
    for seed in (0, 5):
        lids = animator.animate(silent, sample_rate=16000, seed=seed)["eyeBlinkLeft"]
        assert (np.diff((lids > 0.5).astype(int)) == 1).sum() == len(perform(None, 20.0, seed=seed).blinks) > 2
    no_eyes = animator.animate(silent, sample_rate=16000, behaviour=Behaviour(blinks=None, gaze=None))
    assert not no_eyes["eyeBlinkLeft"].any() and no_eyes["headPitch"].any()


def test_silence_is_a_face_at_rest_with_a_warning(caplog):
    animation = Animator(Forbidden()).animate(np.zeros(16000), sample_rate=16000)
    assert len(animation) == 60 and not animation["jawOpen"].any()
    assert "silent: the mouth does not speak" in caplog.text


@pytest.mark.parametrize("fps", [0, -1, np.nan, np.inf, 1e9])
def test_impossible_fps(animator, fps):
    with pytest.raises(ValueError, match="fps must be a number above 0"):
        animator.animate(burst(), sample_rate=16000, fps=fps)


def test_unusable_audio_is_refused_before_the_model(tmp_path):
    animator = Animator(Forbidden())
    with pytest.raises(ValueError, match="must last at least 50 ms"):
        animator.animate(np.ones(700), sample_rate=16000)
    with pytest.raises(ValueError, match="samples must be finite"):
        animator.animate(np.full(16000, np.nan), sample_rate=16000)
    with pytest.raises(FileNotFoundError):
        animator.animate(tmp_path / "gone.wav")


def test_phones_close_the_lips(animator):
    sound, phones = burst(), (Phone("AA", 0.7, 0.95), Phone("M", 0.95, 1.05), Phone("AA", 1.05, 1.3))
    plain = animator.animate(sound, sample_rate=16000, behaviour=None)
    sharpened = animator.animate(sound, sample_rate=16000, behaviour=None, phones=phones)
    assert plain["mouthClose"].max() == 0 and sharpened["mouthClose"][60] > 0
    assert np.array_equal(plain.weights[:30], sharpened.weights[:30])
    with pytest.raises(ValueError, match="a text or phones, not both"):
        animator.animate(sound, sample_rate=16000, text="ma", phones=phones)


def test_phones_alone_are_animated():
    animation = animate_phones((Phone("AA", 0.1, 0.5),), fps=30)
    assert len(animation) == 15 and animation["jawOpen"].max() > 0.2
    phones = (Phone("AA", 0.1, 60.0),)
    assert animate_phones(phones, behaviour=None)["eyeBlinkLeft"].max() == 0
    assert animate_phones(phones)["eyeBlinkLeft"].max() > 0.5
