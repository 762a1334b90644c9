"""Faces that are steered while they speak."""

import numpy as np
import pytest

from avatar.animation import Animation
from avatar.behaviour import ALIVE, Behaviour, Path, Posture
from avatar.emotion import EmotionKey, EmotionTrack

RATE = 16000
HOP = RATE // 50


def syllables(seconds, seed=0):
    times = np.arange(round(seconds * RATE)) / RATE
    swell = np.sin(np.pi * 4.0 * times) ** 2 * (times % 2.5 < 1.5)
    return (0.5 * swell * np.random.default_rng(seed).uniform(-1, 1, len(times))).astype(np.float32)


def steered(stream, sound, calls):
    """All pieces as one animation; calls [(frames given at least, what to do)] are made between hops of 20 ms."""
    pieces, calls, made = [], list(calls), []
    for start in range(0, len(sound), HOP):
        while calls and stream.frames >= calls[0][0]:
            made.append(stream.frames)
            calls.pop(0)[1]()
        pieces.append(stream.push(sound[start : start + HOP]))
    return Animation.concatenate([*pieces, stream.flush()]), made


@pytest.mark.parametrize("fps", [24.0, 60.0])
def test_what_is_felt_now_is_what_a_track_had_asked_for(animator, fps):
    """To the bit, with long ago changes forgotten: the second is under way when the third comes."""
    sound, stream = syllables(8.0), animator.stream(fps, emotion="calm:0.4", seed=3)
    asked = (
        (1.0, "happy:0.7", {}),
        (4.0, {"sad": 0.8, "surprised": 0.2}, {"transition": 1.5}),
        (4.6, "angry", {}),
        (6.5, "neutral", {"transition": 0.3}),
    )
    calls = [(time * fps, lambda e=e, o=o: stream.feel(e, **o)) for time, e, o in asked]
    live, made = steered(stream, sound, calls)
    keys = [EmotionKey(0.0, {"calm": 0.4})]
    for frame, (_, emotion, options) in zip(made, asked, strict=True):
        keys.append(EmotionKey(frame / fps, EmotionTrack.of(emotion).keys[0].mixture, options.get("transition")))
    options = {"sample_rate": RATE, "fps": fps, "lookahead": 0.2, "seed": 3}
    whole = animator.animate(sound, emotion=EmotionTrack(tuple(keys)), **options)
    np.testing.assert_array_equal(live.weights, whole.weights)


def test_feelings_come_without_a_jump(animator):
    stream = animator.stream(60)
    live, made = steered(
        stream, np.zeros(RATE * 7), [(120, lambda: stream.feel("sad")), (300, lambda: stream.feel("happy:0.8"))]
    )
    plain, _ = steered(animator.stream(60), np.zeros(RATE * 7), [])
    felt = np.asarray(live.weights, np.float64) - plain.weights
    assert not felt[: made[0] + 1].any()
    for name, before, after in (("mouthFrownLeft", 290, 410), ("mouthSmileLeft", 410, 290)):
        column = felt[:, live.space.index(name)]
        assert column[before] > 0.3 and column[after] < 0.05
    pitch = np.degrees(felt[:, live.space.index("headPitch")])
    assert pitch[290] == pytest.approx(6.0, abs=0.01) and pitch[-1] == pytest.approx(-1.2, abs=0.01)
    assert np.abs(np.diff(pitch)).max() < 0.5  # 7.2 degrees in half a second or more: at most 27 a second
    rest = [live.space.index(name) for name in live.space.names if name.startswith(("mouth", "brow", "cheek"))]
    steps = np.abs(np.diff(felt[:, rest], axis=0))
    for frame in made:  # as eased as a change of half a second is
        assert steps[frame].max() < 0.005
    assert steps.max() < 0.07


def test_a_track_is_felt_from_now_on_and_takes_the_others_place(animator):
    first = EmotionTrack((EmotionKey(0.0, {"sad": 0.6}), EmotionKey(3.0, {"angry": 1.0})))
    then = EmotionTrack((EmotionKey(0.5, {"happy": 0.5}), EmotionKey(1.5, {"afraid": 0.5})))
    stream = animator.stream(60, emotion=first)
    live, (frame,) = steered(stream, syllables(6.0), [(60, lambda: stream.feel(then, transition=0.4))])
    now = frame / 60
    keys = (
        first.keys[0],
        EmotionKey(now, {}, 0.4),
        EmotionKey(now + 0.5, {"happy": 0.5}),
        EmotionKey(now + 1.5, {"afraid": 0.5}),
    )
    whole = animator.animate(syllables(6.0), sample_rate=RATE, lookahead=0.2, emotion=EmotionTrack(keys))
    np.testing.assert_array_equal(live.weights, whole.weights)


