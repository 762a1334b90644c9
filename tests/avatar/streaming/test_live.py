"""The live loop on a clock and a source that are played: hours pass in a moment."""

import logging

import numpy as np
import pytest

from avatar.animation import Animation
from avatar.streaming.live import HOP, LATEST, STALL, LiveFace

RATE, FPS = 16000, 60.0


class Clock:
    def __init__(self):
        self.now = 1e6

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        assert seconds > 0
        self.now += seconds


class Script:
    """An inlet of which the sound comes at fixed instants."""

    def __init__(self, clock, arrivals, *, live=True):
        self.clock, self.live, self.skipped = clock, live, 0.0
        self.arrivals = [(clock.now + instant, samples) for instant, samples in arrivals]
        self.queue = np.zeros(0, np.float32)

    def arrive(self):
        while self.arrivals and self.arrivals[0][0] <= self.clock.now:
            self.queue = np.concatenate([self.queue, self.arrivals.pop(0)[1]])

    @property
    def waiting(self):
        self.arrive()
        return len(self.queue) / RATE

    @property
    def ended(self):
        return not self.arrivals and not len(self.queue)

    def take(self, seconds, *, timeout):
        if not self.waiting and self.arrivals:
            self.clock.now = min(max(self.arrivals[0][0], self.clock.now), self.clock.now + timeout)
        self.arrive()
        return self.remove(seconds)

    def skip(self, seconds):
        self.skipped += len(self.remove(seconds)) / RATE

    def remove(self, seconds):
        count = round(seconds * RATE)
        taken, self.queue = self.queue[:count], self.queue[count:]
        return taken


class Screen:
    """A sink that notes when each frame came."""

    def __init__(self, clock):
        self.clock, self.pieces, self.times, self.closed = clock, [], [], False

    def send(self, animation, first):
        assert first == len(self.times)
        self.pieces.append(animation)
        self.times += [self.clock.now - 1e6] * len(animation)

    @property
    def shown(self):
        return Animation.concatenate(self.pieces)


def speech(seconds, level=0.6):
    """Two syllables a second, never quite silent."""
    t = np.arange(round(seconds * RATE)) / RATE
    return (level * (0.55 - 0.45 * np.cos(4 * np.pi * t)) * np.sign(np.sin(700 * t))).astype(np.float32)


def blocks(sound, *, start=0.0, size=0.01, speed=1.0):
    """The sound as a device hands it over: each block when it was spoken."""
    step = round(size * RATE)
    parts = np.split(sound, range(step, len(sound), step))
    return [(start + (k + 1) * size / speed, part) for k, part in enumerate(parts)]


@pytest.fixture
def play(animator):
    """Run a script; gives screen and progress."""

    def run(arrivals, *, live=True, clock=None, stream=None, stop=None, **options):
        clock = clock or Clock()
        screen = Screen(clock)
        stream = stream or animator.stream(FPS, lookahead=0.1, behaviour=None)
        face = LiveFace(Script(clock, arrivals, live=live), stream, [screen], clock=clock, sleep=clock.sleep, **options)
        return screen, face.run(stop or (lambda: False))

    return run


def offline(animator, sound):
    return animator.animate(sound, sample_rate=RATE, fps=FPS, lookahead=0.1, behaviour=None).weights


def test_frames_go_when_their_sound_comes(animator, play):
    sound = speech(5)
    screen, done = play(blocks(sound))
    np.testing.assert_array_equal(screen.shown.weights, offline(animator, sound))
    late = np.array(screen.times) - np.arange(len(screen.times)) / FPS
    assert late[:-10].min() > 0.1 and late.max() < 0.1 + 0.04 + 0.02
    assert (done.frames, done.seconds, done.rested, done.skipped) == (300, 5.0, 0.0, 0.0)


@pytest.mark.parametrize("speed", [0.99, 1.01])
def test_the_clock_is_the_sounds(animator, play, speed):
    """A device whose clock is 1 % wrong: after a minute frames are no later than at the start, and none is missing."""
    sound = speech(60)
    screen, _ = play(blocks(sound, size=0.02, speed=speed))
    late = np.array(screen.times) - np.arange(len(screen.times)) / FPS / speed
    assert late[:-10].min() > 0.1 and late.max() < 0.17
    np.testing.assert_array_equal(screen.shown.weights, offline(animator, sound))


def test_sound_that_is_there_before_its_time_is_held_back(animator, play):
    sound = speech(5)
    screen, done = play([(0.0, sound)], live=False)
    np.testing.assert_array_equal(screen.shown.weights, offline(animator, sound))
    late = np.array(screen.times) - np.arange(len(screen.times)) / FPS
    assert late[:-10].min() > 0.1 - HOP and late.max() < 0.16 and done.skipped == 0.0


