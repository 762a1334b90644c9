import logging

import numpy as np
import pytest

from avatar.emotion.voice import train as training
from avatar.emotion.voice.clips import Clip, load_clips, save_clips
from avatar.emotion.voice.corpora import Recording
from avatar.emotion.voice.fit import calibration_error, examples, fit, judge, tempered
from avatar.emotion.voice.model import VoiceModel
from avatar.emotion.voice.prosody import FEATURES, FUNCTIONALS, Prosody

EMOTIONS = {"neutral": (0.0, 0.0), "angry": (4.0, 6.0), "sad": (-3.0, -6.0)}


def clip(speaker, emotion, rng, *, intensity=0.8):
    """Twenty windows of a made-up voice: pitch and level differ by emotion, all else at random."""
    values = rng.standard_normal((20, len(FUNCTIONALS)))
    for name, shift in zip(("pitch", "level"), EMOTIONS[emotion], strict=True):
        values[:, FUNCTIONALS.index(name)] += shift * intensity + 3 * (hash_of(speaker) - 0.5)
    return Clip(
        Prosody(np.arange(20) * 0.2, values, np.full(20, 1.5)), speaker, emotion, intensity * (emotion != "neutral")
    )


def hash_of(name):
    return (sum(map(ord, name)) % 10) / 10


@pytest.fixture(scope="module")
def clips():
    rng = np.random.default_rng(0)
    return [
        clip(f"speaker {number}", emotion, rng)
        for number in range(12)
        for emotion in ("neutral", "neutral", "neutral", "angry", "sad")
    ]


@pytest.fixture(scope="module")
def model(clips):
    return fit(examples(clips, np.random.default_rng(0)), steps=60)


def test_voices_that_it_never_heard_are_named(model):
    rng = np.random.default_rng(5)
    others = [
        clip(name, emotion, rng) for name in ("a", "b", "c") for emotion in ("neutral", "neutral", "angry", "sad")
    ]
    found = judge(model, examples(others, rng, classes=model.classes))
    assert found.accuracy > 0.8 and found.correlations[1] > 0.7
    assert "angry" in found.table(model.classes)


def test_seeds_repeat(clips, model):
    again = fit(examples(clips, np.random.default_rng(0)), steps=60)
    np.testing.assert_array_equal(again.output, model.output)


def test_models_are_saved_and_read(model, tmp_path):
    path = tmp_path / "voice.safetensors"
    model.save(path)
    features = np.random.default_rng(0).standard_normal((7, len(FEATURES)))
    read = VoiceModel.load(path)
    assert read.classes == model.classes and path.stat().st_size < 10_000
    np.testing.assert_allclose(read.probabilities(features), model.probabilities(features), atol=1e-5)


def test_other_files_are_no_models(tmp_path):
    (tmp_path / "voice.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(ValueError, match="is no model of emotions in the voice"):
        VoiceModel.load(tmp_path / "voice.safetensors")
    with pytest.raises(FileNotFoundError, match="no such model"):
        VoiceModel.load(tmp_path / "missing.safetensors")


def test_probabilities_follow_what_is_expected(model):
    features = np.random.default_rng(0).standard_normal((50, len(FEATURES)))
    even = model.probabilities(features, expected=np.full(3, 1 / 3))
    cautious = model.probabilities(features, expected=np.array([0.9, 0.05, 0.05]))
    np.testing.assert_allclose(even.sum(1), 1)
    assert (cautious[:, 0] > even[:, 0]).all()
    # By Bayes' rule the odds move by the ratio of the shares.
    np.testing.assert_allclose(cautious[:, 0] / cautious[:, 1], even[:, 0] / even[:, 1] * 18, rtol=1e-6)


def test_temperature_tempers_what_is_too_sure(clips):
    rng = np.random.default_rng(3)
    few = clips[:5]
    for each in few:
        assert isinstance(each, Clip)
    sure = fit(examples(few, rng), steps=200)
    others = examples([clip(name, emotion, rng, intensity=0.2) for name in "abcdef" for emotion in EMOTIONS], rng)
    milder = tempered(sure, others)
    assert milder.temperature > 1.5
    assert judge(milder, others).calibration_error < judge(sure, others).calibration_error


def test_calibration_error_is_the_mean_gap():
    sureness, right = np.array([0.95, 0.95, 0.55, 0.55]), np.array([True, False, True, False])
    assert calibration_error(sureness, right, np.ones(4)) == pytest.approx(0.5 * 0.45 + 0.5 * 0.05)


def test_clips_are_saved_and_read(clips, tmp_path):
    save_clips(tmp_path / "clips.npz", clips[:3])
    read = load_clips(tmp_path / "clips.npz")
    assert [(each.speaker, each.emotion) for each in read] == [(each.speaker, each.emotion) for each in clips[:3]]
    np.testing.assert_allclose(read[2].prosody.values, clips[2].prosody.values, rtol=1e-6)


def test_speakers_are_held_out():
    speakers = training.split((f"speaker {number}" for number in range(24)), seed=0)
    groups = (speakers.learned, speakers.tempering, speakers.judging)
    assert [len(group) for group in groups] == [16, 4, 4] and len(frozenset().union(*groups)) == 24
    with pytest.raises(ValueError, match="needs 3 speakers"):
        training.split(["one", "two", "two"], seed=0)


def test_training_reports_on_speakers_that_it_never_heard(clips):
    model, report = training.train(clips)
    assert set(model.classes) == {"neutral", "angry", "sad"} and model.expected[0] == pytest.approx(0.7)
    assert "expected calibration error" in report and "judged on speaker" in report
    with pytest.raises(ValueError, match="no recording is neutral"):
        training.train([each for each in clips if each.emotion != "neutral"])


def test_measuring_is_cached_and_passes_over_what_is_damaged(vowel, write_sound, tmp_path, caplog):
    good = write_sound("good.wav", vowel(150, 2, syllables=4))
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"not a sound")
    recordings = [Recording(path, "ESD", "ESD 0001", "angry", 0.8) for path in (good, bad)]
    with caplog.at_level(logging.WARNING):
        first = training.measured(recordings, tmp_path / "cache")
    assert len(first) == 1 and "bad.wav" in caplog.text
    (kept,) = (tmp_path / "cache").iterdir()
    stamp = kept.stat().st_mtime_ns
    again = training.measured(recordings[:1], tmp_path / "cache")
    assert kept.stat().st_mtime_ns == stamp
    np.testing.assert_allclose(again[0].prosody.values, first[0].prosody.values, rtol=1e-5, atol=1e-5)