def test_before_the_first_frame_a_face_begins_so(animator):
    stream = animator.stream(60, emotion="sad")
    stream.feel("angry")
    stream.feel("happy:0.7")
    live, _ = steered(stream, syllables(2.0), [])
    whole = animator.animate(syllables(2.0), sample_rate=RATE, lookahead=0.2, emotion="happy:0.7")
    np.testing.assert_array_equal(live.weights, whole.weights)


def test_hours_of_feelings_take_no_more_memory_than_seconds(animator):
    """Ten feelings a second for a while, then one each second."""
    stream, keys, knots = animator.stream(60), [], []
    for tenth in range(600):
        if tenth < 50 or tenth % 10 == 0:
            stream.feel(("sad:0.8", "happy", "surprised:0.4", "neutral")[tenth // 10 % 4])
        stream.push(np.zeros(RATE // 10))
        stream.look_at(np.sin(stream.seconds), 0.0, 1.0)
        paths = stream._performer.performance
        keys.append(len(stream._expression.track.keys))
        knots.append(len(paths.home.times) + len(paths.focus.times))
    assert max(keys) < 25 and max(keys[100:]) < 6
    assert max(knots) < 400


def test_a_chosen_home_stays_whatever_is_felt(animator):
    chosen = Behaviour(posture=Posture(home=Path.still(0.1, 0.0, 0.0)))
    stream = animator.stream(60, behaviour=chosen)
    live, _ = steered(stream, np.zeros(RATE * 3), [(30, lambda: stream.feel("sad"))])
    plain, _ = steered(animator.stream(60, behaviour=chosen), np.zeros(RATE * 3), [])
    np.testing.assert_array_equal(live["headPitch"], plain["headPitch"])
    assert live["mouthFrownLeft"][-1] > 0.3


@pytest.mark.parametrize("behaviour", [None, Behaviour(posture=None, gaze=None)])
def test_faces_without_a_head_that_moves_feel_too(animator, behaviour):
    stream = animator.stream(60, behaviour=behaviour)
    live, _ = steered(stream, np.zeros(RATE * 3), [(30, lambda: stream.feel("sad"))])
    assert live["mouthFrownLeft"][-1] > 0.3
    with pytest.raises(ValueError, match=r"look_at needs .* behaves?;"):
        animator.stream(60, behaviour=behaviour).look_at(0.0, 0.0, 1.0)


def test_eyes_turn_to_a_point_from_the_next_frame_on(animator):
    stream = animator.stream(60)
    live, (frame,) = steered(stream, np.zeros(RATE * 3), [(60, lambda: stream.look_at(0.5, 0.0, 1.0))])
    plain, _ = steered(animator.stream(60), np.zeros(RATE * 3), [])
    np.testing.assert_array_equal(live.weights[: frame + 1], plain.weights[: frame + 1])
    assert live["eyeLookOutLeft"][frame] < 0.2 and live["eyeLookOutLeft"][frame + 12] > 0.6


def test_refused_steering_changes_nothing(animator):
    stream, sound = animator.stream(60), syllables(1.0)
    pieces = [stream.push(sound[:8000])]
    for call, message in (
        (lambda: stream.look_at(0.0, 1.0), "look_at needs a point"),
        (lambda: stream.feel("hapy"), "did you mean happy"),
        (lambda: stream.feel("happy", transition=0.0), "transition must be above 0 seconds, got 0"),
        (lambda: stream.feel("auto"), "heard in a whole recording"),
        (lambda: stream.feel({"sad": 2.0}), r"within 0\.\.1"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    pieces += [stream.push(sound[8000:]), stream.flush()]
    whole = animator.animate(sound, sample_rate=RATE, lookahead=0.2)
    np.testing.assert_array_equal(Animation.concatenate(pieces).weights, whole.weights)
    for call in (lambda: stream.look_at(0.0, 0.0, 1.0), lambda: stream.feel("sad")):
        with pytest.raises(ValueError, match="the stream was flushed"):
            call()


def test_a_stream_without_an_expression_says_so(animator):
    from avatar.streaming import AnimationStream

    stream = AnimationStream(animator._model.stream(0.2), ("jawOpen", "mouthPucker"), 60.0, behaviour=ALIVE)
    with pytest.raises(ValueError, match=r"feel needs .* an expression; make the stream with Animator\.stream"):
        stream.feel("sad")
