"""The articulation model's promises, measured in millimetres on the built-in head."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatar.animation import Animation
from avatar.articulation import Phone, Style, articulate
from avatar.articulation.phones import BILABIAL, LABIODENTAL, OPEN_VOWELS, PHONES
from avatar.articulation.score import write_score
from avatar.articulation.tracks import play
from avatar.controls import ARKIT
from avatar.evaluation.contacts import demands
from avatar.evaluation.motion import MouthMotion, mouth_motion
from avatar.rigs import BuiltInHead

# "Maybe five big people moved above the farm by water." with everyday lengths in ms.
SENTENCE = (
    "SIL 400 M 70 EY 110 B 60 IY 60 F 110 AY 160 V 50 B 70 IH 60 G 60 P 90 IY 70 P 70 AH 60 L 60 M 70 UW 100 V 60 D 40 "
    "AH 50 B 60 AH 70 V 60 DH 40 AH 50 F 100 AA 130 R 60 M 80 B 60 AY 130 W 60 AO 120 T 50 ER 150 SIL 500"
)
WORDS = SENTENCE.split()


def sentence(rate: float = 1.0) -> list[Phone]:
    """The sentence spoken `rate` times as fast; the silences keep their length."""
    phones, now = [], 0.0
    for symbol, length in zip(WORDS[::2], WORDS[1::2], strict=True):
        end = now + float(length) / 1000 / (1 if symbol == "SIL" else rate)
        phones.append(Phone(symbol, now, end))
        now = end
    return phones


def say(*words: tuple[str, float]) -> list[Phone]:
    """Phones with lengths in seconds, after half a second of silence."""
    phones, now = [], 0.5
    for symbol, length in words:
        phones.append(Phone(symbol, now, now + length))
        now += length
    return phones


@pytest.fixture(scope="module")
def head() -> BuiltInHead:
    return BuiltInHead.load()


def at(motion: MouthMotion, curve: np.ndarray, time: float) -> float:
    return float(np.interp(time, motion.times, curve))


@settings(max_examples=12, deadline=None)
@given(rate=st.floats(0.5, 3.0), fps=st.sampled_from([50.0, 60.0]))
def test_contacts_hold_at_any_speech_rate(head: BuiltInHead, rate: float, fps: float) -> None:
    phones = sentence(rate)
    found = demands(mouth_motion(articulate(phones, fps=fps), head), phones)
    assert found.closure.count == 9 and found.closure.value == 1
    assert found.at_teeth.count == 5
    # Far beyond human speech an F may share its 20 ms with a neighbouring P.
    assert found.at_teeth.value == 1 or rate > 2
    assert found.false_closure.value == 0 or rate > 2


@pytest.mark.parametrize("fps", [50.0, 60.0])
@pytest.mark.parametrize("symbol", sorted(BILABIAL | LABIODENTAL))
@pytest.mark.parametrize("vowel", ["AA", "IY", "UW"])
def test_a_contact_of_30_ms_shows_on_a_frame(head: BuiltInHead, fps: float, symbol: str, vowel: str) -> None:
    for offset in np.linspace(0, 1 / fps, 5):
        phones = [phone.shifted(offset) for phone in say((vowel, 0.15), (symbol, 0.03), (vowel, 0.15))]
        motion = mouth_motion(articulate(phones, fps=fps, duration=1.5), head)
        inside = (motion.times >= phones[1].start - 0.006) & (motion.times <= phones[1].end + 0.006)
        reached = motion.opening if symbol in BILABIAL else motion.lower_lip_to_teeth
        assert reached[inside].min() < (0.3 if symbol in BILABIAL else 2.0)


def test_open_vowels_open_and_close_ones_do_not_gape(head: BuiltInHead) -> None:
    def opening(vowel: str) -> float:
        phones = say(("T", 0.08), (vowel, 0.2), ("T", 0.08))
        return at(m := mouth_motion(articulate(phones, duration=1.5), head), m.opening, 0.68)

    assert 9 < opening("AA") < 15 and 9 < opening("AE") < 15
    assert 5 < opening("IY") < 9 and 3 < opening("UW") < 6
    assert opening("AA") > opening("EH") > opening("IY") > opening("UW")


def test_faster_speech_opens_less(head: BuiltInHead) -> None:
    def widest(length: float) -> float:
        phones = say(("T", length), ("AA", length), ("T", length))
        return float(mouth_motion(articulate(phones, duration=1.5), head).opening.max())

    assert widest(0.05) < widest(0.1) < widest(0.2)
    assert widest(0.05) > 3


def test_silence_is_closed_and_still(head: BuiltInHead) -> None:
    animation = articulate(sentence(), fps=60)
    motion = mouth_motion(animation, head)
    end = animation.duration - 0.5
    assert motion.opening[motion.times < 0.27].max() < 0.5
    assert motion.opening[motion.times > end + 0.14].max() < 0.5
    assert not animation.weights[motion.times > end + 0.14].any()


def test_the_mouth_opens_before_speech_and_closes_after_it(head: BuiltInHead) -> None:
    phones = say(("AA", 0.3))
    motion = mouth_motion(articulate(phones, duration=1.5, fps=100), head)
    assert at(motion, motion.opening, 0.36) < 0.5 < at(motion, motion.opening, 0.49)
    assert at(motion, motion.opening, 0.80) > 2 and at(motion, motion.opening, 0.95) < 0.5


def test_a_short_pause_does_not_close(head: BuiltInHead) -> None:
    phones = say(("AA", 0.2), ("SIL", 0.12), ("AA", 0.2))
    motion = mouth_motion(articulate(phones, duration=1.5), head)
    assert 0.5 < at(motion, motion.opening, 0.76) < 8


@pytest.mark.parametrize("rounded", ["UW", "W", "OW"])
def test_rounding_begins_before_the_sound(head: BuiltInHead, rounded: str) -> None:
    phones = say(("IY", 0.2), ("T", 0.08), (rounded, 0.2), ("T", 0.08))
    motion = mouth_motion(articulate(phones, duration=1.5, fps=100), head)
    start = phones[2].start
    full = at(motion, motion.protrusion, start + 0.1)
    assert full > 2.5
    assert at(motion, motion.protrusion, start - 0.2) < 0.15 * full
    assert at(motion, motion.protrusion, start) > 0.4 * full
    assert motion.width[round(100 * (start + 0.1))] < motion.width[0] - 3


def test_rounding_is_prepared_through_consonants_but_not_through_spread_vowels(head: BuiltInHead) -> None:
    def ahead(*before: tuple[str, float]) -> float:
        """Protrusion 0.12 s before the rounded vowel, as a share of that in it."""
        phones = say(("AA", 0.2), *before, ("UW", 0.2), ("T", 0.08))
        motion = mouth_motion(articulate(phones, duration=1.8, fps=100), head)
        start = phones[-2].start
        return at(motion, motion.protrusion, start - 0.12) / at(motion, motion.protrusion, start + 0.1)

    free, blocked = ahead(("T", 0.1), ("K", 0.1)), ahead(("IY", 0.2))
    assert free > 0.3 and blocked < 0.5 * free


def test_the_jaw_is_slower_than_the_lips() -> None:
    score = write_score(say(("T", 0.1), ("AA", 0.2), ("T", 0.1)), 1.5)
    tracks = play(score, 1500, 1000.0)
    longest = [np.abs(np.diff(curve / curve.max())).max() for curve in (tracks.jaw, tracks.opening)]
    assert longest[0] < 0.85 * longest[1]


def test_diphthongs_glide_late(head: BuiltInHead) -> None:
    (phone,) = phones = say(("AY", 0.3))
    motion = mouth_motion(articulate(phones, duration=1.3, fps=100), head)
    middle, end = (at(motion, motion.opening, phone.start + share * phone.duration) for share in (0.5, 0.9))
    assert middle > 0.9 * motion.opening.max() and end < 0.65 * motion.opening.max()


def test_the_tongue_shows_in_th_and_hides_behind_closed_lips() -> None:
    phones = say(("TH", 0.12), ("IY", 0.1), ("M", 0.08), ("T", 0.08), ("AA", 0.15))
    out = articulate(phones, duration=1.5, fps=100)["tongueOut"]
    inside = {phone.symbol: out[round(100 * (phone.start + phone.end) / 2)] for phone in phones}
    assert inside["TH"] > 0.15 and inside["M"] == 0
    assert 0 < inside["T"] < 0.1 and inside["AA"] < 0.02


def test_lips_near_each_other_do_not_close(head: BuiltInHead) -> None:
    motion = mouth_motion(articulate(say(("AA", 0.15), ("BH", 0.07), ("AA", 0.15)), duration=1.4, fps=100), head)
    assert 1 < motion.opening[65:72].min() < 4


def test_rounding_goes_on_through_closed_lips(head: BuiltInHead) -> None:
    rounded, spread = (
        mouth_motion(articulate(say(("M", 0.1), (vowel, 0.2)), duration=1.2), head) for vowel in ("UW", "IY")
    )
    assert rounded.width[28] < spread.width[28] - 2


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(PHONES), st.floats(0.03, 0.3)), min_size=1, max_size=25),
    st.sampled_from([25.0, 30.0, 50.0, 60.0]),
)
def test_any_phones_give_valid_curves(words: list[tuple[str, float]], fps: float) -> None:
    animation = articulate(say(*words), fps=fps)
    assert animation.weights.dtype == np.float32 and np.isfinite(animation.weights).all()
    assert not animation.out_of_range()
    mouth = [name.startswith(("jaw", "mouth", "tongue")) for name in ARKIT.names]
    assert not animation.weights[:, ~np.array(mouth)].any()


def test_curves_are_smooth() -> None:
    # Without the V and B of "five big", between which the lip has a frame's time.
    animation = articulate(sentence()[8:], fps=60)
    change = np.abs(np.diff(animation.weights, axis=0))
    assert change[:, ARKIT.index("jawOpen")].max() < 0.07
    assert change.max() < 0.55


def test_the_frame_rate_hardly_matters() -> None:
    fine, coarse = articulate(sentence(), fps=100), articulate(sentence(), fps=50)
    np.testing.assert_allclose(fine.weights[::2][: len(coarse)], coarse.weights, atol=2e-3)


def test_the_same_phones_give_the_same_curves() -> None:
    assert np.array_equal(articulate(sentence()).weights, articulate(sentence()).weights)


def test_a_phone_matters_only_nearby() -> None:
    phones = say(*[("AA", 0.1)] * 30)
    changed = [*phones[:15], replace(phones[15], symbol="UW"), *phones[16:]]
    one, other = articulate(phones), articulate(changed)
    moved = np.flatnonzero(np.abs(one.weights - other.weights).max(1) > 1e-6) / 50
    assert moved.min() > phones[15].start - 0.45 and moved.max() < phones[15].end + 0.45


class TestStyle:
    """Jaw and lips are separable."""

    def test_no_jaw_leaves_lips_and_closures(self, head: BuiltInHead) -> None:
        phones = sentence()
        clenched = articulate(phones, style=Style(jaw=0))
        assert not clenched["jawOpen"][clenched["mouthRollLower"] == 0].any()
        assert clenched["mouthPucker"].max() > 0.3
        assert demands(mouth_motion(clenched, head), phones).closure.value == 1

    def test_no_lips_leaves_jaw_and_closures(self, head: BuiltInHead) -> None:
        phones = sentence()
        mumbled = articulate(phones, style=Style(lips=0))
        spoken = articulate(phones)
        for shape in ("mouthPucker", "mouthFunnel"):
            assert mumbled[shape].max() < 0.15 * spoken[shape].max()
        assert mumbled["jawOpen"].max() > 0.15
        found = demands(mouth_motion(mumbled, head), phones)
        assert found.closure.value == 1 and found.at_teeth.value == 1

    def test_unusual_factors_are_refused(self) -> None:
        with pytest.raises(ValueError, match=r"jaw must be a factor 0\.\.2, got 3"):
            Style(jaw=3)


def test_loudness_opens_vowels_but_no_closures(head: BuiltInHead) -> None:
    phones = sentence()
    normal = articulate(phones)
    quiet_level, loud_level = np.full(len(normal), -10.0), np.full(len(normal), 10.0)
    quiet, loud = articulate(phones, loudness=quiet_level), articulate(phones, loudness=loud_level)
    measured = [mouth_motion(each, head) for each in (quiet, normal, loud)]
    widest = [motion.opening.max() for motion in measured]
    assert 1 < widest[1] - widest[0] < 2 and 1 < widest[2] - widest[1] < 2
    for motion in measured:
        found = demands(motion, phones)
        assert found.closure.value == 1 and found.at_teeth.value == 1 and found.false_closure.value == 0
    assert np.array_equal(articulate(phones, loudness=np.zeros(len(normal))).weights, normal.weights)
    assert np.array_equal(
        articulate(phones, loudness=loud_level + 90).weights,
        articulate(phones, loudness=np.full(len(normal), 12.0)).weights,
    )


def test_length_follows_duration() -> None:
    assert len(articulate([Phone("AA", 0, 1)], fps=50)) == 50
    assert len(articulate([Phone("AA", 0, 1)], fps=60, duration=2.5)) == 150
    assert len(articulate([], fps=50, duration=1)) == 50
    assert isinstance(articulate([], duration=1), Animation)
    assert len(articulate([], duration=1e-6)) == len(articulate([Phone("P", 0, 1e-6)])) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"fps": 0}, "fps must be a number above 0, got 0"),
        ({"duration": -1.0}, "duration must be seconds above 0, got -1.0"),
        ({"duration": float("nan")}, "duration must be seconds above 0, got nan"),
        ({"loudness": np.ones(3)}, r"loudness must be \[25\], in dB at each frame, got \[3\]"),
        ({"loudness": np.full(25, np.nan)}, "loudness must be finite dB, got nan at frame 0"),
    ],
)
def test_bad_arguments_are_named(arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        articulate([Phone("AA", 0, 0.5)], **arguments)


def test_nothing_to_say_without_a_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="give it, or at least one phone"):
        articulate([])


def test_open_vowels_are_not_closed_between_closures(head: BuiltInHead) -> None:
    for vowel in sorted(OPEN_VOWELS):
        phones = say(("B", 0.06), (vowel, 0.07), ("P", 0.06))
        assert demands(mouth_motion(articulate(phones), head), phones).false_closure.value == 0
