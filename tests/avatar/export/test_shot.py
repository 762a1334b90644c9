from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from avatar.animation import Animation
from avatar.controls import ARKIT, Control, ControlSpace
from avatar.export.error_map import ErrorMap
from avatar.export.frames import Portrait
from avatar.export.options import ExportOptions
from avatar.export.shot import moving_shot, still_shot

SMALL = {"size": (48, 64), "supersample": 1}
BELOW = 20
"""The first row without words."""


def labels(shot):
    return [cell.label for cell in shot.cells]


def moving(animation, **options):
    return moving_shot(animation, "a.mp4", ExportOptions(**SMALL, **options))


def still(animation, **options):
    return still_shot(animation, "a.png", ExportOptions(**SMALL, **options))


def test_one_clip_is_one_portrait(lively):
    shot = moving(lively)
    assert len(shot) == 12 and shot.fps == 30 and shot.duration == lively.duration and labels(shot) == [""]
    for picture, alone in zip(shot.pictures(), Portrait(ExportOptions(**SMALL)).pictures(lively), strict=True):
        np.testing.assert_array_equal(picture, alone)


def test_clips_side_by_side(lively):
    still_one = Animation(ARKIT, lively.weights[:1], 60, audio=Path("b.wav"))
    shot = moving(replace(lively, audio=Path("a.wav")), beside=[still_one], labels=["ours", "theirs"])
    assert (len(shot), shot.fps, shot.columns) == (24, 60, 2)
    assert labels(shot) == ["ours", "theirs"] and shot.audio == Path("a.wav")
    pictures = list(shot.pictures())
    assert pictures[0].shape == (48, 128, 4)
    # Below the words: the first clip moves, the second stands still.
    first, last = pictures[0][BELOW:], pictures[-2][BELOW:]
    assert (first[:, :64] != last[:, :64]).any()
    np.testing.assert_array_equal(first[:, 64:], last[:, 64:])


def test_a_sheet_shows_moments_with_their_time(lively):
    shot = still(lively, at=[0.1, 0.2, 0.3])
    assert labels(shot) == ["0.10 s", "0.20 s", "0.30 s"] and shot.columns == 3 and len(shot) == 1
    (picture,) = shot.pictures()
    assert picture.shape == (48, 192, 4)
    (alone,) = Portrait(ExportOptions(**SMALL)).pictures(lively, [6])
    np.testing.assert_array_equal(picture[BELOW:, 64:128], alone[BELOW:])


def test_people_and_clips_are_rows_where_moments_are_columns(lively):
    shot = still(lively, sheet=2, people={"Ann": {}, "Ben": {"age": 0.5}}, beside=[lively], labels=["x", "y"])
    assert shot.columns == 2
    assert labels(shot)[:4] == ["x, Ann, 0.10 s", "x, Ann, 0.30 s", "x, Ben, 0.10 s", "x, Ben, 0.30 s"]
    ann, ben = (shot.cells[index].artist for index in (0, 2))
    assert (ann.identity != ben.identity).any() and shot.cells[4].artist is ann


def test_people_move_too(lively):
    shot = moving(lively, people={"Ann": {}, "Ben": {"age": 0.5}})
    assert labels(shot) == ["Ann", "Ben"] and len(shot) == 12


def test_a_turntable_of_a_moment(lively):
    shot = moving(replace(lively, audio=Path("a.wav")), at=0.2, hold=0.2, preset="turntable")
    assert len(shot) == 6 and shot.audio is None
    first, _, _, back, *_ = shot.pictures()
    assert np.abs(first.astype(int) - back).mean() > 4
    assert moving(lively, hold=0.2, audio="a.wav").audio == Path("a.wav")


def test_a_comparison_shares_one_scale(lively):
    quiet = Animation(ARKIT, np.zeros((12, 61)), 30)
    shot = moving(quiet, beside=[lively], against=lively)
    assert all(isinstance(cell.artist, ErrorMap) for cell in shot.cells)
    small, large = (next(still(quiet, against=lively, scale=scale).pictures()) for scale in (5.0, 500.0))
    assert (small != large).any()
    shared = next(still(lively, beside=[quiet], against=lively).pictures())
    alone = next(still(quiet, against=lively).pictures())
    np.testing.assert_array_equal(shared[BELOW:, 64:], alone[BELOW:])


def test_clips_that_cannot_be_drawn(lively):
    other = Animation(ControlSpace("mine", (Control("smile"),)), np.zeros((2, 1)), 60)
    nothing = Animation(ARKIT, np.zeros((0, 61)), 60)
    for option in ("beside", "against"):
        for clip, message in ((other, "it takes the ARKit controls, got mine"), (nothing, "a clip has no frames")):
            with pytest.raises(ValueError, match=message):
                moving(lively, **{option: [clip] if option == "beside" else clip})


def test_more_than_a_picture_can_hold(lively):
    with pytest.raises(ValueError, match=r"5 x 2 pictures of 4096 x 16 pixels are over 16384 on a side"):
        still_shot(
            lively, "a.png", ExportOptions(size=(16, 4096), at=[0.0, 0.1, 0.2, 0.3, 0.35], people={"a": {}, "b": {}})
        )
