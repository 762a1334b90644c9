"""Alignment of the example's nine seconds, whose words are known."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar.alignment import align
from avatar.animator import Animator
from avatar.articulation.phones import BILABIAL
from avatar.audio import load_audio
from avatar.evaluation.contacts import demands
from avatar.evaluation.motion import mouth_motion
from avatar.rigs import BuiltInHead

pytest.importorskip("pocketsphinx", reason="aligning needs PocketSphinx (the extra text)")

HELLO = Path(__file__).parents[3] / "examples" / "hello.flac"
TEXT = (
    "Hello, I am Avatar. Give me any voice, and my lips will move to match it. Five bumpy bubbles above a purple "
    "puffin? Perfectly possible!"
)


@pytest.fixture(scope="module")
def samples() -> NDArray[np.float32]:
    return load_audio(HELLO).samples


def test_words_and_phones_are_found(samples: NDArray[np.float32]) -> None:
    alignment = align(samples, TEXT)
    assert all(word.heard for word in alignment.words)
    assert [word.written for word in alignment.words[:4]] == ["Hello", "I", "am", "Avatar"]
    phones = alignment.phones
    assert all(before.end <= after.start + 1e-9 for before, after in pairwise(phones))
    lips = [phone.symbol for phone in phones if phone.symbol in "PBMFV"]
    assert "".join(lips) == "MVVMVMPMVMFVBMPBBBVPPPFPFPB"
    five = next(word for word in alignment.words if word.written == "Five")
    assert 4.7 < five.start < 4.9  # after the longest pause but one
    assert any(pause.start < 4.5 and pause.end > 4.7 for pause in alignment.pauses)


def test_text_closes_every_bilabial(samples: NDArray[np.float32]) -> None:
    phones, head, animator = align(samples, TEXT).phones, BuiltInHead.load(), Animator.load()
    heard = animator.animate(samples, sample_rate=16000, behaviour=None)
    told = animator.animate(samples, sample_rate=16000, behaviour=None, text=TEXT)
    before, after = (demands(mouth_motion(each, head), phones) for each in (heard, told))
    assert after.closure.value == after.at_teeth.value == 1 >= before.closure.value
    assert after.false_closure.value == 0
    lips = [phone for phone in phones if phone.symbol in BILABIAL]
    opening = mouth_motion(told, head).opening
    # In the middle of what is held, not only somewhere in it: P and B part before their segment ends.
    assert all(opening[round(60 * (phone.start + 0.4 * phone.duration))] < 0.5 for phone in lips)


def test_a_slip_of_the_text_stays_where_it_is(samples: NDArray[np.float32], caplog: pytest.LogCaptureFixture) -> None:
    right = {word.written: word for word in align(samples, TEXT).words}
    slips = TEXT.replace("bumpy ", "").replace("a purple", "a wonderful green purple")
    alignment = align(samples, slips)
    words = alignment.words
    assert [word.written for word in words if not word.heard] == ["wonderful", "green"]
    assert "'wonderful' near 6." in caplog.text
    for word in words:
        if word.heard:
            assert abs(word.start - right[word.written].start) < 0.12
    # What the text does not tell is a gap.
    assert not [phone for phone in alignment.phones if 5.3 < phone.start < 5.6]


def test_another_text_is_refused(samples: NDArray[np.float32]) -> None:
    wrong = "Four score and seven years ago our fathers brought forth, on this continent, a new nation."
    with pytest.raises(
        ValueError, match=r"the text is not what the recording says: 1\d of its 16 words are not heard \('\w+' near"
    ):
        align(samples, wrong)


def test_a_text_that_is_far_too_long_is_refused(samples: NDArray[np.float32]) -> None:
    with pytest.raises(ValueError, match=r"of 1000 words does not fit the recording of 1\.0 s"):
        align(samples[:16000], 40 * TEXT)


def test_words_of_no_dictionary_are_aligned(samples: NDArray[np.float32]) -> None:
    words = align(samples, TEXT.replace("bumpy", "bumpeeh").replace("puffin", "puffyn")).words
    assert all(word.heard for word in words)
