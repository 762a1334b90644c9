import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatar.animation import Animation
from avatar.controls import ARKIT
from avatar.export import export
from avatar.export.livelink import COLUMNS, CONTROLS, read, timecode


def test_columns_are_the_apps_63():
    assert len(COLUMNS) == 63
    assert COLUMNS[:3] == ("Timecode", "BlendshapeCount", "EyeBlinkLeft")
    assert COLUMNS[16:24] == (
        "JawForward",
        "JawRight",
        "JawLeft",
        "JawOpen",
        "MouthClose",
        "MouthFunnel",
        "MouthPucker",
        "MouthRight",
    )
    assert COLUMNS[24] == "MouthLeft" and COLUMNS[53] == "TongueOut"
    assert COLUMNS[54:57] == ("HeadYaw", "HeadPitch", "HeadRoll")
    assert COLUMNS[57:] == tuple(f"{eye}Eye{axis}" for eye in ("Left", "Right") for axis in ("Yaw", "Pitch", "Roll"))
    assert sorted(CONTROLS) == sorted(ARKIT.names)


def test_rows_are_what_the_app_writes(tmp_path):
    animation = Animation.from_curves(ARKIT, {"jawOpen": [0.0, 0.25], "jawLeft": [0.5, 0.5]}, 60)
    export(animation, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    assert tuple(header) == COLUMNS
    assert [row[0] for row in rows] == ["00:00:00:00.000", "00:00:00:01.000"]
    assert {row[1] for row in rows} == {"61"}
    assert [row[header.index("JawOpen")] for row in rows] == ["0.00000000", "0.25000000"]
    assert [row[header.index("JawLeft")] for row in rows] == ["0.50000000"] * 2
    assert all(len(row) == 63 for row in rows)


@pytest.mark.parametrize(
    ("time", "fps", "code"),
    [
        (0, 60, "00:00:00:00.000"),
        (59 / 60, 60, "00:00:00:59.000"),
        (1.0, 60, "00:00:01:00.000"),
        (0.1 + 0.2 + 0.7, 30, "00:00:01:00.000"),
        (3661 + 5 / 60, 60, "01:01:01:05.000"),
        (1.0, 29.97, "00:00:01:00.000"),
        (30 / 29.97, 29.97, "00:00:01:00.030"),
    ],
)
def test_timecode(time, fps, code):
    assert timecode(time, fps) == code


@settings(deadline=None, max_examples=30)
@given(
    fps=st.sampled_from([24.0, 25.0, 30.0, 50.0, 60.0, 120.0, 30000 / 1001, 24000 / 1001]),
    seconds=st.floats(1.2, 4),
    seed=st.integers(0, 99),
)
def test_read_gives_back_what_was_written(fps, seconds, seed, tmp_path_factory):
    weights = np.random.default_rng(seed).uniform(-1, 1, (round(seconds * fps), len(ARKIT)))
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    export(Animation(ARKIT, weights, fps), path)
    back = read(path)
    assert back.fps == pytest.approx(fps, abs=1e-9)
    # At broken rates the timecode's three decimals move frames by up to 20 microseconds.
    np.testing.assert_allclose(back.weights, weights, atol=1e-7 if fps == round(fps) else 2e-3)


def test_short_clips_need_the_rate_or_get_60(tmp_path):
    animation = Animation.from_curves(ARKIT, {"jawOpen": [0.1, 0.2, 0.3]}, 25)
    export(animation, tmp_path / "a.csv")
    assert read(tmp_path / "a.csv").fps == 60
    again = read(tmp_path / "a.csv", fps=25)
    assert again.fps == 25
    np.testing.assert_allclose(again["jawOpen"], [0.1, 0.2, 0.3], atol=1e-7)


def rewrite(path, change):
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(change(rows))


@pytest.fixture
def clip(tmp_path):
    values = np.linspace(0, 1, 120)
    export(Animation.from_curves(ARKIT, {"jawOpen": values, "headYaw": values}, 60), tmp_path / "a.csv")
    return tmp_path / "a.csv"


def test_columns_are_found_by_name(clip):
    rewrite(clip, lambda rows: [row[:2] + row[:1:-1] for row in rows])
    np.testing.assert_allclose(read(clip)["jawOpen"], np.linspace(0, 1, 120), atol=1e-7)


def test_missing_columns_stay_neutral_and_names_ignore_case(clip):
    rewrite(clip, lambda rows: [[row[0], row[1], row[COLUMNS.index("JawOpen")]] for row in rows])
    rewrite(clip, lambda rows: [["timecode", "BlendShapeCount", "jawOpen"], *rows[1:]])
    animation = read(clip)
    np.testing.assert_allclose(animation["jawOpen"], np.linspace(0, 1, 120), atol=1e-7)
    assert not animation["headYaw"].any()


def test_dropped_frames_are_filled_in(clip):
    rewrite(clip, lambda rows: rows[:30] + rows[33:80] + rows[81:])
    animation = read(clip)
    assert len(animation) == 120 and animation.fps == 60
    np.testing.assert_allclose(animation["jawOpen"], np.linspace(0, 1, 120), atol=1e-6)


def test_recordings_start_at_any_time_of_day(clip):
    rewrite(clip, lambda rows: [rows[0], *(["14:03:5" + row[0][7:], *row[1:]] for row in rows[1:])])
    assert len(read(clip)) == 120


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows[:1], "holds no frames"),
        (lambda rows: [["a", "b"], *rows[1:]], "must name Timecode and curves"),
        (lambda rows: [], "must name Timecode and curves"),
        (lambda rows: [*rows[:4], rows[4][:-1], *rows[5:]], "line 5 must hold 63 values as the header does, got 62"),
        (lambda rows: [*rows[:4], [*rows[4][:5], "x", *rows[4][6:]]], "line 5 holds a value that is not a number"),
        (lambda rows: [*rows[:4], [*rows[4][:5], "nan", *rows[4][6:]]], "line 5 holds a value that is not finite"),
        (lambda rows: [*rows[:4], ["soon", *rows[4][1:]]], "line 5 must start with a timecode"),
        (lambda rows: [*rows[:4], rows[2]], "the timecode of line 5 must be later"),
    ],
)
def test_damaged_files_say_where(clip, change, message):
    rewrite(clip, change)
    with pytest.raises(ValueError, match=message):
        read(clip)


