import shutil

import numpy as np
import pytest

from avatar.articulation.phones import ARPABET, BILABIAL, PHONES, SILENCE
from avatar.datasets import festival, flite
from avatar.datasets.alignment import NEAREST_ENGLISH, Aligner
from avatar.datasets.phones import FINNISH, RUSSIAN
from avatar.datasets.synthesis import SAMPLE_RATE, Synthesis, Voice, shifted


def test_flite_segments_are_end_times() -> None:
    assert flite.read_segments("pau:0.200 b:0.300 aa:0.500\n") == [
        ("SIL", 0.0, 0.2),
        ("B", 0.2, 0.3),
        ("AA", 0.3, 0.5),
    ]


def test_flite_counts_every_utterance_from_zero() -> None:
    assert flite.read_segments("b:0.1 aa:0.3\np:0.2\n")[-1] == ("P", 0.3, 0.5)


def test_festival_segments_are_end_times() -> None:
    assert festival.read_segments("pau 0.2\nm 0.25\n") == [("SIL", 0.0, 0.2), ("M", 0.2, 0.25)]


def test_festival_reads_other_languages() -> None:
    assert festival.read_segments("@: 0.2\n7 0.3\n", FINNISH) == [("AE", 0.0, 0.2), ("OE", 0.2, 0.3)]
    assert [symbol for symbol, *_ in festival.read_segments("yy 0.2\nmm 0.3\n", RUSSIAN)] == ["UX", "M"]


def test_aligners_know_all_phones() -> None:
    # What an English acoustic model lacks has something near it.
    assert set(PHONES) - set(ARPABET) == set(NEAREST_ENGLISH)
    assert set(NEAREST_ENGLISH.values()) <= set(ARPABET)


@pytest.mark.skipif(shutil.which("flite") is None, reason="needs the program flite")
def test_aligner_finds_phones_of_other_languages() -> None:
    pytest.importorskip("pocketsphinx")
    speech = flite.Flite().speak("Vow new bow.", Voice("slt", "flite", ("slt",)), speed=1.0)
    # The same sounds, called what they might be elsewhere.
    found = Aligner().align(speech.samples, (("BH", "AW"), ("NY", "UE"), ("B", "OH")))
    assert found is not None
    spoken = [phone for phone in found if phone.symbol != SILENCE]
    assert [phone.symbol for phone in spoken] == ["BH", "AW", "NY", "UE", "B", "OH"]
    theirs = [phone for phone in speech.phones if phone.symbol != SILENCE]
    assert spoken[2].start == pytest.approx(theirs[2].start, abs=0.05)


def test_shifted_scales_sound_and_times() -> None:
    synthesis = Synthesis(np.zeros(SAMPLE_RATE, np.float32), flite_phones(), ())
    faster = shifted(synthesis, 1.25)
    assert len(faster.samples) == pytest.approx(SAMPLE_RATE / 1.25, abs=1)
    assert faster.phones[0].end == pytest.approx(0.4)
    assert shifted(synthesis, 1) is synthesis
    with pytest.raises(ValueError, match="factor must be above 0, got -1"):
        shifted(synthesis, -1)


def flite_phones():
    from avatar.datasets.phones import join

    return join([("M", 0.0, 0.5), ("AA", 0.5, 1.0)])


@pytest.mark.skipif(shutil.which("flite") is None, reason="needs the program flite")
def test_flite_closes_lips_where_it_says() -> None:
    speech = flite.Flite().speak("A big pea map.", Voice("slt", "flite", ("slt",)), speed=1.0)
    spoken = [phone for phone in speech.phones if phone.symbol != SILENCE]
    assert [phone.symbol for phone in spoken if phone.symbol in BILABIAL] == ["B", "P", "M", "P"]
    assert speech.phones[-1].end == pytest.approx(len(speech.samples) / SAMPLE_RATE, abs=0.15)
    loudness = {phone: quietest(speech.samples, phone.start, phone.end) for phone in spoken}
    vowels = [loudness[phone] for phone in spoken if phone.symbol in {"IY", "AE", "IH"}]
    closures = [loudness[phone] for phone in spoken if phone.symbol in {"B", "P"}]
    assert max(closures) < min(vowels) - 10


def quietest(samples: np.ndarray, start: float, end: float) -> float:
    """Lowest level over 10 ms within a stretch, in dB; its first difference, so that voicing counts less."""
    bright = np.diff(samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)])
    windows = np.lib.stride_tricks.sliding_window_view(bright, 160)
    return float(10 * np.log10((windows**2).mean(axis=1).min() + 1e-12))
