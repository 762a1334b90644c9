from dataclasses import replace

import numpy as np
import pytest

from avatar.emotion.voice.acting import CUES, Cues, act, draw_cues, range_levels
from avatar.emotion.voice.frames import analyse
from avatar.emotion.voice.prosody import FUNCTIONALS, prosody
from avatar.emotion.voice.psola import respeak


@pytest.fixture(scope="module")
def speech(vowel):
    time = np.arange(40000) / 16000
    return vowel(140 * 2 ** (0.15 * np.sin(2 * np.pi * 0.8 * time)), 2.5, syllables=4)


def usual_of(samples):
    """Functionals by name."""
    return dict(zip(FUNCTIONALS, prosody(analyse(samples)).usual, strict=True))


def test_pitch_and_tempo_are_what_was_asked_for(speech):
    frames = analyse(speech)
    faster = respeak(speech, frames.pitch, frames.pitch * 1.25, rate=1.5)
    assert len(faster) == pytest.approx(len(speech) / 1.5, abs=1)
    found = analyse(faster)
    assert np.median(found.pitch[found.voiced]) == pytest.approx(
        1.25 * np.median(frames.pitch[frames.voiced]), rel=0.02
    )


@pytest.mark.parametrize(
    ("cue", "size", "functional", "change_asked"),
    [
        ("pitch", 4.0, "pitch", 3.5),
        ("pitch_range", 1.0, "pitch range", 0.8),
        ("rate", 0.4, "rate", 0.7),
        ("level", 6.0, "level", 5.0),
        ("tilt", -9.0, "alpha ratio", 2.0),
        ("breath", 0.5, "harmonicity", -1.0),
        ("unrest", 0.03, "harmonicity", -2.0),
    ],
)
def test_cues_do_what_they_say(speech, cue, size, functional, change_asked):
    found = usual_of(act(speech, replace(Cues(), **{cue: size}), np.random.default_rng(0)))
    plain = usual_of(act(speech, Cues(), np.random.default_rng(0)))
    assert (found[functional] - plain[functional]) / change_asked > 1


def test_levels_range_wider(speech):
    found = [
        np.ptp(np.percentile(frames.level[frames.speech], (20, 80)))
        for frames in (analyse(speech), analyse(range_levels(speech, 1.5, 0.0)))
    ]
    assert found[1] > 1.2 * found[0]


def test_plain_speech_varies_too():
    rng = np.random.default_rng(0)
    drawn = [draw_cues("neutral", Cues(*[1.0] * 9), rng) for _ in range(200)]
    assert {intensity for _, intensity in drawn} == {0.0}
    assert np.std([cues.pitch for cues, _ in drawn]) == pytest.approx(1.0, rel=0.2)


def test_aroused_emotions_are_louder_and_brighter_than_quiet_ones():
    for loud in ("happy", "angry"):
        for quiet in ("sad", "calm"):
            assert CUES[loud].level > CUES[quiet].level and CUES[loud].tilt > CUES[quiet].tilt
            assert CUES[loud].rate > CUES[quiet].rate and CUES[loud].pitch > CUES[quiet].pitch