def test_foreign_files_say_so(tmp_path):
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00binary")
    with pytest.raises(ValueError, match="is not a Live Link Face CSV"):
        read(tmp_path / "b.csv")
    with pytest.raises(FileNotFoundError, match="no such file of curves"):
        read(tmp_path / "gone.csv")


def test_angles_turn_as_the_app_turns_them(shared, clip):
    """In the frames from a phone the eyes' angles rise with the shapes of the same direction."""
    captured = np.load(shared / "data" / "livelink" / "dao_180x61.npy")
    order = dict(zip([*ARKIT.names], captured.T, strict=True))  # UDP order is ours
    rows = [[f"00:00:0{t // 60}:{t % 60:02d}.000", "61", *(f"{order[n][t]:.8f}" for n in CONTROLS)] for t in range(180)]
    rewrite(clip, lambda old: [old[0], *rows])
    animation = read(clip)
    for eye, letter, outward in (("left", "Left", 1), ("right", "Right", -1)):
        aside = animation[f"eyeLookOut{letter}"] - animation[f"eyeLookIn{letter}"]
        down = animation[f"eyeLookDown{letter}"] - animation[f"eyeLookUp{letter}"]
        assert np.corrcoef(outward * aside, animation[f"{eye}EyeYaw"])[0, 1] > 0.9
        assert np.corrcoef(down, animation[f"{eye}EyePitch"])[0, 1] > 0.9
        # A ball that turns about an axis in its plane has a roll of half yaw times pitch in our order of turns.
        twist = animation[f"{eye}EyeYaw"] * animation[f"{eye}EyePitch"] / 2
        np.testing.assert_allclose(animation[f"{eye}EyeRoll"], twist, atol=1e-3)
