from itertools import pairwise

import numpy as np
import pytest

from avatar.articulation.phones import SILENCE, Phone
from avatar.datasets.labels import (
    SHORTEST_FIRST_CLOSURE,
    agreement,
    end_stops_at_release,
    fuse,
    words_between_silences,
)
from avatar.datasets.synthesis import SAMPLE_RATE

ENGINE = (
    Phone(SILENCE, 0.0, 0.20),
    Phone("B", 0.20, 0.30),
    Phone("AA", 0.30, 0.50),
    Phone("P", 0.50, 0.60),
    Phone(SILENCE, 0.60, 1.0),
)
ALIGNED = (
    Phone(SILENCE, 0.0, 0.24),
    Phone("B", 0.24, 0.34),
    Phone("AA", 0.34, 0.50),
    Phone("P", 0.50, 0.64),
    Phone(SILENCE, 0.64, 1.0),
)


def test_agreement_measures_starts() -> None:
    apart = agreement(ENGINE, ALIGNED)
    assert apart.offset == pytest.approx(0.04)
    assert apart.difference == pytest.approx(0.04)


def test_agreement_wants_the_same_phones() -> None:
    with pytest.raises(ValueError, match="same spoken phones, got 3 and 2"):
        agreement(ENGINE, ALIGNED[2:])


@pytest.mark.parametrize(("trust", "start"), [(0.0, 0.30), (0.5, 0.32), (1.0, 0.34)])
def test_fuse_weighs_opinions_within_speech(trust: float, start: float) -> None:
    vowel = fuse(ENGINE, ALIGNED, trust=trust, seconds=1.0)[2]
    assert vowel.symbol == "AA"
    assert vowel.start == pytest.approx(start)


def test_fuse_takes_pauses_from_the_aligner_and_leaves_no_gap() -> None:
    phones = fuse(ENGINE, ALIGNED, trust=0.5, seconds=1.2)
    assert phones[0].end == 0.24
    assert phones[-1] == Phone(SILENCE, 0.64, 1.2)
    assert all(before.end == after.start for before, after in pairwise(phones))


def test_fuse_leaves_no_overlap_where_a_pause_covers_a_phone() -> None:
    engine = (Phone(SILENCE, 0.0, 0.15), Phone("B", 0.15, 0.22), Phone("AA", 0.22, 0.50), Phone(SILENCE, 0.50, 0.60))
    aligned = (Phone(SILENCE, 0.0, 0.30), Phone("B", 0.30, 0.31), Phone("AA", 0.31, 0.50), Phone(SILENCE, 0.50, 0.60))
    phones = fuse(engine, aligned, trust=0.3, seconds=0.6)
    assert [phone.symbol for phone in phones] == [SILENCE, "AA", SILENCE]
    assert phones[0].end == 0.30 and all(before.end == after.start for before, after in pairwise(phones))


def closure_with_breath() -> np.ndarray:
    """A vowel to 0.3 s, nothing to 0.4 s, breath to 0.45 s, a vowel to 0.7 s."""
    rng = np.random.default_rng(0)
    time = np.arange(int(0.7 * SAMPLE_RATE)) / SAMPLE_RATE
    vowel = 0.3 * np.sign(np.sin(2 * np.pi * 120 * time)) * ((time < 0.3) | (time > 0.45))
    breath = 0.05 * rng.standard_normal(len(time)) * ((time > 0.4) & (time < 0.45))
    return (vowel + breath + 1e-4 * rng.standard_normal(len(time))).astype(np.float32)


def test_stop_ends_at_its_burst_and_the_breath_goes_to_the_vowel() -> None:
    phones = (Phone("AA", 0.0, 0.3), Phone("P", 0.3, 0.45), Phone("IY", 0.45, 0.7))
    vowel, stop, following = end_stops_at_release(phones, closure_with_breath())
    assert vowel == phones[0]
    assert (stop.symbol, stop.start) == ("P", 0.3)
    assert stop.end == pytest.approx(0.4, abs=0.004)
    assert (following.start, following.end) == (stop.end, 0.7)


def test_other_phones_and_sounds_without_burst_stay() -> None:
    phones = (Phone("AA", 0.0, 0.3), Phone("T", 0.3, 0.45), Phone("IY", 0.45, 0.7))
    assert end_stops_at_release(phones, closure_with_breath()) == phones
    steady = (Phone("AA", 0.0, 0.3), Phone("B", 0.3, 0.45), Phone("IY", 0.45, 0.7))
    assert end_stops_at_release(steady, np.zeros(int(0.7 * SAMPLE_RATE), np.float32)) == steady


def test_lips_close_before_speech_begins() -> None:
    phones = (Phone(SILENCE, 0.0, 0.38), Phone("B", 0.38, 0.4), Phone("AA", 0.4, 0.7))
    silence, stop, _ = end_stops_at_release(phones, np.zeros(int(0.7 * SAMPLE_RATE), np.float32))
    assert stop.duration == pytest.approx(SHORTEST_FIRST_CLOSURE)
    assert silence.end == stop.start
    assert stop.end == 0.4


def test_words_lie_between_silences() -> None:
    assert words_between_silences((*ENGINE, Phone("M", 1.0, 1.1))) == (("B", "AA", "P"), ("M",))
