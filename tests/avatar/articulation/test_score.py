"""Where gestures and contacts lie in time."""

import numpy as np
import pytest

from avatar.articulation.gestures import GESTURES
from avatar.articulation.phones import PHONES, ROUNDED_VOWELS, Phone
from avatar.articulation.score import CONTACT, write_score


def test_every_phone_has_gestures_within_reason() -> None:
    assert set(GESTURES) == set(PHONES)
    for symbol, parts in GESTURES.items():
        for part in parts:
            assert 0 <= part.jaw <= 14 and 0 <= part.opening <= 14, symbol
            assert -7 <= part.width <= 4 and 0 <= part.protrusion <= 6.5 and -2 <= part.lower_lip <= 1, symbol
            assert min(part.tongue_tip, part.tongue_back, part.tongue_out) >= 0, symbol
            assert min(part.hold_opening, part.hold_jaw, part.hold_lips, part.hold_tongue) > 0, symbol


def test_lips_that_go_forward_narrow_the_mouth() -> None:
    for symbol, parts in GESTURES.items():
        for part in parts:
            assert (part.protrusion > 0) == (part.width < 0), symbol
    assert all(GESTURES[symbol][0].protrusion > 0 for symbol in ROUNDED_VOWELS)


def test_jaws_are_as_high_as_measured_ones() -> None:
    jaw = {symbol: parts[0].jaw for symbol, parts in GESTURES.items()}
    assert jaw["S"] == jaw["SH"] < jaw["T"] == jaw["N"] < jaw["L"] < jaw["K"]
    assert jaw["IY"] < jaw["IH"] < jaw["EH"] < jaw["AE"] < jaw["AA"] and jaw["UW"] < jaw["OW"] < jaw["AO"] < jaw["AA"]


def test_the_tongue_comes_out_for_th_alone() -> None:
    out = {symbol for symbol, parts in GESTURES.items() if parts[0].tongue_out > 4}
    assert out == {"TH", "DH"}
    assert all(GESTURES[symbol][0].tongue_tip > 5 for symbol in "TDNL")
    assert all(GESTURES[symbol][0].tongue_back > 5 for symbol in "KG")


def test_weak_vowels_lose_their_shape_when_short() -> None:
    def opening(symbol: str, length: float) -> float:
        return write_score([Phone(symbol, 0.5, 0.5 + length)], 1.0).gestures[1].opening

    assert opening("AH", 0.04) < opening("AH", 0.065) < opening("AH", 0.1) == opening("AH", 0.2)
    assert opening("AE", 0.04) == opening("AE", 0.2)


def test_a_diphthong_makes_two_gestures() -> None:
    score = write_score([Phone("AY", 0.5, 0.7)], 0.7)
    np.testing.assert_allclose(score.spans.start, [0, 0.5, 0.64])
    assert score.gestures[1].opening > score.gestures[2].opening + 3


def test_gaps_are_silence() -> None:
    given_silence = [Phone("SIL", 0, 0.4), Phone("AA", 0.4, 0.6), Phone("SIL", 0.6, 0.8), Phone("SIL", 0.8, 1.2)]
    told, untold = write_score(given_silence, 1.2), write_score([Phone("AA", 0.4, 0.6)], 1.2)
    np.testing.assert_allclose(told.spans.start, untold.spans.start)
    np.testing.assert_allclose(told.rest.start, untold.rest.start)
    assert told.gestures == untold.gestures


def test_overlapping_phones_are_refused() -> None:
    with pytest.raises(ValueError, match=r"phones must follow each other.*'B' at 0\.400 s.*0\.500 s.*sort them"):
        write_score([Phone("AA", 0.1, 0.5), Phone("B", 0.4, 0.6)], 1.0)


@pytest.mark.parametrize("symbol", ["P", "B", "M"])
@pytest.mark.parametrize("length", [0.03, 0.06, 0.2])
def test_lips_are_together_over_the_middle(symbol: str, length: float) -> None:
    lips = write_score(
        [Phone("AA", 0.2, 0.5), Phone(symbol, 0.5, 0.5 + length), Phone("AA", 0.5 + length, 0.9)], 1
    ).lips
    (start,), (end,) = lips.start, lips.end
    assert start <= 0.5 + 0.25 * length and end >= 0.5 + 0.6 * length
    assert end - start >= CONTACT - 1e-9


def test_lips_close_early_while_the_tongue_is_busy() -> None:
    after_vowel = write_score([Phone("AA", 0.2, 0.4), Phone("B", 0.4, 0.5)], 1).lips.start[0]
    after_n = write_score([Phone("N", 0.3, 0.4), Phone("B", 0.4, 0.5)], 1).lips.start[0]
    assert after_n < after_vowel - 0.02


def test_rest_only_in_pauses() -> None:
    def rest(pause: float) -> int:
        phones = [Phone("AA", 0.3, 0.5), Phone("AA", 0.5 + pause, 0.7 + pause)]
        score = write_score(phones, 0.7 + pause)
        return int(((score.rest.start > 0.5) & (score.rest.end < 0.5 + pause)).sum())

    assert rest(0.1) == 0 and rest(0.15) == 0 and rest(0.25) == 1 and rest(1.0) == 1
