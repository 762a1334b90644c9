"""Tracks: what is asked when, from texts and files."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from avatar.behaviour import ALIVE, Behaviour, Posture
from avatar.behaviour.motion import Step, step_curve
from avatar.behaviour.path import Path as MovementPath
from avatar.emotion import EMOTIONS, EmotionKey, EmotionTrack, head_home, in_mood
from avatar.emotion.track import OFFSET, ONSET

HAPPY, SAD = EMOTIONS.index("happy"), EMOTIONS.index("sad")
TIMES = np.arange(0, 6, 1 / 60)


def test_a_text_holds_from_the_first_frame_on() -> None:
    intensities = EmotionTrack.parse("happy:0.7").at(TIMES)
    assert (intensities[:, HAPPY] == 0.7).all()
    assert intensities.sum() == intensities[:, HAPPY].sum()


def test_keys_are_gone_to_with_onset_and_offset_and_held() -> None:
    track = EmotionTrack((EmotionKey(1.0, {"happy": 0.8}), EmotionKey(3.0, {"sad": 0.5})))
    happy, sad = track.at(TIMES)[:, [HAPPY, SAD]].T
    np.testing.assert_allclose(happy[TIMES <= 1.0], 0.0, atol=1e-9)
    np.testing.assert_allclose(happy[(1.0 + ONSET["happy"] <= TIMES) & (TIMES <= 3.0)], 0.8, atol=1e-9)
    np.testing.assert_allclose(happy[3.01 + OFFSET * ONSET["happy"] <= TIMES], 0.0, atol=1e-9)
    np.testing.assert_allclose(sad[3.01 + ONSET["sad"] <= TIMES], 0.5, atol=1e-9)
    assert (np.diff(sad) >= -1e-12).all()
    assert np.abs(np.diff(happy)).max() < 1.9 * 0.8 / ONSET["happy"] / 60  # minimum jerk's peak speed is 1.875


def test_what_gives_way_to_another_emotion_is_gone_when_that_is_there() -> None:
    track = EmotionTrack((EmotionKey(0.0, {"sad": 0.9}), EmotionKey(1.0, {"surprised": 0.9}), EmotionKey(3.0)))
    intensities = track.at(TIMES)
    assert intensities.sum(1).max() <= 0.9 + 1e-9
    there, relaxing = track.at([1.0 + ONSET["surprised"], 3.0 + 0.9 * OFFSET * ONSET["surprised"]])
    assert there[SAD] == 0.0
    assert relaxing[EMOTIONS.index("surprised")] > 0.0  # to neutral it goes slowly


def test_a_transition_of_ones_own_is_kept() -> None:
    track = EmotionTrack((EmotionKey(0.0), EmotionKey(1.0, {"sad": 1.0}, transition=2.0)))
    assert track.at([2.0])[0, SAD] == pytest.approx(0.5)


def test_the_last_key_up_to_zero_is_how_the_face_begins() -> None:
    track = EmotionTrack((EmotionKey(-1.0, {"sad": 1.0}), EmotionKey(0.0, {"happy": 1.0})))
    assert track.at([0.0])[0, [HAPPY, SAD]].tolist() == [1.0, 0.0]


def test_a_dense_track_is_followed_without_leaving_the_range() -> None:
    keys = tuple(EmotionKey(k / 30, {"happy": 0.5 + 0.5 * np.sin(k / 5)}) for k in range(150))
    happy = EmotionTrack(keys).at(TIMES)[:, HAPPY]
    assert happy.min() >= 0.0 and happy.max() <= 1.0
    assert np.ptp(happy[60:240]) > 0.3


def test_pieces_have_the_bits_of_the_whole() -> None:
    track = EmotionTrack((EmotionKey(0.5, {"happy": 0.8}), EmotionKey(0.9, {"sad": 0.5, "afraid": 0.2})))
    whole = track.at(TIMES)
    pieces = [track.at(part) for part in np.split(TIMES, [1, 40, 41, 77])]
    np.testing.assert_array_equal(np.concatenate(pieces), whole)


def test_an_hour_costs_a_frame_no_more_than_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [{"happy": 0.7, "sad": 0.1}, {"sad": 0.5}, {"afraid": 0.9}]
    keys = tuple(EmotionKey(float(k), asked[k % 3], (None, 7.5, 0.2)[k % 5 % 3]) for k in range(3600))
    track, times = EmotionTrack(keys), np.linspace(1700.0, 1720.0, 400)
    whole, looked_at = track.at(times), []

    def counted(times: np.ndarray, steps: Sequence[Step], **options: Any) -> np.ndarray:
        looked_at.append(len(steps))
        return step_curve(times, steps, **options)

    monkeypatch.setattr("avatar.emotion.track.step_curve", counted)
    monkeypatch.delattr("avatar.emotion.track.Step")  # they were made for the whole
    np.testing.assert_array_equal(np.concatenate([track.at([time]) for time in times]), whole)
    assert 0 < max(looked_at) <= 8


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.json", '[{"time": 0, "happy": 0.7}, {"time": 2.5, "emotion": "sad:0.4", "transition": 1.0}]'),
        ("keys.json", '{"keys": [{"time": 2.5, "emotions": {"sad": 0.4}, "transition": 1}, {"time": 0, "joy": 0.7}]}'),
        ("wide.csv", "time,happy,sad,transition\n0,0.7,0,\n2.5,,0.4,1\n"),
        ("named.csv", "Time, Emotion, Intensity, Transition\n0,happy,0.7,\n2.5,sad:0.4,,1.0\n"),
    ],
)
def test_our_files_are_read(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    expected = EmotionTrack((EmotionKey(0.0, {"happy": 0.7}), EmotionKey(2.5, {"sad": 0.4}, 1.0)))
    assert EmotionTrack.read(tmp_path / name) == expected
    assert EmotionTrack.of(str(tmp_path / name)) == expected


@pytest.mark.parametrize("emotion", ["happy+sad:0.4", {"happy": 1.0, "sad": 0.4}])
def test_an_intensity_is_that_of_all_emotions_of_a_key(tmp_path: Path, emotion: str | dict[str, float]) -> None:
    (tmp_path / "a.json").write_text(json.dumps([{"time": 0, "emotion": emotion, "intensity": 0.5}]))
    assert EmotionTrack.read(tmp_path / "a.json").keys[0].mixture == {"happy": 0.5, "sad": 0.2}


def test_what_else_audio2face_tells_is_left_alone(tmp_path: Path) -> None:
    message = {"time_code": 0.5, "emotion": {"joy": 1.0}, "strength": 0.3, "source": "a2e"}
    (tmp_path / "a.json").write_text(json.dumps([message]))
    assert EmotionTrack.read(tmp_path / "a.json").keys == (EmotionKey(0.5, {"happy": 1.0}),)


def test_audio2face_time_codes_are_read(tmp_path: Path) -> None:
    emotions = dict.fromkeys(
        ("amazement", "anger", "cheekiness", "disgust", "fear", "grief", "outofbreath", "pain"), 0.0
    )
    document = {
        "emotion_with_timecode_list": {
            "emotion_with_timecode1": {"time_code": 0.0, "emotions": emotions | {"joy": 1.0, "sadness": 0.0}},
            "emotion_with_timecode2": {"time_code": 1.5, "emotions": emotions | {"joy": 0.0, "sadness": 0.6}},
        }
    }
    expected = EmotionTrack((EmotionKey(0.0, {"happy": 1.0}), EmotionKey(1.5, {"sad": 0.6})))
    (tmp_path / "a2f.json").write_text(json.dumps(document))
    assert EmotionTrack.read(tmp_path / "a2f.json") == expected
    messages = [{"time_code": 0.0, "emotion": {"joy": 1.0}}, {"time_code": 1.5, "emotion": {"sadness": 0.6}}]
    (tmp_path / "wire.json").write_text(json.dumps(messages))
    assert EmotionTrack.read(tmp_path / "wire.json") == expected
    (tmp_path / "out.csv").write_text("time_code,emotion_values.joy,emotion_values.sadness\n0,1,0\n1.5,0,0.6\n")
    assert EmotionTrack.read(tmp_path / "out.csv") == expected
    pytest.importorskip("yaml")
    (tmp_path / "config.yml").write_text(
        "emotion_with_timecode_list:\n  emotion_with_timecode1:\n    time_code: 0.0\n    emotions:\n      joy: 1.0\n"
        "  emotion_with_timecode2:\n    time_code: 1.5\n    emotions: {joy: 0.0, sadness: 0.6}\n"
    )
    assert EmotionTrack.read(tmp_path / "config.yml") == expected


def test_dimensions_in_files_become_emotions(tmp_path: Path) -> None:
    (tmp_path / "vad.csv").write_text("time,valence,arousal,dominance\n0,-0.63,-0.27,-0.33\n1,0.405,0.255,0.23\n")
    first, second = EmotionTrack.read(tmp_path / "vad.csv").keys
    assert first.mixture["sad"] == pytest.approx(1.0, abs=0.02)
    assert second.mixture["happy"] == pytest.approx(0.5, abs=0.02)
    same = EmotionTrack.from_dimensions([0.0, 1.0], [[-0.63, -0.27, -0.33], [0.405, 0.255, 0.23]])
    assert same.keys == (first, second)


def test_what_is_saved_is_read(tmp_path: Path) -> None:
    track = EmotionTrack((EmotionKey(0.0), EmotionKey(1.25, {"sad": 0.3, "calm": 0.2}, 0.7)))
    track.save(tmp_path / "track.json")
    assert EmotionTrack.read(tmp_path / "track.json") == track


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", "{", "a.json is no emotion track"),
        ("a.json", '{"happy": 1}', "expected keys such as"),
        ("a.json", "[]", "expected keys such as"),
        ("a.json", '[{"happy": 1}]', "key 1: its time is missing"),
        ("a.json", '[{"time": 0, "hapy": 1}]', r"key 1: emotion must be one of .*did you mean happy\?"),
        ("a.json", '[{"time": 0, "sad": "much"}]', "key 1: sad must be a number, got 'much'"),
        ("a.json", '[{"time": 0, "sad": 1}, {"time": 0, "happy": 1}]', "must rise"),
        ("a.json", '[{"time": 0, "sad": 1, "transition": 0}]', "transition must be above 0"),
        (
            "a.json",
            '[{"time": 0, "emotion": "sad", "trasition": 2}]',
            "key 1: unknown name 'trasition'; such a key has time, emotion, intensity, transition",
        ),
        ("a.json", '[{"time": 0, "emotions": {"sad": 1}, "trasition": 2}]', "unknown name 'trasition'"),
        ("a.json", '[{"time": 0, "valence": 1, "arousl": 1}]', "'arousl'; such a key has time, valence, arousal, dom"),
        ("a.json", '[{"time": 0, "emotion": "sad", "intensity": 1.5}]', r"intensity must be within 0\.\.1, got 1.5"),
        ("a.csv", "time,emotion,intesity\n0,sad,0.4\n", "unknown name 'intesity'"),
        ("a.csv", "happy,sad\n1,0\n", "needs a column time"),
        ("a.csv", "", "it is empty"),
    ],
)
def test_what_is_no_track_is_refused(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=message):
        EmotionTrack.read(tmp_path / name)


def test_the_head_is_held_as_the_emotion_does() -> None:
    home = head_home(EmotionTrack((EmotionKey(0.0), EmotionKey(2.0, {"sad": 1.0}))))
    np.testing.assert_allclose(home(np.array([0.0, 2.0]))[:, 1], 0.0, atol=1e-9)
    assert home(np.array([9.0]))[0, 1] == pytest.approx(np.radians(6.0))


def test_behaviour_takes_the_mood_but_not_over_a_chosen_home() -> None:
    track = EmotionTrack.parse("sad:1")
    posture = in_mood(ALIVE, track).posture
    assert posture is not None and posture.home == head_home(track)
    chosen = Behaviour(posture=Posture(home=MovementPath.still(0.1, 0.0, 0.0)))
    assert in_mood(chosen, track) is chosen
    assert in_mood(Behaviour(posture=None), track).posture is None
