import numpy as np
import pytest

from avatar.behaviour import Behaviour, Blinks, perform
from avatar.behaviour.blinks import APART, BlinkLayer
from avatar.behaviour.moments import Kind, Moment
from avatar.behaviour.voice import TICKS, LoudnessStream

MINUTES = 10


def alone(**options):
    return Behaviour(blinks=Blinks(**options), gaze=None, posture=None, nods=None, brows=None, breath=None)


@pytest.fixture(scope="module")
def speaking(talk):
    return talk(60.0 * MINUTES, seed=1)


@pytest.fixture(scope="module")
def blinks(speaking):
    return perform(speaking, 60.0 * MINUTES, behaviour=alone(), seed=1).blinks


def test_rate_is_as_asked_while_speaking_and_listening(blinks, speaking):
    assert len(blinks) / MINUTES == pytest.approx(26.0, rel=0.15)
    assert len(perform(None, 600.0, behaviour=alone(), seed=1).blinks) / 10 == pytest.approx(17.0, rel=0.15)
    quick = perform(speaking, 600.0, behaviour=alone(speaking=40.0), seed=1).blinks
    assert len(quick) / MINUTES == pytest.approx(40.0, rel=0.15)


def test_blinks_are_as_long_as_peoples_and_close_faster_than_they_open(blinks):
    lengths = np.array([blink.end - blink.start for blink in blinks])
    assert lengths.mean() == pytest.approx(0.32, abs=0.02) and lengths.min() > 0.2 and lengths.max() < 0.45
    assert np.mean([blink.fall / blink.rise for blink in blinks]) > 2.0
    assert all(blink.fall > blink.rise for blink in blinks)


def test_blinks_do_not_overlap_and_are_not_even(blinks):
    gaps = np.diff([blink.start for blink in blinks])
    assert gaps.min() >= APART - 1e-9
    assert 0.5 < gaps.std() / gaps.mean() < 1.0


def test_pauses_draw_blinks(blinks, speaking):
    loudness = LoudnessStream().push(speaking.samples)
    pause = np.array([loudness[int(blink.start * TICKS)] < -55.0 for blink in blinks])
    evenly = perform(speaking, 600.0, behaviour=alone(at_pauses=0.0), seed=1).blinks
    by_chance = np.array([loudness[int(blink.start * TICKS)] < -55.0 for blink in evenly])
    assert pause.mean() > 1.4 * by_chance.mean()


def test_some_blinks_stay_open_a_little(blinks, speaking):
    assert 0.04 < np.mean([blink.size[0] < 1.0 for blink in blinks]) < 0.2
    assert {blink.size for blink in perform(speaking, 60.0, behaviour=alone(partial=0.0)).blinks} == {(1.0,)}


def test_far_looks_take_a_blink_along_and_near_ones_do_not():
    for angle, wanted in ((0.6, 0.97), (0.1, 0.0)):
        taken = 0
        for seed in range(100):
            layer = BlinkLayer(Blinks(listening=30.0), seed=seed)
            layer.advance(5.0)
            before = len(layer.pulses)
            layer.hear(Moment(Kind.LOOK, 5.0, 5.0, angle))
            taken += len(layer.pulses) > before
        assert taken >= 60 if wanted else taken == 0


def test_a_blink_brought_forward_is_not_one_more():
    with_pauses, without = (
        sum(len(pulses) for pulses in (run(at) for at in range(20))) for run in (_with_pauses, _without_pauses)
    )
    assert with_pauses == pytest.approx(without, rel=0.06)


def _with_pauses(seed, at_pauses=1.0):
    layer = BlinkLayer(Blinks(at_pauses=at_pauses), seed=seed)
    for time in np.arange(1.0, 300.0, 2.1).tolist():
        layer.advance(time)
        layer.hear(Moment(Kind.PAUSE, time, time))
    return layer.pulses


def _without_pauses(seed):
    return _with_pauses(seed, at_pauses=0.0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"speaking": 0.0}, "speaking must be within 0"),
        ({"listening": 90.0}, "60 blinks a minute, got 90"),
        ({"partial": -0.1}, "partial must be a share within 0 and 1, got -0.1"),
        ({"at_pauses": float("nan")}, "at_pauses"),
    ],
)
def test_options_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        Blinks(**options)
