"""The reader that ships reads people whom it never saw."""

from importlib.resources import files

import numpy as np
import pytest

from avatar.articulation import Phone
from avatar.lipreading import MouthPictures, PhoneReader
from avatar.lipreading.clips import HELD_OUT, MouthClips
from avatar.lipreading.scores import score
from avatar.rigs import BuiltInHead

SENTENCE = "SIL M AY B R AH DH ER F AO R G AA T DH AH B IH G P IY S AH V SH UW SIL".split()  # noqa: SIM905


@pytest.fixture(scope="module")
def reader():
    return PhoneReader.load()


def clips(reader, sentence, count):
    phones = [Phone(symbol, 0.11 * place, 0.11 * place + 0.11) for place, symbol in enumerate(sentence)]
    pictures = MouthPictures(BuiltInHead.load(), reader.config.size)
    source = MouthClips([phones], reader.config.phones, pictures, fps=reader.fps, style=HELD_OUT)
    return [source.draw(np.random.default_rng(seed)) for seed in range(count)]


def test_it_reads_far_better_than_it_guesses(reader):
    shown = clips(reader, SENTENCE, 4)
    read, guessed = score(reader, shown), score(reader, shown, frozen=True)
    assert read.viseme_error < 0.5 < 0.9 < guessed.viseme_error
    assert read.closures_seen > 0.7 * read.closures


def test_it_sees_that_lips_do_not_close(reader):
    unclosed = [{"P": "T", "B": "D", "M": "N"}.get(symbol, symbol) for symbol in SENTENCE]
    read = score(reader, clips(reader, unclosed, 2))
    assert read.closures == 0
    assert read.closures_read < 0.05 * read.frames


def test_it_is_small_and_has_a_card():
    data = files("avatar.lipreading") / "data"
    assert len((data / "lip_reader.safetensors").read_bytes()) < 2_000_000
    assert "40.7 %" in (data / "lip_reader.md").read_text(encoding="utf-8")
