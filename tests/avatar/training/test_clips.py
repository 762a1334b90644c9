from dataclasses import replace

import numpy as np
import pytest
import torch

from avatar.articulation.phones import ARPABET, Phone
from avatar.datasets.corpus import Utterance
from avatar.speech.level import RunningLevel
from avatar.speech.mel import FLOOR, LogMel
from avatar.training.batches import colour, hear
from avatar.training.clips import ClipMaker, ClipStyle, as_recorded, phone_labels


def utterance(seconds: float = 1.0, frequency: float = 1000.0) -> Utterance:
    """A tone in the middle half, labelled AA; silence around it."""
    time = np.arange(round(seconds * 16000)) / 16000
    tone = np.where(abs(time / seconds - 0.5) < 0.25, 0.3 * np.sin(2 * np.pi * frequency * time), 0)
    marks = [0, seconds / 4, 3 * seconds / 4, seconds]
    phones = tuple(Phone(s, a, b) for s, a, b in zip(("SIL", "AA", "SIL"), marks, marks[1:], strict=False))
    return Utterance(tone.astype(np.float32), phones, "voice", "engine", "text", "train", "id")


def test_same_generator_state_draws_the_same_clip() -> None:
    maker = ClipMaker([utterance(), utterance(1.3, 500)], as_recorded)
    first, second = (maker.draw(np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first.samples, second.samples)
    assert first.phones == second.phones


@pytest.mark.parametrize("seed", range(5))
def test_phones_lie_where_the_sound_is(seed: int) -> None:
    maker = ClipMaker([utterance(), utterance(0.7)], style=ClipStyle(seconds=6, empty=0))
    clip = maker.draw(np.random.default_rng(seed))
    assert len(clip.samples) == 6 * 16000
    time = np.arange(len(clip.samples)) / 16000
    spoken = np.zeros(len(time), bool)
    near = np.zeros(len(time), bool)
    for phone in clip.phones:
        if phone.symbol == "AA":
            spoken |= (time > phone.start + 0.01) & (time < phone.end - 0.01)
            near |= (time > phone.start - 0.01) & (time < phone.end + 0.01)
    assert spoken.any()
    assert np.abs(clip.samples[~near]).max() < 1e-3
    loudness = np.sqrt(np.convolve(clip.samples**2, np.full(160, 1 / 160), "same"))
    assert loudness[spoken].min() > 0.01


def test_voices_speak_equally_often() -> None:
    talkative, shy = ([replace(utterance(0.4, tone), voice=name)] for name, tone in (("a", 400.0), ("b", 3000.0)))
    maker = ClipMaker(50 * talkative + shy, style=ClipStyle(seconds=60, pause=0.1, empty=0))
    spectrum = np.abs(np.fft.rfft(maker.draw(np.random.default_rng(0)).samples)) ** 2
    low, high = spectrum[: 60 * 1500].sum(), spectrum[60 * 1500 :].sum()
    assert 0.3 < high / (low + high) < 0.7


def test_some_clips_hold_no_speech() -> None:
    maker = ClipMaker([utterance()], style=ClipStyle(seconds=1, empty=1))
    assert maker.draw(np.random.default_rng(0)).phones == ()


def test_clips_need_an_utterance() -> None:
    with pytest.raises(ValueError, match="utterances must hold at least one, got none"):
        ClipMaker([])


def test_labels_are_read_at_each_frames_instant() -> None:
    phones = (Phone("AA", 0.05, 0.1), Phone("B", 0.1, 0.15))
    labels = phone_labels(phones, ARPABET, 10, 50)
    aa, b = ARPABET.index("AA"), ARPABET.index("B")
    assert labels.tolist() == [0, 0, 0, aa, aa, b, b, b, 0, 0]


def test_colour_leaves_silence_silent_and_stays_over_the_floor() -> None:
    floor = (FLOOR + 4) / 4
    mel = torch.rand(4, 80, 30)
    mel[..., :10] = floor
    coloured = colour(mel, np.random.default_rng(0))
    assert (coloured[..., :10] == floor).all()
    assert (coloured >= floor).all()
    assert not torch.equal(coloured, mel)


def test_loudness_is_that_of_the_clean_sound() -> None:
    style = ClipStyle(seconds=6, empty=0)
    clean = ClipMaker([utterance()], style=style).draw(np.random.default_rng(4))
    noisy = ClipMaker([utterance()], as_recorded, style).draw(np.random.default_rng(4))
    assert clean.loudness.shape == (300,)
    np.testing.assert_array_equal(noisy.loudness, clean.loudness)
    steady, swelling = (
        ClipMaker([utterance()], style=ClipStyle(seconds=6, empty=0, swell=swell)).draw(np.random.default_rng(4))
        for swell in (0.0, 12.0)
    )
    speaking = np.isin(np.arange(300), [round(50 * (p.start + p.end) / 2) for p in clean.phones if p.symbol == "AA"])
    assert np.ptp(swelling.loudness[speaking]) > np.ptp(steady.loudness[speaking]) + 1


def test_a_longer_tract_moves_a_tone_down() -> None:
    mel = torch.full((2, 80, 6), (FLOOR + 4) / 4)
    mel[:, 40] = 1.0
    rng = np.random.default_rng(2)
    factors = 1.3 ** np.random.default_rng(2).uniform(-1, 1, 2)
    places = colour(mel, rng, decades=0, bands=0, tract=1.3)[..., 0].argmax(1)
    np.testing.assert_allclose(places, 40 * factors, atol=1)
    assert abs(factors - 1).max() > 0.1


def test_a_stream_hears_a_running_loudness() -> None:
    samples = np.random.default_rng(0).normal(0, 0.2, (1, 16000)).astype(np.float32)
    whole, live = (hear(LogMel(), samples, live=live) for live in (False, True))
    difference = (live - whole)[0].mean(0)
    assert abs(difference[-1]) < 0.05
    levels = RunningLevel().follow(
        (LogMel().power(torch.from_numpy(np.pad(samples, ((0, 0), (200, 40))))).sum(1))[0].numpy()
    )
    np.testing.assert_allclose(difference, (levels[-1] - levels) / 4 + float(difference[-1]), atol=1e-4)
