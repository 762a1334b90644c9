import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatar.behaviour.moments import Kind, Listener
from avatar.behaviour.voice import TICKS, LoudnessStream, loudness_of_mouth


def moments(samples, lookahead=0.2):
    return Listener(lookahead).hear(LoudnessStream().push(samples).tolist())


def kinds(samples):
    return [moment.kind for moment in moments(samples) if moment.kind is not Kind.STRESS]


def test_loudness_is_in_decibels_of_full_scale():
    tone = 0.1 * np.sqrt(2.0) * np.sin(np.arange(16000) * 0.3).astype(np.float32)
    np.testing.assert_allclose(LoudnessStream().push(tone), np.full(TICKS, -20.0), atol=0.1)
    assert LoudnessStream().push(np.zeros(320, np.float32)).tolist() == [-100.0]


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=8), st.integers(0, 100))
@settings(max_examples=20, deadline=None)
def test_loudness_does_not_depend_on_the_pieces(lengths, seed):
    samples = np.random.default_rng(seed).uniform(-0.5, 0.5, sum(lengths)).astype(np.float32)
    stream = LoudnessStream()
    pieces = [stream.push(piece) for piece in np.split(samples, np.cumsum(lengths)[:-1])]
    np.testing.assert_array_equal(np.concatenate(pieces), LoudnessStream().push(samples))


def test_turns_phrases_pauses_and_silence(phrase, quiet):
    voice = np.concatenate(
        [quiet(0.5), phrase(*[0.4] * 6), quiet(0.5), phrase(*[0.4] * 4), quiet(2.0), phrase(0.4, 0.4)]
    )
    assert kinds(voice) == [Kind.TURN, Kind.PAUSE, Kind.PHRASE, Kind.PAUSE, Kind.SILENCE, Kind.TURN]
    at = {moment.kind: moment.at for moment in moments(voice[: 16000 * 3])}
    assert at[Kind.TURN] == pytest.approx(0.5, abs=0.06)
    assert at[Kind.PAUSE] == pytest.approx(2.0, abs=0.06)
    assert at[Kind.PHRASE] == pytest.approx(2.5, abs=0.06)


def test_closed_mouths_of_plosives_are_no_pauses(phrase, quiet):
    voice = np.concatenate([phrase(0.4, 0.4), quiet(0.07), phrase(0.4), quiet(0.07), phrase(0.4, 0.4)])
    assert kinds(voice) == [Kind.TURN]


@pytest.mark.parametrize("gain", [0.02, 0.3, 1.6])
def test_soft_and_loud_voices_are_heard_alike(phrase, quiet, gain):
    voice = np.concatenate([quiet(0.4), phrase(*[0.3, 0.6] * 5), quiet(0.6), phrase(0.5, 0.3, 0.6), quiet(1.6)])
    assert kinds(gain * voice) == [Kind.TURN, Kind.PAUSE, Kind.PHRASE, Kind.PAUSE, Kind.SILENCE]


def test_steady_noise_is_no_voice():
    noise = 0.02 * np.random.default_rng(1).standard_normal(16000 * 30).astype(np.float32)
    heard = moments(noise)
    # It may be taken for a voice until it has lasted longer than voices do.
    assert not [moment for moment in heard if moment.kind is not Kind.STRESS and moment.at > 15.0]


def test_loud_syllables_are_stressed_and_soft_ones_are_not(phrase):
    voice = phrase(*[0.15, 0.15, 0.6, 0.15] * 5, rate=4.0)
    stresses = [moment for moment in moments(voice) if moment.kind is Kind.STRESS][1:]
    offsets = (np.array([moment.at for moment in stresses]) - 0.625) % 1.0
    assert len(stresses) >= 3
    assert np.minimum(offsets, 1.0 - offsets).max() < 0.05
    assert all(0.0 < moment.strength <= 1.0 for moment in stresses)


@pytest.mark.parametrize("lookahead", [0.0, 0.2, 0.5])
def test_moments_take_effect_when_they_are_known(talk, lookahead):
    samples = talk(20.0, seed=3).samples
    found = moments(samples, lookahead)
    assert [moment.time for moment in found] == sorted(moment.time for moment in found)
    for end in (6.0, 11.3):
        heard = Listener(lookahead)
        early = heard.hear(LoudnessStream().push(samples[: round(end * 16000)]).tolist())
        assert early == found[: len(early)]
        assert all(moment.time > heard.known for moment in found[len(early) :])


def test_a_moving_mouth_speaks_and_a_held_one_does_not(still):
    times = np.arange(0.0, 4.0, 1 / 60)
    moves = still(4.0, jawOpen=0.15 - 0.15 * np.cos(2 * np.pi * 4.0 * times))
    assert Listener(0.2).hear(loudness_of_mouth(moves).tolist())[0].kind is Kind.TURN
    assert Listener(0.2).hear(loudness_of_mouth(still(4.0, jawOpen=0.5)).tolist()) == []
    assert len(loudness_of_mouth(still(0.0))) == 0