def test_sound_in_lumps_is_shown_evenly(play):
    screen, _ = play(blocks(speech(5), size=0.125), live=False)
    steps = np.diff(screen.times)
    assert steps[20:-20].max() < 0.041


def test_without_a_viewer_the_sounds_own_time_is_all_that_counts(animator, play):
    sound = speech(20)
    screen, done = play([(0.0, sound[:40000]), (60.0, sound[40000:])], live=False, realtime=False)
    np.testing.assert_array_equal(screen.shown.weights, offline(animator, sound))
    assert done.rested == 0.0 and max(screen.times) < 60.1


@pytest.mark.parametrize("live", [True, False])
def test_a_stall_brings_the_face_to_rest_and_back(play, caplog, live):
    caplog.set_level(logging.INFO, "avatar")
    screen, done = play([*blocks(speech(2)), *blocks(speech(2), start=9.0)], live=live)
    times, jaw = np.array(screen.times), screen.shown["jawOpen"]
    assert np.diff(times).max() < STALL + 0.05, "frames go on while no sound comes"
    assert jaw[times < 1.9].max() > 0.8 and jaw[times > 9.3].max() > 0.8
    assert not jaw[(times > 2.5) & (times < 9.0)].any()
    assert done.rested == pytest.approx(7.0, abs=STALL) and len(times) == pytest.approx(11 * FPS, abs=STALL * FPS)
    said = [record.getMessage() for record in caplog.records]
    assert said == ["no sound comes; the face rests until it does", "sound again, after 7 s"]


def test_short_gaps_are_no_stall(animator, play):
    sound = speech(2)
    first, second = sound[:16000], sound[16000:]
    screen, done = play([*blocks(first), *blocks(second, start=1.15)])
    np.testing.assert_array_equal(screen.shown.weights, offline(animator, sound))
    assert done.rested == 0.0


def test_a_face_waits_for_the_first_sound(play):
    screen, done = play(blocks(speech(1), start=5.0))
    assert done.rested == pytest.approx(5.0, abs=0.05)
    assert not screen.shown["jawOpen"][:290].any() and screen.shown["jawOpen"][310:].max() > 0.8


def test_hours_asleep_are_not_made_up_for(play):
    clock = Clock()

    def stop():
        if 1e6 + 3 < clock.now < 1e6 + 4:
            clock.now += 7200.0
        return clock.now > 1e6 + 7210

    screen, done = play([*blocks(speech(2)), (8000.0, speech(1))], clock=clock, stop=stop)
    assert done.seconds < 15 and len(screen.times) < 15 * FPS


class Slow:
    """A computer that needs twice the time."""

    def __init__(self, stream, clock):
        self.stream, self.clock, self.sample_rate = stream, clock, RATE

    def push(self, samples):
        self.clock.now += 2 * len(samples) / RATE
        return self.stream.push(samples)

    def __getattr__(self, name):
        return getattr(self.stream, name)


def test_a_slow_computer_skips_and_says_so(animator, play, caplog):
    clock = Clock()
    stream = Slow(animator.stream(FPS, lookahead=0.1), clock)
    screen, done = play([(0.0, speech(40))], live=False, clock=clock, stream=stream)
    assert done.skipped == pytest.approx(20, abs=1)
    assert screen.times[-1] == pytest.approx(40, abs=2 * LATEST), "the face keeps up with the sound"
    warnings = [record.getMessage() for record in caplog.records]
    assert 2 <= len(warnings) <= 5 and all(text.startswith("fell behind the sound: skipped ") for text in warnings)


def test_a_stop_ends_what_was_heard(animator, play):
    clock, sound = Clock(), speech(5)
    screen, done = play(blocks(sound), clock=clock, stop=lambda: clock.now > 1e6 + 2)
    heard = round(done.seconds * RATE)
    assert 1.9 * RATE < heard < 2.1 * RATE
    np.testing.assert_array_equal(screen.shown.weights, offline(animator, sound[:heard]))


def test_a_sink_that_broke_is_reported(animator):
    class Broken:
        def send(self, animation, first):
            raise BrokenPipeError

    clock = Clock()
    face = LiveFace(Script(clock, blocks(speech(1))), animator.stream(FPS), [Broken()], clock=clock)
    with pytest.raises(BrokenPipeError):
        face.run()


def test_progress_is_told_every_second(play):
    told = []
    play(blocks(speech(5.5)), report=told.append)
    assert len(told) == 5
    assert [progress.seconds for progress in told] == pytest.approx([1, 2, 3, 4, 5], abs=0.1)
    assert all(0 < progress.hop <= progress.slowest and progress.skipped == 0 for progress in told)
    assert [progress.frames for progress in told] == pytest.approx([54, 114, 174, 234, 294], abs=6)
