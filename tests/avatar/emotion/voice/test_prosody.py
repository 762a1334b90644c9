import numpy as np
import pytest

from avatar.emotion.voice.frames import FLOOR, RATE, analyse
from avatar.emotion.voice.prosody import FEATURES, FUNCTIONALS, prosody


def measured(samples, name):
    """One functional in windows with enough speech."""
    found = prosody(analyse(samples))
    return found.values[found.spoken, FUNCTIONALS.index(name)]


@pytest.mark.parametrize("hertz", [75, 110, 180, 260, 410, 550])
def test_pitch_of_a_vowel_is_found(vowel, hertz):
    frames = analyse(vowel(hertz, 1.0))
    # At the ends windows are half empty.
    assert frames.voiced[3:-3].all()
    assert np.abs(frames.pitch[3:-3] / hertz - 1).max() < 0.02
    assert frames.periodicity[3:-3].min() > 0.9


def test_pitch_of_a_gliding_vowel_is_followed_in_noise(vowel):
    glide = 120 * 2 ** (np.arange(48000) / 48000)
    noise = np.random.default_rng(1).standard_normal(48000)
    frames = analyse(vowel(glide, 3) + (0.02 * noise).astype(np.float32))
    asked = np.interp(np.arange(len(frames)) / RATE, np.arange(48000) / 16000, glide)
    assert frames.voiced.mean() > 0.9
    assert np.percentile(np.abs(frames.pitch / asked - 1)[frames.voiced], 98) < 0.02


def test_noise_has_no_pitch():
    noise = 0.1 * np.random.default_rng(0).standard_normal(32000).astype(np.float32)
    assert analyse(noise).voiced.mean() < 0.05


def test_levels_are_decibels_under_full_scale(vowel):
    level = np.median(analyse(vowel(200, level=0.1)).level)
    assert level == pytest.approx(-20, abs=0.3)
    assert (analyse(np.zeros(8000, np.float32)).level == FLOOR).all()


def test_spectral_slopes_are_told_apart(vowel):
    dark, bright = analyse(vowel(150, slope=1.6)), analyse(vowel(150, slope=0.4))
    assert np.median(dark.alpha_ratio) > np.median(bright.alpha_ratio) + 6
    assert np.median(dark.hammarberg) > np.median(bright.hammarberg) + 6


def test_syllables_are_counted(vowel):
    for rate in (3.0, 5.0):
        assert np.median(measured(vowel(150, 4, syllables=rate), "rate")) == pytest.approx(rate, rel=0.2)


def test_pauses_are_counted(vowel):
    spoken = vowel(150, 3, syllables=4)
    halved = spoken * (np.arange(48000) // 8000 % 2 == 0)
    assert np.median(measured(halved, "pauses")) > np.median(measured(spoken, "pauses")) + 0.2


def test_pitch_range_is_in_semitones(vowel):
    time = np.arange(64000) / 16000
    lively = vowel(150 * 2 ** (0.25 * np.sin(2 * np.pi * time)), 4)
    # A sine stays 80 % of its time between -0.81 and 0.81; 20th to 80th percentile is that of 60 %.
    assert np.median(measured(lively, "pitch range")) == pytest.approx(2 * 3 * np.sin(np.pi * 0.3), rel=0.1)
    assert np.median(measured(vowel(150, 4), "pitch range")) < 0.1


def test_gain_changes_nothing_but_the_level(vowel):
    speech = vowel(np.linspace(120, 220, 64000), 4, syllables=4)
    plain, quiet = (prosody(analyse(factor * speech)) for factor in (np.float32(1), np.float32(0.05)))
    np.testing.assert_allclose(plain.features(), quiet.features(), atol=1e-3)
    moved = quiet.values - plain.values
    assert moved[:, FUNCTIONALS.index("level")] == pytest.approx(20 * np.log10(0.05), abs=0.01)


def test_what_is_usual_for_the_speaker_counts(vowel):
    high, low = prosody(analyse(vowel(200, 4))), prosody(analyse(vowel(100, 4)))
    column = FEATURES.index("pitch, relative")
    assert np.abs(high.features()[high.spoken, column]).max() < 0.1
    assert high.features(low.usual)[high.spoken, column] == pytest.approx(12, abs=0.1)


def test_windows_without_speech_say_nothing(vowel):
    found = prosody(analyse(np.concatenate([vowel(150, 2), np.zeros(64000, np.float32)])))
    silent = found.times > 3.5
    assert not found.spoken[silent].any() and not found.features()[silent].any()
