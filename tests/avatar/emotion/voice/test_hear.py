from dataclasses import replace

import numpy as np
import pytest

from avatar.emotion import EMOTIONS, EmotionKey, EmotionTrack
from avatar.emotion.voice import Heard, VoiceModel, describe, hear
from avatar.emotion.voice.showing import CHANGE, MOST, SHOWN, intensities


def heard(values, *, arousal=0.6, classes=("neutral", "angry", "sad"), hop=0.2):
    """Probabilities of anger over time; the rest is neutral."""
    angry = np.asarray(values, float)
    chances = np.stack([1 - angry, angry, np.zeros_like(angry)], axis=1)
    dimensions = np.zeros((len(angry), 3))
    dimensions[:, 1] = arousal
    return Heard(np.arange(len(angry)) * hop, classes, chances, dimensions)


def test_a_shout_is_more_aroused_than_calm_speech(shout_after_calm):
    found = hear(shout_after_calm, sample_rate=16000)
    calm, shout = found.times < 5, found.times > 7
    assert found.arousal[shout].mean() > found.arousal[calm].mean() + 0.3
    excited = found.probability("angry") + found.probability("happy") + found.probability("surprised")
    assert excited[shout].mean() > excited[calm].mean() + 0.2


def test_a_shout_is_told_from_plain_speech_of_another_recording(shout_after_calm):
    half = len(shout_after_calm) // 2
    calm, shout = shout_after_calm[:half], shout_after_calm[half:]
    found = hear(shout, sample_rate=16000, neutral=calm)
    assert found.arousal.mean() > hear(calm, sample_rate=16000, neutral=calm).arousal.mean() + 0.3


def test_gain_does_not_matter(shout_after_calm):
    one, other = (hear(factor * shout_after_calm, sample_rate=16000) for factor in (1.0, 0.1))
    np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-3)
    np.testing.assert_allclose(one.dimensions, other.dimensions, atol=1e-3)


def test_probabilities_move_slowly(shout_after_calm):
    found = hear(shout_after_calm, sample_rate=16000)
    np.testing.assert_allclose(found.probabilities.sum(1), 1)
    assert np.abs(np.diff(found.probabilities, axis=0)).max() < 0.2


@pytest.mark.parametrize(
    "samples",
    [np.zeros(32000), 0.1 * np.random.default_rng(0).standard_normal(32000), np.full(1000, 0.1)],
    ids=["silence", "noise", "a blink of sound"],
)
def test_without_a_voice_nothing_is_concluded(samples):
    found = hear(samples, sample_rate=16000)
    np.testing.assert_allclose(found.probabilities, np.tile(VoiceModel.load().expected, (len(found), 1)))
    assert not found.dimensions.any() and not found.track().at([0.0, 1.0]).any()


def test_unusable_sound_is_refused(vowel):
    with pytest.raises(ValueError, match="must last at least 50 ms"):
        hear(np.zeros(10), sample_rate=16000)
    with pytest.raises(ValueError, match="samples must be finite"):
        hear(np.array([0.0, np.nan] * 1000), sample_rate=16000)
    with pytest.raises(ValueError, match="sample_rate must be given"):
        hear(np.zeros(16000))
    with pytest.raises(ValueError, match="neutral must hold half a second of voiced speech"):
        hear(vowel(150, 2), sample_rate=16000, neutral=np.zeros(16000))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"hidden": np.float64(1.0)}, "hidden must be"),
        ({"expected": np.zeros(len(VoiceModel.load().classes))}, "learned and expected must be above 0"),
    ],
)
def test_models_that_cannot_hear_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        replace(VoiceModel.load(), **wrong)


def test_unsure_voices_show_nothing():
    assert not intensities(heard(np.full(20, 0.35))).any()
    assert heard(np.full(20, 0.35)).track() == EmotionTrack((EmotionKey(0.0),))


def test_intensity_grows_with_certainty_and_with_arousal():
    angry = EMOTIONS.index("angry")
    sure = [intensities(heard([chance] * 3))[0, angry] for chance in (0.5, 0.7, 0.9)]
    assert SHOWN < sure[0] < sure[1] < sure[2] == pytest.approx(MOST)
    aroused = [intensities(heard([0.9] * 3, arousal=arousal))[0, angry] for arousal in (-0.3, 0.2, 0.6)]
    assert 0.25 < aroused[0] < aroused[1] < aroused[2]


def test_a_track_follows_and_eases():
    track = heard([0.1] * 20 + [0.9] * 20 + [0.1] * 20).track()
    assert [bool(key.mixture) for key in track.keys] == [False, True, False]
    assert track.keys[1].time == pytest.approx(4.0, abs=0.4) and track.keys[2].time == pytest.approx(8.0, abs=0.4)
    curve = track.at(np.arange(0, 12, 1 / 60))[:, EMOTIONS.index("angry")]
    assert curve.max() > 0.7 and np.abs(np.diff(curve)).max() < 0.08


def test_flickering_is_not_shown():
    rng = np.random.default_rng(0)
    shaky = heard(np.clip(0.7 + 0.03 * rng.standard_normal(100), 0, 1)).track()
    assert len(shaky.keys) == 1
    times = np.array([key.time for key in heard(rng.random(200)).track().keys])
    assert (np.diff(times) >= 0.4 - 1e-9).all()


def test_strength_scales():
    angry = EMOTIONS.index("angry")
    low, high = (heard([0.7] * 20).track(strength=strength).at([1.0])[0, angry] for strength in (0.5, 1.0))
    assert high == pytest.approx(2 * low, abs=0.02)
    with pytest.raises(ValueError, match="strength must be within"):
        heard([0.7] * 20).track(strength=3)


def test_small_changes_are_no_keys():
    steps = np.repeat([0.6, 0.6 + 0.3 * CHANGE], 20)
    assert len(heard(steps).track().keys) == 1


def test_what_was_heard_is_told():
    track = EmotionTrack((EmotionKey(0.0), EmotionKey(2.1, {"angry": 0.4}), EmotionKey(3.0)))
    assert describe(track, 8.0) == "mostly neutral, angry 0.4 at 2.1 s"
    assert describe(EmotionTrack.parse("calm:0.5"), 5.0) == "mostly calm, calm 0.5 at 0.0 s"
